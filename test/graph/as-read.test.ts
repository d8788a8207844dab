// What is read over is told from what the graph holds, whatever changed.
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { BlobsAsRead, isAsRead } from "../../src/graph/as-read.ts";
import { listBlobStore, readBlobShard } from "../../src/scan/read-blobs.ts";
import { graphOf, repositoryFacts } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

const NAME = "team/app";

/** A world with links and tags of all kinds, and a way to ask whether it is still as its graph. */
function readWorld() {
  const world = new World();
  const app = world.repository(NAME);
  const image = app.image("1.0");
  app.tag("dangling", digestOf("gone"));
  app.link("layer", digestOf("orphan"));
  app.link("layer", digestOf("alias"), image.config.digest);
  world.write(layerLinkPath(NAME, digestOf("malformed")), "");
  const graph = graphOf(world);
  const isSame = () => isAsRead(graph, graph.findRepository(NAME)!, repositoryFacts(world, NAME));
  const blobs = () => {
    const read = new BlobsAsRead(graph);
    for (const shard of listBlobStore(world.fs, world.root).shards) {
      read.note(readBlobShard(world.fs, world.root, shard));
    }
    return (digest: string) => read.has(graph.digests.find(digest));
  };
  return { world, app, image, isSame, blobs };
}

describe("isAsRead", () => {
  it("is true of what stood still", () => {
    expect(readWorld().isSame()).toBe(true);
  });

  const other = digestOf("other");
  type Read = ReturnType<typeof readWorld>;
  const changes: Record<string, (read: Read) => void> = {
    "a link that names something else": ({ app, image }) => app.link("layer", image.config.digest, other),
    "a link that names another than it did": ({ app }) => app.link("layer", digestOf("alias"), other),
    "a link that is empty now": ({ world, image }) => world.write(revisionLinkPath(NAME, image.digest), ""),
    "a link that is whole now": ({ app }) => app.link("layer", digestOf("malformed")),
    "a link that is gone, its folder left": ({ world, image }) =>
      world.remove(layerLinkPath(NAME, image.config.digest)),
    "a link that is new": ({ app }) => app.link("revision", other),
    "the last link gone": ({ world }) => world.removeEntry(layerLinkPath(NAME, digestOf("orphan"))),
    "a tag that moved": ({ app }) => app.tag("1.0", other),
    "a tag that is new": ({ app }) => app.tag("2.0", other),
    "a tag that is gone": ({ world }) => world.remove(`${repositoriesPath}/${NAME}/_manifests/tags/dangling`),
    "a folder that is none now": ({ world }) => world.fileForFolder(`${repositoriesPath}/${NAME}/_layers`),
  };
  it.each(Object.entries(changes))("is false of %s", (_, change) => {
    const read = readWorld();
    change(read);
    expect(read.isSame()).toBe(false);
  });
});

describe("BlobsAsRead", () => {
  it("knows what is there, and what is still not", () => {
    const { image, blobs } = readWorld();
    const has = blobs();
    expect([has(image.digest), has(image.config.digest), has(digestOf("orphan"))]).toEqual([true, true, true]);
  });

  it("knows what came, went and changed its size", () => {
    const { world, image, blobs } = readWorld();
    world.write(blobPath(digestOf("orphan")), "back");
    world.removeEntry(blobPath(image.digest));
    world.write(blobPath(image.config.digest), "another size");
    const has = blobs();
    expect([has(digestOf("orphan")), has(image.digest), has(image.config.digest)]).toEqual([false, false, false]);
    expect(has(image.layers[0]!.digest)).toBe(true);
  });
});
