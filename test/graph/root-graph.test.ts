import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { graphOf, repositoryFacts } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

describe("RootGraph", () => {
  it("holds repositories by name", () => {
    const world = new World();
    for (const name of ["b", "a/b", "a"]) world.repository(name).image("1.0");
    const graph = graphOf(world);
    expect(graph.repositories().map(({ name }) => name)).toEqual(["a", "a/b", "b"]);
    expect(graph.findRepository("a/b")).toBe(graph.repositories()[1]);
    expect(graph.findRepository("c")).toBeUndefined();
  });

  it("replaces what it knew of a repository that is read again", () => {
    const world = new World();
    const app = world.repository("team/app");
    const old = app.image("1.0");
    const graph = graphOf(world);
    const image = app.image("1.0");
    graph.addRepository(repositoryFacts(world, "team/app"));
    const node = graph.findRepository("team/app")!;
    expect(graph.digests.text(graph.tags.target(node.tags.first))).toBe(image.digest);
    expect(node.tags.end - node.tags.first).toBe(1);
    expect(graph.takeManifestsToRead()).toEqual([]);
    expect(
      graph.tags
        .history(node.tags.first)
        .map((digest) => graph.digests.text(digest))
        .sort(),
    ).toEqual([old.digest, image.digest].sort());
  });

  it("forgets a repository that is gone", () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    const graph = graphOf(world);
    graph.removeRepository("team/app");
    expect(graph.repositories()).toEqual([]);
  });

  it("asks for the manifests that indexes name, to any depth, each once", () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image();
    const inner = app.index({ "linux/amd64": image });
    app.indexOf([inner, image], "1.0");
    for (const { digest } of [image, inner]) world.removeEntry(revisionLinkPath("team/app", digest));
    const graph = graphOf(world);
    expect(graph.manifests.length).toBe(3);
    expect(graph.manifests.find(graph.digests.find(image.digest))).toBeGreaterThanOrEqual(0);
    expect(graph.manifests.find(graph.digests.find(image.config.digest))).toBe(-1);
  });

  it("asks for the blob that a child's layer link leads to", () => {
    const world = new World();
    const app = world.repository("team/app");
    const other = app.image();
    world.removeEntry(revisionLinkPath("team/app", other.digest));
    const child = { digest: digestOf("a child that was never pushed"), size: 29 };
    app.link("layer", child.digest, other.digest);
    app.indexOf([child], "1.0");
    const graph = graphOf(world);
    expect(graph.manifests.find(graph.digests.find(other.digest))).toBeGreaterThanOrEqual(0);
  });

  it("does not take a layer that was pushed by sha512 for a manifest", () => {
    const world = new World();
    const app = world.repository("team/app");
    const stored = app.layer("layer");
    app.link("layer", digestOf("layer", "sha512"), stored.digest);
    app.image("1.0", [{ ...stored, digest: digestOf("layer", "sha512") }]);
    expect(graphOf(world).manifests.length).toBe(1);
  });

  it("asks again for a manifest that appeared after its link", () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const content = world.memory.readFileSync(`${world.root}/${blobPath(image.digest)}`);
    world.removeEntry(blobPath(image.digest));
    const graph = graphOf(world);
    const id = graph.digests.find(image.digest);
    expect([graph.blobState(id), graph.manifests.find(id)]).toEqual([DiskState.absent, -1]);
    world.write(blobPath(image.digest), content as Buffer);
    graph.setBlob(id, DiskState.ok, image.size, 0);
    expect(graph.takeManifestsToRead()).toEqual([id]);
  });

  it("knows nothing of a blob that only a link names", () => {
    const world = new World();
    const app = world.repository("team/app");
    app.link("layer", digestOf("nowhere"));
    const graph = graphOf(world);
    const id = graph.digests.find(digestOf("nowhere"));
    expect([graph.blobState(id), graph.blobSize(id), graph.blobModified(id)]).toEqual([DiskState.absent, 0, 0]);
  });
});
