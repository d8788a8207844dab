// Which images a collection breaks, what they lose, and what keeps them.
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { forecastSteps, tagsBeyondNewest, uploadsSince } from "../../../src/registry/collect/forecast.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { atOnce } from "../../worlds/at-once.ts";
import { type CleanUp, collectInput, collectOptions } from "../../worlds/collect-world.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { digestOf, World } from "../../worlds/world.ts";

/** The breaks, parts as `role digest platform`; and what a correct collection frees. */
function foreseen(world: World, cleanUp: CleanUp = {}, kind: "authoritative" | "cache" = "authoritative") {
  const input = collectInput(world);
  const { graph } = input;
  const pull = pullAll(graph, { fetchesMissing: kind === "cache" });
  const { breaks, safeToFreeBytes } = atOnce(forecastSteps(input, pull, kind, collectOptions(input, cleanUp)));
  return {
    freed: safeToFreeBytes,
    breaks: breaks.map(({ tag, lost, keepers }) => ({
      tag: `${graph.repository(graph.tags.repository(tag)).name}:${graph.tags.name(tag)}`,
      lost: lost.map(({ role, digest, platform }) => [role, graph.digests.text(digest), platform].join(" ").trim()),
      keepers,
    })),
  };
}

/** An index of two platforms, and a plain image. */
function multi() {
  const world = new World();
  const app = world.repository("team/app");
  const children = { "linux/amd64": app.image(), "linux/arm64": app.image() };
  const index = app.index(children, "multi");
  app.image("plain");
  return { world, app, index, amd64: children["linux/amd64"], arm64: children["linux/arm64"] };
}

describe("forecast", () => {
  it("breaks nothing where all that images need is marked", () => {
    expect(foreseen(multi().world)).toEqual({ breaks: [], freed: 0 });
  });

  it("names the children that an index loses to -m, by platform, and that leaving out -m keeps it", () => {
    const { world, amd64, arm64 } = multi();
    const lost = [`child ${amd64.digest} linux/amd64`, `child ${arm64.digest} linux/arm64`];
    expect(foreseen(world, { m: true })).toEqual({
      freed: 0,
      breaks: [{ tag: "team/app:multi", lost, keepers: ["without-delete-untagged"] }],
    });
  });

  it("breaks no index whose children have tags of their own", () => {
    const { world, app, amd64, arm64 } = multi();
    app.tag("child-amd64", amd64.digest);
    app.tag("child-arm64", arm64.digest);
    expect(foreseen(world, { m: true }).breaks).toEqual([]);
  });

  it("advises against the clean-up where that removes the children's tags", () => {
    const { world, app, amd64, arm64 } = multi();
    app.tag("child-amd64", amd64.digest);
    app.tag("child-arm64", arm64.digest);
    expect(foreseen(world, { m: true, removed: ["team/app:child-arm64"] }).breaks).toEqual([
      {
        tag: "team/app:multi",
        lost: [`child ${arm64.digest} linux/arm64`],
        keepers: ["without-delete-untagged", "without-tag-clean-up"],
      },
    ]);
  });

  it("does not advise against a clean-up that changes nothing for the image", () => {
    const { world } = multi();
    const [broken] = foreseen(world, { m: true, removed: ["team/app:plain"] }).breaks;
    expect(broken).toMatchObject({ tag: "team/app:multi", keepers: ["without-delete-untagged"] });
  });

  it("does not call a removed tag broken", () => {
    expect(foreseen(multi().world, { m: true, removed: ["team/app:multi"] }).breaks).toEqual([]);
  });

  it("does not call an image newly broken that is broken already", () => {
    const { world, amd64 } = multi();
    world.removeEntry(blobPath(amd64.layers[0]!.digest));
    expect(foreseen(world, { m: true }).breaks).toEqual([]);
  });

  it("names the manifest that the tags of an unseen repository lose, and that _layers keeps them", () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    const index = world.repository("mirror").indexOf([], "stable");
    world.remove(`${repositoriesPath}/mirror/_layers`);
    for (const m of [false, true]) {
      expect(foreseen(world, { m }).breaks).toEqual([
        { tag: "mirror:stable", lost: [`manifest ${index.digest}`], keepers: ["with-layers-folder"] },
      ]);
    }
  });

  it("names the layers by sha512 that are swept, and that pushing them by sha256 keeps them", () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer("by sha512");
    const alias = digestOf("by sha512", "sha512");
    app.link("layer", alias, layer.digest);
    app.image("1.0", [{ ...layer, digest: alias }]);
    expect(foreseen(world)).toEqual({
      freed: 0,
      breaks: [{ tag: "team/app:1.0", lost: [`layer ${alias}`], keepers: ["with-sha256-layers"] }],
    });
  });

  it("names the config and layers of an image that has a layer link for its manifest alone", () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image("1.0");
    app.link("layer", image.digest);
    world.removeEntry(revisionLinkPath("team/app", image.digest));
    expect(foreseen(world).breaks).toMatchObject([{ tag: "team/app:1.0", lost: [`manifest ${image.digest}`] }]);
    // A second repository marks the manifest itself.
    const other = world.repository("team/other");
    other.link("revision", image.digest);
    other.tag("1.0", image.digest);
    expect(foreseen(world).breaks).toEqual([]);
  });

  it("breaks nothing in a cache, which fetches what it lost", () => {
    expect(foreseen(multi().world, { m: true }, "cache").breaks).toEqual([]);
  });

  it("breaks nothing where collection aborts before it deletes", () => {
    const { world } = multi();
    world.write(`${repositoriesPath}/team/app/_manifests/revisions/link`, "no digest");
    expect(foreseen(world, { m: true }).breaks).toEqual([]);
  });

  it("breaks an index whose children's links are gone when collection aborts", () => {
    const { world, amd64, arm64 } = multi();
    world.write("docker/registry/v2/blobs/data");
    expect(foreseen(world).breaks).toEqual([]);
    const [broken] = foreseen(world, { m: true }).breaks;
    expect(broken).toMatchObject({
      lost: [`child ${amd64.digest} linux/amd64`, `child ${arm64.digest} linux/arm64`],
      keepers: ["without-delete-untagged"],
    });
  });
});

