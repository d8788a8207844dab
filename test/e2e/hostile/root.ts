// Storage roots as an attacker would leave them, on a real disk: what can be pushed, and what takes access to the disk.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../../scripts/fixtures/storage.ts";
import { HOSTILE_DIGESTS, HOSTILE_NAMES, HOSTILE_TEXTS } from "./strings.ts";

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const MAX_MANIFEST = 4 << 20;
const base = "docker/registry/v2";

/** A root that is being written. Paths are relative to it. */
export class HostileRoot {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    for (const folder of ["blobs/sha256", "repositories"]) mkdirSync(join(path, base, folder), { recursive: true });
  }

  write(path: string, content: string | Buffer): void {
    const file = `${this.path}/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  symlink(path: string, target: string): void {
    const file = `${this.path}/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) symlinkSync(target, file);
  }

  /** Makes a pipe or, for root, a device that gives bytes without end. */
  special(path: string, kind: "pipe" | "zero"): void {
    const file = `${this.path}/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    const { status } = kind === "pipe" ? spawnSync("mkfifo", [file]) : spawnSync("mknod", [file, "c", "1", "5"]);
    // Not everyone may make devices; a link to one does as well.
    if (status !== 0) symlinkSync("/dev/zero", file);
  }

  async socket(path: string): Promise<void> {
    const file = `${this.path}/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(file, resolve));
    // Closing would remove it; what is left behind by a process that died is what is wanted.
    server.unref();
  }

  blob(content: string | Buffer): string {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    this.write(blobPath(digest), content);
    return digest;
  }

  /** A manifest of any text in a repository, under a tag where one is given; resolves to its digest. */
  manifest(repository: string, content: string | object, tag?: string): string {
    const digest = this.blob(typeof content === "string" ? content : JSON.stringify(content));
    this.link(repository, digest, tag);
    return digest;
  }

  /** Some digests of blobs that it holds. */
  someDigests(): string[] {
    const shards = readdirSync(join(this.path, base, "blobs/sha256")).filter((name) => /^[0-9a-f]{2}$/.test(name));
    return shards
      .slice(0, 3)
      .flatMap((shard) => readdirSync(join(this.path, base, "blobs/sha256", shard)))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .slice(0, 3)
      .map((hex) => `sha256:${hex}`);
  }

  link(repository: string, digest: string, tag?: string): void {
    mkdirSync(`${this.path}/${repositoriesPath}/${repository}/_layers`, { recursive: true });
    this.write(revisionLinkPath(repository, digest), digest);
    if (tag !== undefined) this.write(tagLinkPath(repository, tag), digest);
  }

  layer(repository: string, content: string): { digest: string; size: number } {
    const digest = this.blob(content);
    this.write(layerLinkPath(repository, digest), digest);
    return { digest, size: Buffer.byteLength(content) };
  }
}

/** The kinds of hostile roots, each with the images that are asked for in it. `depth` and `entries` say how much. */
export const HOSTILE_ROOTS: readonly {
  readonly name: string;
  readonly images: readonly string[];
  write(root: HostileRoot, size: { depth: number; entries: number }): void | Promise<void>;
}[] = [
  {
    name: "pushed text",
    images: ["pushed/app:i0", "pushed/app:x1", "pushed/app:d0"],
    write: (root) => writeHostileManifests(root),
  },
  { name: "names on disk", images: ["named/app:-rf", "named/app:__proto__"], write: (root) => writeHostileNames(root) },
  {
    name: "special files",
    images: ["special/app:blobs-zero", "special/app:child-pipe"],
    write: (root) => writeHostileFiles(root),
  },
  {
    name: "huge manifests",
    images: ["sized/app:million", "sized/app:many"],
    write: (root, { entries }) => writeHostileSizes(root, entries),
  },
  { name: "deep chains", images: ["chained/app:top-0"], write: (root, { depth }) => writeHostileChains(root, depth) },
  {
    name: "crowded folders",
    images: ["crowded/app:latest"],
    write: (root, { entries }) => writeHostileCrowd(root, entries),
  },
];

