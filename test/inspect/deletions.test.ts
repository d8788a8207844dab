import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { Bytes } from "../../src/facts/columns.ts";
import { type DeletionChecks, lookAtDeletions } from "../../src/inspect/deletions.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { atOnce } from "../worlds/at-once.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { failing, watched } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const OLD = Date.UTC(2026, 0, 1);
const SINCE = Date.UTC(2026, 0, 31);
const NEW = SINCE + 1000;

/** A world with one image, of which a collection deletes the layer's blob and the revision; all of it old. */
function newWorld() {
  const world = new World();
  const app = world.repository("app");
  const { digest, layers } = app.image();
  const layer = layers[0]!.digest;
  const paths = {
    blob: blobPath(layer),
    revision: revisionLinkPath("app", digest),
    layerLink: layerLinkPath("app", layer),
  };
  for (const path of Object.values(paths)) world.touch(path, OLD);
  const look = (checks: Partial<DeletionChecks> = {}, fs = world.fs, isBlobKept = false) => {
    const graph = graphOf(world);
    const isBlobDeleted = new Bytes();
    const blob = graph.digests.find(layer);
    if (!isBlobKept) isBlobDeleted.set(blob, 1);
    const deletedLinks = { revision: new Bytes(), layer: new Bytes() };
    if (isBlobKept) deletedLinks.layer.set(graph.layerLinks.find(0, blob), 1);
    const repository = graph.findRepository("app")!;
    const deletedRevisions = [{ repository, digest: graph.digests.find(digest) }];
    const deleted = { deletedBlobs: isBlobKept ? [] : [blob], isBlobDeleted, deletedLinks, deletedRevisions };
    return atOnce(
      lookAtDeletions(fs, world.root, graph, deleted, {
        ...{ since: SINCE, collector: undefined, removedTags: new Bytes() },
        ...checks,
      }),
    );
  };
  return { world, paths, look };
}

/** The file system in which a path may not be written to. */
function frozen(storageFs: StorageFs, frozenPath: string, code: string): StorageFs {
  const accessSync = (path: string) => {
    if (path === frozenPath) throw Object.assign(new Error(`${code}: '${path}'`), { code });
  };
  return Object.assign(
    watched(storageFs, () => undefined),
    { accessSync },
  );
}

const NONE = { blobs: 0, revisions: 0, layerLinks: 0 };
const directory = (path: string) => path.slice(0, path.lastIndexOf("/"));

describe("lookAtDeletions", () => {
  it("finds nothing young where all is old", () => {
    expect(newWorld().look()).toEqual({ young: NONE, refused: [], immutable: [], unreadable: [] });
  });

  it.each([
    ["blob", "blobs"],
    ["revision", "revisions"],
    ["layerLink", "layerLinks"],
  ] as const)("counts a young %s", (path, count) => {
    const { world, paths, look } = newWorld();
    world.touch(paths[path], NEW);
    expect(look().young).toEqual({ ...NONE, [count]: 1 });
  });

  it("counts a young layer link that goes although its blob stays", () => {
    const { world, paths, look } = newWorld();
    world.touch(paths.layerLink, NEW);
    expect(look({}, world.fs, true).young).toEqual({ ...NONE, layerLinks: 1 });
  });

  it("names a layer link that who collects may not delete", () => {
    const { world, paths, look } = newWorld();
    for (const path of [paths.revision, directory(paths.revision), directory(directory(paths.revision))])
      world.memory.chmodSync(`${world.root}/${path}`, 0o777);
    world.memory.chmodSync(`${world.root}/${directory(paths.layerLink)}`, 0o755);
    expect(look({ collector: { uid: 4711, gids: [4711] } }, world.fs, true).refused).toContain(paths.layerLink);
    world.memory.chmodSync(`${world.root}/${directory(paths.layerLink)}`, 0o777);
    expect(look({ collector: { uid: 4711, gids: [4711] } }, world.fs, true).refused).not.toContain(paths.layerLink);
  });

  it("names the directories that who collects may not delete", () => {
    const { world, paths, look } = newWorld();
    const collector = { uid: 4321, gids: [4321] };
    const ours = (path: string) => {
      for (const part of [directory(path), directory(directory(path))])
        world.memory.chownSync(`/registry/${part}`, 4321, 4321);
      world.memory.chmodSync(`/registry/${directory(path)}`, 0o755);
    };
    world.memory.chmodSync(`/registry/${directory(paths.revision)}`, 0o755);
    ours(paths.blob);
    expect(look({ collector }).refused).toEqual([directory(paths.revision)]);
    ours(paths.revision);
    expect(look({ collector }).refused).toEqual([]);
  });

  it("lets root delete everything", () => {
    const { world, paths, look } = newWorld();
    world.memory.chmodSync(`/registry/${directory(paths.blob)}`, 0);
    expect(look({ collector: { uid: 0, gids: [0] } }).refused).toEqual([]);
  });

  it.each([
    ["blob", directory],
    ["blob", (path: string) => path],
    ["revision", directory],
    ["revision", (path: string) => directory(directory(path))],
    ["layerLink", directory],
  ] as const)("names what nobody may delete: of the %s", (which, part) => {
    const { world, paths, look } = newWorld();
    const path = part(paths[which]);
    const isKept = which === "layerLink";
    expect(look({}, frozen(world.fs, `${world.root}/${path}`, "EPERM"), isKept).immutable).toEqual([path]);
    // What the user who asks may not write to, or may not here, the one who collects may.
    for (const code of ["EACCES", "EROFS"]) {
      expect(look({}, frozen(world.fs, `${world.root}/${path}`, code), isKept).immutable).toEqual([]);
    }
  });

  it.each([
    ["the history of a tag", (entry: string) => directory(entry)],
    ["an entry in it", (entry: string) => entry],
    ["the link of one", (entry: string) => `${entry}/link`],
  ])("names %s that nobody may change, where the entry goes", (_, frozenPath) => {
    const { world, paths, look } = newWorld();
    const tag = "docker/registry/v2/repositories/app/_manifests/tags/latest";
    const entryOf = (hex: string) => `${tag}/index/sha256/${hex}`;
    world.write(`${tag}/current/link`, "");
    const frozenEntry = (hex: string) => {
      world.write(`${entryOf(hex)}/link`, "");
      return look({}, frozen(world.fs, `${world.root}/${frozenPath(entryOf(hex))}`, "EPERM")).immutable;
    };
    expect(frozenEntry("0".repeat(64))).toEqual([]);
    const goes = directory(paths.revision).split("/").at(-1)!;
    expect(frozenEntry(goes)).toEqual([frozenPath(entryOf(goes))]);
  });

  it("says what it could not look at", () => {
    const { world, paths, look } = newWorld();
    const { unreadable } = look({}, failing(world.fs, "EIO", /revisions.*link$/));
    expect(unreadable).toEqual([{ path: paths.revision, error: "EIO" }]);
  });
});