describe("tagsBeyondNewest", () => {
  /** The names of the removed tags of a repository whose tags' folders changed at these times. */
  function removed(modified: Record<string, number>, keep: number) {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image();
    for (const [name, at] of Object.entries(modified)) {
      app.tag(name, digest);
      world.touch(`${repositoriesPath}/team/app/_manifests/tags/${name}`, at);
    }
    world.repository("team/other").image("only");
    const graph = graphOf(world);
    return tagsBeyondNewest(graph, keep).map((tag) => graph.tags.name(tag));
  }

  it("keeps the newest of each repository by when their folders changed", () => {
    expect(removed({ a: 2000, b: 4000, c: 1000, d: 3000 }, 2)).toEqual(["a", "c"]);
    expect(removed({ a: 2000, b: 4000, c: 1000, d: 3000 }, 4)).toEqual([]);
  });

  it("counts a folder whose name is no tag's, and does not remove it", () => {
    expect(removed({ "@eaDir": 1000, a: 2000, b: 3000, c: 500 }, 1)).toEqual(["a", "c"]);
    expect(removed({ "@eaDir": 4000, a: 2000, b: 3000 }, 2)).toEqual(["a"]);
  });

  it("keeps those that come first by name among equals", () => {
    expect(removed({ c: 1000, a: 1000, b: 1000 }, 1)).toEqual(["b", "c"]);
  });
});

describe("uploadsSince", () => {
  it("gives the uploads that were written to after that moment", () => {
    const world = new World();
    for (const [name, at] of [
      ["a", 1000],
      ["b", 2000],
      ["c", 3000],
    ] as const) {
      world.repository(name);
      const upload = `${repositoriesPath}/${name}/_uploads/of-${name}`;
      world.write(`${upload}/data`, "bytes");
      world.write(`${upload}/startedat`, new Date(500).toISOString());
      for (const path of [`${upload}/data`, `${upload}/startedat`, upload]) world.touch(path, at);
    }
    expect(uploadsSince(graphOf(world), 2000)).toEqual([{ repository: "c", id: "of-c" }]);
    expect(uploadsSince(graphOf(world), 1999)).toHaveLength(2);
  });
});