const absent = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Hostile text in every place that a push can put it: it is stored as it comes, inside JSON. */
export function writeHostileManifests(root: HostileRoot): void {
  const repository = "pushed/app";
  for (const [index, text] of HOSTILE_TEXTS.entries()) {
    const descriptor = { mediaType: text, digest: absent(text), size: 3, annotations: { [text]: text } };
    const config = root.layer(repository, `config ${index}`);
    const extra = { annotations: { [text]: text }, artifactType: text, subject: descriptor };
    root.manifest(
      repository,
      { schemaVersion: 2, mediaType: IMAGE, config, layers: [descriptor], ...extra },
      `i${index}`,
    );
    const platform = { os: text, architecture: text, variant: text };
    root.manifest(
      repository,
      { schemaVersion: 2, mediaType: INDEX, manifests: [{ ...descriptor, platform }] },
      `x${index}`,
    );
    root.manifest(repository, { schemaVersion: 2, mediaType: text, config, layers: [] }, `t${index}`);
    root.manifest(repository, text, `g${index}`);
    root.manifest(
      repository,
      `{"schemaVersion":2,"__proto__":{"polluted":1},"layers":[${JSON.stringify(text)}]}`,
      `p${index}`,
    );
  }
  for (const [index, digest] of HOSTILE_DIGESTS.entries()) {
    const descriptor = { mediaType: "x", digest, size: 3 };
    root.manifest(
      repository,
      { schemaVersion: 2, mediaType: IMAGE, config: descriptor, layers: [descriptor] },
      `d${index}`,
    );
    root.manifest(repository, { schemaVersion: 2, mediaType: INDEX, manifests: [descriptor] }, `c${index}`);
    root.write(`${repositoriesPath}/pushed/links/_manifests/tags/l${index}/current/link`, digest);
    root.write(layerLinkPath("pushed/links", absent(`link ${index}`)), digest);
    root.write(revisionLinkPath("pushed/links", absent(`link ${index}`)), digest);
  }
}

/** Hostile names of repositories, tags, uploads and entries of the store: only who can write to the disk makes these. */
export function writeHostileNames(root: HostileRoot): void {
  for (const [index, name] of HOSTILE_NAMES.entries()) {
    const layers = [{ mediaType: "x", digest: absent(name), size: 1 }];
    const config = root.layer("named/app", `config ${index}`);
    const broken = { schemaVersion: 2, mediaType: IMAGE, config, layers, annotations: { name } };
    root.manifest("named/app", broken, name);
    root.manifest(`named/${name}`, broken, "latest");
    root.manifest(`named/${name}`, broken, name);
    root.write(`${base}/blobs/${name}/data`, name);
    root.write(`${base}/blobs/sha256/00/${name}/data`, name);
    root.write(`${repositoriesPath}/named/app/_uploads/${name}/startedat`, name);
    root.write(`${repositoriesPath}/named/app/_manifests/revisions/${name}/link`, name);
    root.write(`${repositoriesPath}/named/app/_manifests/revisions/sha256/${name}/link`, absent(name));
    root.write(`${repositoriesPath}/named/app/_layers/sha256/${name}/link`, name);
    root.write(`${repositoriesPath}/named/_${name}`, name);
  }
}

