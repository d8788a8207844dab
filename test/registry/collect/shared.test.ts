// Directories that two paths lead to: what garbage collection deletes by the one is gone by the other as well.
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { collect } from "../../../src/registry/collect/collect.ts";
import { graphAfter } from "../../../src/registry/collect/collection.ts";
import { serveManifest } from "../../../src/registry/serve/serve.ts";
import { collected, collectInput, collectOptions } from "../../worlds/collect-world.ts";
import { World } from "../../worlds/world.ts";

function appWorld() {
  const world = new World();
  const app = world.repository("app");
  const [tagged, untagged] = [app.image("1.0"), app.image()];
  return { world, app, tagged, untagged };
}

const folderOf = (digest: string) => blobPath(digest).replace("/data", "");

/** Has the blob's folder, or only its data, be a symbolic link to that of another. */
function linkBlob(world: World, digest: string, other: string, part: "folder" | "file"): void {
  const path = part === "folder" ? folderOf(digest) : blobPath(digest);
  world.remove(path);
  world.symlink(path, `${world.root}/${part === "folder" ? folderOf(other) : blobPath(other)}`);
}

describe("a repository with a second name", () => {
  it("has -m delete its untagged manifests twice, which aborts half-way", () => {
    const { world, untagged } = appWorld();
    world.symlink(`${repositoriesPath}/second`, `${world.root}/${repositoriesPath}/app`);
    expect(collected(world)).toMatchObject({ aborts: [], manifests: [] });
    expect(collected(world, { m: true })).toMatchObject({
      aborts: [`delete: ${revisionLinkPath("second", untagged.digest)}: shared-repository`],
      manifests: [`app@${untagged.digest}`],
      blobs: [],
    });
  });

  it("loses what is untagged under the other, although a tag names it here", () => {
    const { world, tagged } = appWorld();
    const other = world.repository("other");
    other.image("1.0");
    world.remove(`${repositoriesPath}/other/_manifests/revisions`);
    world.symlink(
      `${repositoriesPath}/other/_manifests/revisions`,
      `${world.root}/${repositoriesPath}/app/_manifests/revisions`,
    );
    const input = collectInput(world);
    const after = graphAfter(input.graph, collect(input, collectOptions(input, { m: true })));
    const id = input.graph.digests.find(tagged.digest);
    expect(serveManifest(after, input.graph.findRepository("app")!, id).answer).toBe("not-linked");
  });
});

describe("a blob that is a symbolic link to another's directory", () => {
  it("may abort the sweep where both are to go", () => {
    const { world } = appWorld();
    const [one, other] = [world.blob("one"), world.blob("other")];
    linkBlob(world, one.digest, other.digest, "folder");
    expect(collected(world).aborts).toEqual([`blobs: ${blobPath(one.digest)}: shared-blob`]);
  });

  it("is lost with the other, be it by its directory or its data", () => {
    for (const part of ["folder", "file"] as const) {
      const { world, tagged } = appWorld();
      const other = world.blob("other");
      linkBlob(world, tagged.config.digest, other.digest, part);
      const input = collectInput(world);
      const collection = collect(input, collectOptions(input, {}));
      expect(collection.aborts).toEqual([]);
      const { digests } = input.graph;
      expect(collection.deletedBlobs).toEqual([digests.find(other.digest)]);
      expect(collection.isBlobDeleted.at(digests.find(tagged.config.digest))).toBe(1);
    }
  });

  it("goes alone where the other is kept", () => {
    const { world, tagged } = appWorld();
    const one = world.blob("one");
    linkBlob(world, one.digest, tagged.config.digest, "folder");
    expect(collected(world)).toMatchObject({ aborts: [], blobs: [one.digest] });
  });
});
