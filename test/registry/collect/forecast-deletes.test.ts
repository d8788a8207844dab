// Which images deletes over HTTP break, at once or with the garbage collection after them.
import { describe, expect, it } from "vitest";
import { blobPath, tagLinkPath } from "../../../scripts/fixtures/storage.ts";
import { forecastSteps } from "../../../src/registry/collect/forecast.ts";
import { HttpDeletes } from "../../../src/registry/delete/http-deletes.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { atOnce } from "../../worlds/at-once.ts";
import { type CleanUp, collectInput, collectOptions, tagOf } from "../../worlds/collect-world.ts";
import { World } from "../../worlds/world.ts";

/** Deletes `app:tag` and `app@digest` in this order, then collects. */
function foreseen(world: World, asked: readonly string[], cleanUp: CleanUp = {}) {
  const input = collectInput(world);
  const { graph } = input;
  const deletes = new HttpDeletes(graph);
  for (const name of asked) {
    const [repository = "", digest] = name.split("@");
    if (digest === undefined) deletes.deleteTag(tagOf(input, name));
    else deletes.deleteDigest(graph.findRepository(repository)!, graph.digests.find(digest));
  }
  const options = { ...collectOptions(input, cleanUp), deletes };
  const { breaks, losesRepair, collection, safeToFreeBytes } = atOnce(
    forecastSteps(input, pullAll(graph), "authoritative", options),
  );
  return {
    breaks: breaks.map(({ tag, phase, lost, keepers }) =>
      [graph.tags.name(tag), phase, ...lost.map(({ role, platform }) => platform ?? role), ...keepers].join(" "),
    ),
    harms: losesRepair.map(({ repository, tag, taken }) =>
      [repository.name, tag < 0 ? "-" : graph.tags.name(tag), ...taken.map(({ role }) => role)].join(" "),
    ),
    frees: collection.deletedBytes,
    safe: safeToFreeBytes,
  };
}

function multi() {
  const world = new World();
  const app = world.repository("app");
  const [amd64, arm64] = [app.image("1.0-amd64"), app.image("1.0-arm64")];
  const index = app.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "1.0");
  return { world, app, amd64, arm64, index };
}

const sizes = (...blobs: { size: number }[]) => blobs.reduce((sum, { size }) => sum + size, 0);

describe("deletes over HTTP", () => {
  it("break an index at once whose children have their own tags deleted", () => {
    expect(foreseen(multi().world, ["app:1.0-amd64", "app:1.0-arm64"])).toMatchObject({
      breaks: ["1.0 delete linux/amd64 linux/arm64 without-deletes"],
      harms: [],
    });
  });

  it("break nothing where the index goes too, and garbage collection without -m frees all of it", () => {
    const { world, amd64, arm64, index } = multi();
    const content = [amd64, arm64].flatMap(({ config, layers }) => [config, ...layers]);
    const bytes = sizes(amd64, arm64, index, ...content);
    expect(foreseen(world, ["app:1.0-amd64", "app:1.0", "app:1.0-arm64"])).toEqual({
      ...{ breaks: [], harms: [], frees: bytes, safe: bytes },
    });
  });

  it("take another tag of the same digest, which is an image that loses all", () => {
    const world = new World();
    const app = world.repository("app");
    app.tag("stable", app.image("build-7").digest);
    expect(foreseen(world, ["app:build-7"])).toMatchObject({ breaks: ["stable delete manifest without-deletes"] });
    expect(foreseen(world, ["app:build-7", "app:stable"])).toMatchObject({ breaks: [], harms: [] });
  });

  it("take the tags of a digest that is named itself: those are not meant", () => {
    const world = new World();
    const image = world.repository("app").image("1.0");
    expect(foreseen(world, [`app@${image.digest}`])).toMatchObject({ breaks: ["1.0 delete manifest without-deletes"] });
  });

  it("break an image that has the deleted manifest among its layers", () => {
    const world = new World();
    const app = world.repository("app");
    const old = app.image("old");
    app.link("layer", old.digest);
    app.image("1.0", [old]);
    expect(foreseen(world, ["app:old"])).toMatchObject({ breaks: ["1.0 delete layer without-deletes"] });
  });

  it("take parts of an image that is broken already, and of an index without a tag", () => {
    const { world, app, amd64, arm64 } = multi();
    world.removeEntry(blobPath(arm64.config.digest));
    app.indexOf([amd64]);
    expect(foreseen(world, ["app:1.0-amd64"]).harms).toEqual([
      expect.stringContaining("app 1.0 child"),
      expect.stringContaining("app - child"),
    ]);
  });

  it("leave tags that lead nowhere where they fail half-way, and the one that was named is meant", () => {
    const world = new World();
    const app = world.repository("app");
    app.tag("stable", app.image("build-7").digest);
    app.image("broken");
    world.write(tagLinkPath("app", "broken"), "");
    expect(foreseen(world, ["app:build-7"])).toMatchObject({
      breaks: ["stable delete manifest without-deletes"],
      harms: [],
    });
  });

  it("are told from what garbage collection breaks after them", () => {
    const world = new World();
    const app = world.repository("app");
    const [child, old] = [app.image(), app.image("old")];
    app.index({ "linux/amd64": child }, "multi");
    expect(foreseen(world, ["app:old"], { m: true })).toMatchObject({
      breaks: ["multi garbage-collection linux/amd64 without-delete-untagged"],
      frees: sizes(old, old.config, ...old.layers, child.config, ...child.layers),
    });
  });

  it("come before a clean-up, which may take what they broke", () => {
    const { world } = multi();
    expect(foreseen(world, ["app:1.0-amd64"], { removed: ["app:1.0"] }).breaks).toEqual([]);
  });
});
