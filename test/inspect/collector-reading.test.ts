import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { Bytes } from "../../src/facts/columns.ts";
import { readAsCollector } from "../../src/inspect/collector-reading.ts";
import { RULES } from "../../src/registry/rules.ts";
import { walkCatalogue } from "../../src/registry/serve/catalogue.ts";
import { listNamespace } from "../../src/scan/list-namespace.ts";
import { atOnce } from "../worlds/at-once.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const collector = { uid: 4321, gids: [4321] };
const parentOf = (path: string) => path.slice(0, path.lastIndexOf("/"));

/** A world with one image, all of it open to everybody. */
function newWorld() {
  const world = new World();
  const { digest, layers } = world.repository("team/app").image("1.0");
  for (const path of ["", ...(world.memory.readdirSync(world.root, { recursive: true }) as string[])]) {
    world.memory.chmodSync(`${world.root}/${path}`, 0o755);
  }
  const close = (path: string, mode = 0) => world.memory.chmodSync(`${world.root}/${path}`, mode);
  const read = (deleteUntagged = false, { fs = world.fs, user = collector, removed = new Bytes() } = {}) => {
    const namespace = listNamespace(world.fs, world.root);
    const rules = RULES[2];
    const catalogue = walkCatalogue(namespace, rules);
    const root = { path: world.root, rules, namespace, graph: graphOf(world), catalogue };
    return atOnce(readAsCollector(fs, root, { deleteUntagged, removedTags: removed }, user));
  };
  return { world, digest, layer: layers[0]!.digest, close, read };
}

const app = "docker/registry/v2/repositories/team/app";

describe("readAsCollector", () => {
  it("finds nothing closed where all is open, and root may read all", () => {
    const { read, close, digest } = newWorld();
    expect(read(true)).toEqual({ closed: [], unreadable: [] });
    close(revisionLinkPath("team/app", digest));
    expect(read(true, { user: { uid: 0, gids: [0] } }).closed).toEqual([]);
  });

  it.each([
    ["the root", () => "", 0o644],
    ["a folder of the namespace", () => "docker/registry/v2/repositories/team", 0o711],
    ["a repository", () => app, 0o711],
    ["revisions", () => `${app}/_manifests/revisions`, 0o711],
    ["a revision's directory", (digest: string) => parentOf(revisionLinkPath("team/app", digest)), 0o711],
    ["a revision link", (digest: string) => revisionLinkPath("team/app", digest), 0o200],
    ["a manifest", (digest: string) => blobPath(digest), 0o200],
    ["a blob's directory", (digest: string) => parentOf(blobPath(digest)), 0o711],
    ["a shard", (digest: string) => parentOf(parentOf(blobPath(digest))), 0o711],
    ["the store", () => "docker/registry/v2/blobs", 0o711],
  ])("names %s that is closed", (_, path, mode) => {
    const { read, close, digest } = newWorld();
    close(path(digest), mode);
    expect(read().closed).toEqual([path(digest)]);
  });

  it("names what tags need with -m alone, unless the tag is gone by then", () => {
    const { read, close } = newWorld();
    close(`${app}/_manifests/tags/1.0/current/link`);
    expect(read(false).closed).toEqual([]);
    expect(read(true).closed).toEqual([`${app}/_manifests/tags/1.0/current/link`]);
    const removed = new Bytes();
    removed.set(0, 1);
    expect(read(true, { removed }).closed).toEqual([]);
  });

  it("asks for no layer and no layer link", () => {
    const { read, close, layer } = newWorld();
    close(layerLinkPath("team/app", layer));
    close(blobPath(layer));
    close(`${app}/_layers`);
    expect(read(true).closed).toEqual([]);
  });

  it("says what it could not look at", () => {
    const { world, read, digest } = newWorld();
    const { unreadable } = read(false, { fs: failing(world.fs, "EIO", /revisions.*link$/) });
    expect(unreadable).toEqual([{ path: revisionLinkPath("team/app", digest), error: "EIO" }]);
  });
});