/** Manifests that are as large, deep or wide as the registry takes them, and larger. */
function writeHostileSizes(root: HostileRoot, entries: number): void {
  const repository = "sized/app";
  const filler = (around: (text: string) => string) => around("\u0007".repeat(1_000_000)).slice(0, MAX_MANIFEST);
  for (const key of ["mediaType", "annotations", "digest", "config"]) {
    root.manifest(
      repository,
      filler((text) => `{"schemaVersion":2,"${key}":"${JSON.stringify(text).slice(1, -1)}`),
      key,
    );
  }
  const long = "\u202e".repeat(1_300_000);
  const wide = { mediaType: long, digest: absent("long"), size: 1 };
  root.manifest(repository, { schemaVersion: 2, mediaType: IMAGE, config: wide, layers: [] }, "long-type");
  root.manifest(
    repository,
    { schemaVersion: 2, mediaType: IMAGE, config: { digest: long, size: 1 }, layers: [] },
    "long-digest",
  );
  const platform = { os: long.slice(0, 600_000), architecture: "x" };
  root.manifest(
    repository,
    { schemaVersion: 2, mediaType: INDEX, manifests: [{ digest: absent("long"), size: 1, platform }] },
    "long-platform",
  );
  for (const depth of [9_990, 100_000]) {
    const nested = `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;
    root.manifest(repository, `{"schemaVersion":2,"mediaType":"${IMAGE}","x":${nested}}`, `deep-${depth}`);
    root.manifest(repository, `{"schemaVersion":2,"mediaType":"${IMAGE}","layers":${nested}}`, `deep-layers-${depth}`);
  }
  // As many layers as fit: a million without a digest, and as many as possible with one each.
  root.manifest(
    repository,
    `{"schemaVersion":2,"mediaType":"${IMAGE}","layers":[${"{},".repeat(1_000_000)}{}]}`,
    "million",
  );
  const many = Array.from(
    { length: Math.min(200_000, entries) },
    (_, index) => `{"digest":"${index.toString(36)}"}`,
  ).join();
  root.manifest(repository, `{"schemaVersion":2,"mediaType":"${IMAGE}","layers":[${many}]}`, "many");
  const children = Array.from(
    { length: Math.min(30_000, entries) },
    (_, i) => `{"digest":"${absent(String(i))}","platform":{"os":"${i}"}}`,
  );
  root.manifest(repository, `{"schemaVersion":2,"mediaType":"${INDEX}","manifests":[${children.join()}]}`, "children");
}

/** Indexes nested `depth` deep, each with a child that is gone; and manifests that name themselves and each other. */
function writeHostileChains(root: HostileRoot, depth: number): void {
  const repository = "chained/app";
  const gone = { digest: absent("gone"), size: 1, platform: { os: "linux", architecture: "amd64" } };
  let child: object = gone;
  let digest = "";
  for (let level = 0; level < depth; level++) {
    const content = JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [child, { ...gone, digest: absent(`gone ${level}`) }],
    });
    digest = root.manifest(repository, content);
    child = { digest, size: content.length };
  }
  for (let tag = 0; tag < 50; tag++) root.link(repository, digest, `top-${tag}`);
  const [self, one, other] = [absent("self"), absent("one"), absent("other")];
  for (const [place, names] of [
    [self, self],
    [one, other],
    [other, one],
  ] as const) {
    const manifests = [{ digest: names, size: 1 }, gone];
    root.write(blobPath(place), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
    root.link("chained/loop", place, place.slice(7, 15));
  }
}

/** Pipes, sockets, devices, links out of the root and in circles where files and folders should be. */
async function writeHostileFiles(root: HostileRoot): Promise<void> {
  const outside = `${root.path}.outside`;
  writeFileSync(outside, "not in the root");
  const repository = "special/app";
  const kinds = ["pipe", "zero", "socket", "outside", "proc", "loop"] as const;
  for (const kind of kinds) {
    const make = async (path: string) => {
      if (kind === "pipe" || kind === "zero") root.special(path, kind);
      else if (kind === "socket") await root.socket(path);
      else if (kind === "outside") root.symlink(path, outside);
      else if (kind === "proc") root.symlink(path, "/proc/self/environ");
      else root.symlink(path, path.split("/").at(-1) ?? "");
    };
    const places = ["layer", "config", "manifest", "child"].map((role) => absent(`${kind} ${role}`));
    const [layer, config, manifest, child] = places as [string, string, string, string];
    for (const digest of places) await make(blobPath(digest));
    for (const digest of [layer, config]) root.write(layerLinkPath(repository, digest), digest);
    const content = {
      schemaVersion: 2,
      mediaType: IMAGE,
      config: { digest: config, size: 0 },
      layers: [{ digest: layer, size: 0 }],
    };
    root.manifest(repository, content, `blobs-${kind}`);
    root.link(repository, manifest, `manifest-${kind}`);
    root.link(repository, child);
    root.manifest(
      repository,
      { schemaVersion: 2, mediaType: INDEX, manifests: [{ digest: child, size: 0 }] },
      `child-${kind}`,
    );
    await make(tagLinkPath(repository, `link-${kind}`));
    await make(revisionLinkPath(repository, absent(`${kind} revision`)));
    await make(layerLinkPath(repository, absent(`${kind} link`)));
    await make(`${repositoriesPath}/${repository}/_uploads/upload-${kind}/startedat`);
    await make(`${repositoriesPath}/${repository}/_uploads/file-${kind}`);
    await make(`${base}/blobs/sha256/${kind}`);
    await make(`${base}/blobs/${kind}/data`);
    await make(`${repositoriesPath}/special/${kind}`);
    await make(`${repositoriesPath}/special/_${kind}`);
  }
  for (let link = 0; link < 30; link++) {
    const back = `${root.path}/${repositoriesPath}`;
    root.symlink(`${repositoriesPath}/special/back-${link}`, back);
    root.symlink(
      `${repositoriesPath}/${repository}/_manifests/revisions/odd/back-${link}`,
      `${back}/${repository}/_manifests/revisions`,
    );
    root.symlink(`${base}/blobs/odd/back-${link}`, `${root.path}/${base}/blobs`);
    for (let other = 0; other < 30; other++) {
      if (link !== other) root.symlink(`${repositoriesPath}/cross/${link}/to-${other}`, `${back}/cross/${other}`);
      if (link !== other)
        root.symlink(`${base}/blobs/cross/${link}/to-${other}`, `${root.path}/${base}/blobs/cross/${other}`);
    }
  }
}

/** Folders of so many entries in each place where anyone looks. */
function writeHostileCrowd(root: HostileRoot, count: number): void {
  const repository = "crowded/app";
  root.manifest(
    repository,
    { schemaVersion: 2, mediaType: IMAGE, config: root.layer(repository, "config"), layers: [] },
    "latest",
  );
  const folders = [
    `${base}/blobs/odd`,
    `${base}/blobs/sha256/ff`,
    `${repositoriesPath}/${repository}/_layers/sha256`,
    `${repositoriesPath}/${repository}/_manifests/revisions/sha256`,
    `${repositoriesPath}/${repository}/_manifests/tags`,
    `${repositoriesPath}/${repository}/_uploads`,
    `${repositoriesPath}/crowded`,
  ];
  for (const folder of folders) {
    mkdirSync(`${root.path}/${folder}`, { recursive: true });
    for (let entry = 0; entry < count / folders.length; entry++) writeFileSync(`${root.path}/${folder}/e${entry}`, "");
  }
}
