// Small random worlds that share layers, children and subjects between repositories, and are damaged here and there.
import fc from "fast-check";
import { blobPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { type Descriptor, digestOf, OCI_IMAGE, OCI_INDEX, World } from "./world.ts";

interface Push {
  repository: number;
  tag: number | undefined;
  kind: "image" | "index";
  /** Layers of the pool, or manifests pushed before, by number. */
  parts: number[];
  /** A manifest pushed before, by number. */
  subject: number | undefined;
  /** Whether its first layer is named by sha512. */
  alias: boolean;
}

interface Damage {
  kind: "unlink" | "delete" | "redirect" | "untag" | "truncate";
  pick: number;
}

const REPOSITORIES = ["app", "team/app", "team/base"];
const PLATFORMS = ["linux/amd64", "linux/arm64"];
const LAYERS = 6;

const push: fc.Arbitrary<Push> = fc.record({
  repository: fc.nat(REPOSITORIES.length - 1),
  tag: fc.option(fc.nat(2), { nil: undefined }),
  kind: fc.constantFrom("image", "image", "index"),
  parts: fc.array(fc.nat(20), { maxLength: 3 }),
  subject: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
  alias: fc.boolean(),
});
const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom("unlink", "delete", "redirect", "untag", "truncate"),
  pick: fc.nat(1000),
});

/** Worlds of a few manifests; with `damaged` some links, blobs and tags are gone or changed. */
export function randomWorlds({ damaged }: { damaged: boolean }): fc.Arbitrary<World> {
  return fc
    .tuple(fc.array(push, { minLength: 1, maxLength: 8 }), fc.array(damage, { maxLength: damaged ? 5 : 0 }))
    .map(([pushes, damages]) => makeWorld(pushes, damages));
}

function makeWorld(pushes: readonly Push[], damages: readonly Damage[]): World {
  const world = new World();
  const pushed: Descriptor[] = [];
  const links: string[] = [];
  const tags: { repository: string; name: string }[] = [];
  const blobs = new Set<string>();
  const childrenOf = new Map<string, readonly string[]>();
  for (const { repository: number, tag, kind, parts, subject, alias } of pushes) {
    const repository = world.repository(REPOSITORIES[number]!);
    const link = (kind: "layer" | "revision", digest: string, content = digest) => {
      links.push(repository.link(kind, digest, content));
    };
    // A registry takes no index whose children, and theirs, its repository does not have.
    const linkAll = (digest: string) => {
      link("revision", digest);
      for (const child of childrenOf.get(digest) ?? []) linkAll(child);
    };
    const layer = (content: string): Descriptor => {
      const blob = world.blob(content, "application/vnd.oci.image.layer.v1.tar");
      blobs.add(blob.digest);
      link("layer", blob.digest);
      return blob;
    };
    const layers = () =>
      parts.map((part, index) => {
        const content = `layer ${"x".repeat(part % LAYERS)}`;
        const blob = layer(content);
        if (!alias || index > 0) return blob;
        const other = digestOf(content, "sha512");
        link("layer", other, blob.digest);
        return { ...blob, digest: other };
      });
    const children = () =>
      parts.flatMap((part, index) => {
        const child = pushed[part % Math.max(pushed.length, 1)];
        if (!child) return [];
        linkAll(child.digest);
        const [os, architecture] = PLATFORMS[index % 2]!.split("/");
        return [{ ...child, platform: { os, architecture } }];
      });
    const named = subject === undefined ? undefined : pushed[subject % Math.max(pushed.length, 1)];
    const content = {
      schemaVersion: 2,
      mediaType: kind === "image" ? OCI_IMAGE : OCI_INDEX,
      ...(kind === "image" ? { config: layer(`{"of":${parts.length}}`), layers: layers() } : { manifests: children() }),
      ...(named && { subject: named }),
    };
    const name = tag === undefined ? undefined : `v${tag}`;
    const manifest = repository.manifest(content, name);
    if ("manifests" in content) {
      childrenOf.set(manifest.digest, content.manifests?.map(({ digest }) => digest) ?? []);
    }
    links.push(revisionLinkPath(repository.name, manifest.digest));
    if (name !== undefined) tags.push({ repository: repository.name, name });
    blobs.add(manifest.digest);
    pushed.push(manifest);
  }
  for (const { kind, pick } of damages) {
    const link = links[pick % links.length]!;
    const blob = [...blobs][pick % blobs.size]!;
    const tag = tags[pick % Math.max(tags.length, 1)];
    if (kind === "unlink") removeFile(world, link);
    if (kind === "redirect") world.write(link, blob);
    if (kind === "delete") removeFile(world, blobPath(blob));
    if (kind === "truncate") world.write(blobPath(blob), "");
    if (kind === "untag" && tag) removeFile(world, tagLinkPath(tag.repository, tag.name));
  }
  // What a failing test shows.
  return Object.assign(world, { [fc.toStringMethod]: () => JSON.stringify({ pushes, damages }) });
}

function removeFile(world: World, path: string): void {
  world.memory.rmSync(`${world.root}/${path}`, { force: true });
}
