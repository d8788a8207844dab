import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { OCI_INDEX, World } from "../../worlds/world.ts";

/** Every image pulled: failures as `failure digest -> tags`, broken tags with their platforms. */
function pulled(world: World, options?: { fetchesMissing: boolean }) {
  const graph = graphOf(world);
  const { problems, brokenTags } = pullAll(graph, options);
  return {
    problems: Array.from(problems, ({ failure, digest, tags }) => ({
      failure,
      digest: digest < 0 ? undefined : graph.digests.text(digest),
      tags: tags.map((tag) => graph.tags.name(tag)),
    })),
    brokenTags: brokenTags.map(({ tag, platforms }) => [graph.tags.name(tag), ...platforms]),
  };
}

describe("pullAll", () => {
  it("finds nothing wrong with whole images of all shapes", () => {
    const world = new World();
    const app = world.repository("team/app");
    const images = { "linux/amd64": app.image("1.0"), "linux/arm64": app.image() };
    app.indexOf([app.index(images, "2.0")], "3.0");
    expect(pulled(world)).toEqual({ problems: [], brokenTags: [] });
  });

  it("reaches the tags of every index that shares a child, and no others", () => {
    const world = new World();
    const app = world.repository("team/app");
    const shared = app.image();
    app.index({ "linux/amd64": shared }, "a");
    app.index({ "linux/amd64": shared, "linux/arm64": app.image() }, "b");
    app.index({ "linux/amd64": app.image() }, "c");
    world.removeEntry(blobPath(shared.layers[0]!.digest));
    expect(pulled(world)).toEqual({
      problems: [{ failure: "refused-reference", digest: shared.layers[0]!.digest, tags: ["a", "b"] }],
      brokenTags: [
        ["a", "linux/amd64"],
        ["b", "linux/amd64"],
      ],
    });
  });

  it("hands down the platform of a nested index", () => {
    const world = new World();
    const app = world.repository("team/app");
    const inner = app.image();
    const middle = app.indexOf([inner]);
    app.index({ "linux/amd64": app.image(), "linux/arm64": middle }, "nested");
    world.removeEntry(blobPath(inner.config.digest));
    expect(pulled(world).brokenTags).toEqual([["nested", "linux/arm64"]]);
  });

  it("names no platform where the whole image is broken", () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image("plain");
    const index = app.index({ "linux/amd64": app.image() }, "multi");
    world.removeEntry(blobPath(image.config.digest));
    world.removeEntry(revisionLinkPath("team/app", index.digest));
    expect(pulled(world).brokenTags).toEqual([["multi"], ["plain"]]);
  });

  it("names the platforms of different damages once each, sorted", () => {
    const world = new World();
    const app = world.repository("team/app");
    const [amd64, arm64, s390x] = [app.image(), app.image(), app.image()];
    app.index({ "linux/s390x": s390x, "linux/arm64": arm64, "linux/amd64": amd64, "linux/arm": app.image() }, "1.0");
    world.removeEntry(blobPath(amd64.config.digest));
    world.removeEntry(blobPath(amd64.layers[0]!.digest));
    world.removeEntry(blobPath(arm64.digest));
    world.write(layerLinkPath("team/app", s390x.config.digest), "");
    expect(pulled(world).brokenTags).toEqual([["1.0", "linux/amd64", "linux/arm64", "linux/s390x"]]);
  });

  it("ends in an index that contains itself", () => {
    const world = new World();
    const app = world.repository("team/app");
    const placeholder = app.image();
    const index = app.index({ "linux/amd64": placeholder }, "loop");
    app.link("revision", placeholder.digest, index.digest);
    world.removeEntry(blobPath(placeholder.digest));
    const { problems, brokenTags } = pulled(world);
    expect(problems).toEqual([{ failure: "wrong-content", digest: placeholder.digest, tags: ["loop"] }]);
    expect(brokenTags).toEqual([["loop", "linux/amd64"]]);
  });

  it("ends in two indexes that contain each other", () => {
    const world = new World();
    const app = world.repository("team/app");
    const [one, two] = [app.image(), app.image()];
    const first = app.indexOf([one], "first");
    const second = app.indexOf([two, first], "second");
    app.link("revision", one.digest, second.digest);
    app.link("revision", two.digest, first.digest);
    expect(pulled(world).brokenTags).toEqual([["first"], ["second"]]);
  });

  it("does not follow what a client would reject", () => {
    const world = new World();
    const app = world.repository("team/app");
    const index = app.index({ "linux/amd64": app.image() }, "1.0");
    const gone = { digest: `sha256:${"0".repeat(64)}`, size: 1 };
    world.write(blobPath(index.digest), JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [gone] }));
    expect(pulled(world).problems).toEqual([{ failure: "wrong-content", digest: index.digest, tags: ["1.0"] }]);
  });

  it("names each platform of an index of which nothing but itself is left", () => {
    const world = new World();
    const app = world.repository("team/app");
    const gone = (digit: string) => ({ digest: `sha256:${digit.repeat(64)}`, size: 1 });
    app.index({ "linux/amd64": gone("1"), "linux/arm64": gone("2") }, "1.0");
    const { problems, brokenTags } = pullAll(graphOf(world));
    expect(Array.from(problems, ({ platform }) => platform)).toEqual(["linux/amd64", "linux/arm64"]);
    expect(brokenTags.map(({ platforms }) => platforms)).toEqual([["linux/amd64", "linux/arm64"]]);
  });

  it("goes once through what is named on very many ways", () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image();
    let top = app.index({ "linux/amd64": image });
    for (let depth = 0; depth < 60; depth++) top = app.indexOf([top, top]);
    app.tag("1.0", top.digest);
    world.removeEntry(blobPath(image.config.digest));
    expect(pulled(world).brokenTags).toEqual([["1.0", "linux/amd64"]]);
  });

  it("is content with what is missing where that is fetched", () => {
    const world = new World();
    const app = world.repository("team/app");
    const [amd64, arm64] = [app.image(), app.image()];
    app.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "1.0");
    app.tag("2.0", `sha256:${"0".repeat(64)}`);
    world.removeEntry(blobPath(arm64.digest));
    world.removeEntry(layerLinkPath("team/app", amd64.config.digest));
    expect(pulled(world, { fetchesMissing: true })).toEqual({ problems: [], brokenTags: [] });
    world.write(blobPath(amd64.layers[0]!.digest), "");
    expect(pulled(world, { fetchesMissing: true }).brokenTags).toEqual([["1.0", "linux/amd64"]]);
  });

  it("breaks no tag of a repository that cannot be asked for", () => {
    const world = new World();
    const { config } = world.repository("BadName").image("1.0");
    world.removeEntry(blobPath(config.digest));
    expect(pulled(world)).toMatchObject({ problems: [{ tags: [] }], brokenTags: [] });
  });

  it("marks what a held manifest needs and references", () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image();
    const unneeded = app.layer();
    world.mkdir(`${repositoriesPath}/team/app/_uploads`);
    const graph = graphOf(world);
    const { neededLinks, referenced } = pullAll(graph);
    const id = (digest: string) => graph.digests.find(digest);
    const isNeeded = (digest: string) => neededLinks.layer.at(graph.layerLinks.find(0, id(digest))) === 1;
    expect([image.config, ...image.layers, unneeded].map(({ digest }) => isNeeded(digest))).toEqual([
      true,
      true,
      false,
    ]);
    expect([image, image.config, unneeded].map(({ digest }) => referenced.at(id(digest)))).toEqual([1, 1, 0]);
  });
});
