// What lies on the disk of a world, read without anything of the program: for tests that work out by themselves what
// the program should say.
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import type { World } from "./world.ts";

export interface Disk {
  /** Bytes by digest. */
  readonly blobs: ReadonlyMap<string, string>;
  readonly repositories: ReadonlyMap<string, RepositoryDisk>;
}

/** Each link's content by its place, where the content is a digest. */
export interface RepositoryDisk {
  readonly layers: ReadonlyMap<string, string>;
  readonly revisions: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Reference {
  readonly kind: "config" | "layer" | "child";
  readonly digest: string;
}

export interface Manifest {
  readonly references: readonly Reference[];
  readonly subject: string | undefined;
}

/** Reads the blobs, links and tags of the repositories with these names. */
export function readDisk(world: World, names: readonly string[]): Disk {
  const { memory, root } = world;
  const under = (path: string): string[] =>
    memory.existsSync(`${root}/${path}`)
      ? (memory.readdirSync(`${root}/${path}`, { recursive: true }) as string[]).map((below) => `${path}/${below}`)
      : [];
  const contentOf = (path: string) => memory.readFileSync(`${root}/${path}`, "utf8") as string;
  const linksUnder = (path: string, pattern: RegExp) =>
    new Map(
      under(path).flatMap((file): [string, string][] => {
        const [, ...parts] = pattern.exec(file) ?? [];
        if (parts.length === 0) return [];
        const content = contentOf(file);
        return /^sha(256|512):[0-9a-f]+$/.test(content) ? [[parts.join(":"), content]] : [];
      }),
    );
  const blobs = under("docker/registry/v2/blobs").flatMap((file): [string, string][] => {
    const match = /\/(sha256)\/..\/([0-9a-f]{64})\/data$/.exec(file);
    return match ? [[`${match[1]}:${match[2]}`, contentOf(file)]] : [];
  });
  const repositories = names.map((name): [string, RepositoryDisk] => {
    const folder = `${repositoriesPath}/${name}`;
    const link = /\/(sha\d+)\/([0-9a-f]+)\/link$/;
    return [
      name,
      {
        layers: linksUnder(`${folder}/_layers`, link),
        revisions: linksUnder(`${folder}/_manifests/revisions`, link),
        tags: linksUnder(`${folder}/_manifests/tags`, /\/([^/]+)\/current\/link$/),
      },
    ];
  });
  return { blobs: new Map(blobs), repositories: new Map(repositories) };
}

/** What a blob references when it is read as a manifest; undefined where it is none. */
function parseManifest(content: string | undefined): Manifest | undefined {
  if (content === undefined || !content.startsWith('{"schemaVersion":2')) return undefined;
  const { config, layers = [], manifests = [], subject } = JSON.parse(content);
  const named = (kind: Reference["kind"], descriptors: { digest: string }[]) =>
    descriptors.map(({ digest }) => ({ kind, digest }));
  return {
    references: [...(config ? named("config", [config]) : []), ...named("layer", layers), ...named("child", manifests)],
    subject: subject?.digest,
  };
}

/** The manifests of a disk: what links and tags lead to, and their children to any depth. */
export function manifestsOf({ blobs, repositories }: Disk): Map<string, Manifest> {
  const manifests = new Map<string, Manifest>();
  const wanted = new Set<string>();
  for (const { revisions, tags } of repositories.values()) {
    for (const digest of [...revisions.values(), ...tags.values()]) wanted.add(digest);
  }
  for (const digest of wanted) {
    const manifest = parseManifest(blobs.get(digest));
    if (manifest) manifests.set(digest, manifest);
    for (const { kind, digest } of manifest?.references ?? []) if (kind === "child") wanted.add(digest);
    // A manifest without a revision link is served by way of its layer link, which may lead elsewhere.
    for (const { layers } of repositories.values()) {
      const target = layers.get(digest);
      if (target !== undefined) wanted.add(target);
    }
  }
  return manifests;
}
