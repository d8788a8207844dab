// Storage roots in memory, laid out as the registry lays them out; a test writes what it needs and then damages it.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { memfs } from "memfs";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagHistoryLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";

export interface Descriptor {
  mediaType?: string;
  digest: string;
  size: number;
  urls?: string[];
  platform?: object;
  annotations?: Record<string, string>;
}

export interface Image extends Descriptor {
  config: Descriptor;
  layers: Descriptor[];
}

export const OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

/** The digest of some content. */
export function digestOf(content: string | Buffer, algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
}

/** What `kind` links of a repository are called. */
export type LinkKind = "layer" | "revision";

function linkPath(repository: string, kind: LinkKind, digest: string): string {
  return kind === "layer" ? layerLinkPath(repository, digest) : revisionLinkPath(repository, digest);
}

/** One storage root at `root`, with an empty `blobs` and `repositories`. Paths are relative to it. */
export class World {
  readonly root = "/registry";
  readonly memory = memfs({}, "/").fs;
  readonly fs = this.memory as unknown as StorageFs;
  #serial = 0;

  constructor() {
    this.mkdir("docker/registry/v2/blobs");
    this.mkdir(repositoriesPath);
  }

  /** Text that no other call gives. */
  unique(what: string): string {
    return `${what} ${++this.#serial}`;
  }

  write(path: string, content: string | Buffer = ""): void {
    this.mkdir(dirname(path));
    this.memory.writeFileSync(`${this.root}/${path}`, content);
  }

  mkdir(path: string): void {
    this.memory.mkdirSync(`${this.root}/${path}`, { recursive: true });
  }

  /** Removes a file or a folder that must be there. */
  remove(path: string): void {
    this.memory.rmSync(`${this.root}/${path}`, { recursive: true });
  }

  /** Removes a link or a blob's data with the folder that holds it, as the registry does. */
  removeEntry(path: string): void {
    this.memory.readFileSync(`${this.root}/${path}`);
    this.remove(dirname(path));
  }

  /** Replaces a folder by an empty file. */
  fileForFolder(path: string): void {
    if (this.memory.existsSync(`${this.root}/${path}`)) this.remove(path);
    this.write(path);
  }

  symlink(path: string, target: string): void {
    this.mkdir(dirname(path));
    this.memory.symlinkSync(target, `${this.root}/${path}`);
  }

  /** Sets the modification time of a file: milliseconds since 1970. */
  touch(path: string, modified: number): void {
    this.memory.utimesSync(`${this.root}/${path}`, modified / 1000, modified / 1000);
  }

  /** Puts a blob into the store, under the digest of its content. */
  blob(content: string | Buffer, mediaType = "application/octet-stream"): Descriptor {
    const digest = digestOf(content);
    this.write(blobPath(digest), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  repository(name: string): RepositoryWorld {
    return new RepositoryWorld(this, name);
  }
}

/** One repository; each of its pushes writes what the registry would. */
export class RepositoryWorld {
  readonly name: string;
  readonly #world: World;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    world.mkdir(`${repositoriesPath}/${name}/_layers`);
  }

  get folder(): string {
    return `${repositoriesPath}/${this.name}`;
  }

  link(kind: LinkKind, place: string, content = place): string {
    const path = linkPath(this.name, kind, place);
    this.#world.write(path, content);
    return path;
  }

  /** A config or layer: a blob and its layer link. */
  layer(content = this.#world.unique("layer"), mediaType = "application/vnd.oci.image.layer.v1.tar"): Descriptor {
    const blob = this.#world.blob(content, mediaType);
    this.link("layer", blob.digest);
    return blob;
  }

  /** A manifest of any content: a blob, its revision link, and the tag where one is given. */
  manifest(content: object | string, tag?: string): Descriptor {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const mediaType = typeof content === "string" ? undefined : (content as { mediaType?: string }).mediaType;
    const blob = this.#world.blob(text, mediaType ?? OCI_IMAGE);
    this.link("revision", blob.digest);
    if (tag !== undefined) this.tag(tag, blob.digest);
    return blob;
  }

  /** An image of one platform, with one layer where none are given. */
  image(tag?: string, layers: Descriptor[] = [this.layer()]): Image {
    const config = this.layer(`{"os":"linux","of":"${this.#world.unique("image")}"}`, "application/json");
    const pushed = this.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers }, tag);
    return { ...pushed, config, layers };
  }

  /** An index of children by platform (`os/architecture`). */
  index(children: Record<string, Descriptor>, tag?: string): Descriptor {
    return this.indexOf(
      Object.entries(children).map(([platform, child]) => onPlatform(platform, child)),
      tag,
    );
  }

  /** An index of these children, as they are. */
  indexOf(children: Descriptor[], tag?: string): Descriptor {
    return this.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: children }, tag);
  }

  tag(name: string, digest: string): void {
    this.#world.write(tagHistoryLinkPath(this.name, name, digest), digest);
    this.#world.write(tagLinkPath(this.name, name), digest);
  }
}

/** The descriptor by which an index names a child of this platform. */
export function onPlatform(platform: string, { mediaType, digest, size }: Descriptor): Descriptor {
  const [os, architecture] = platform.split("/");
  return { ...(mediaType !== undefined && { mediaType }), digest, size, platform: { os, architecture } };
}
