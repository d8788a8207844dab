import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const folder = `${repositoriesPath}/mirror/index-only`;

/** A repository without `_layers` that holds an index, tagged or not. */
function worldWithoutLayers(tag?: string): World {
  const world = new World();
  world.repository("mirror/index-only").indexOf([], tag);
  world.remove(`${folder}/_layers`);
  return world;
}

describe("unseen-repository", () => {
  it.each(["stable", undefined])("names a repository without _layers that holds a manifest (tag: %s)", async (tag) => {
    const found = await findingsOf(worldWithoutLayers(tag));
    expect(found).toEqual([
      { code: "unseen-repository", severity: "error", repository: "mirror/index-only", path: folder, affects: [] },
    ]);
  });

  it("breaks no tag of today", async () => {
    expect((await scanWorld(worldWithoutLayers("stable"))).brokenTags).toEqual([]);
  });

  it("names each repository that a file hides, and the file", async () => {
    const world = new World();
    for (const name of ["Z", "team/app", "team/app/sub"]) world.repository(name).image("1.0");
    world.write(`${repositoriesPath}/_note`, "written by hand");
    const { findings } = await scanWorld(world);
    const unseen = findings.filter(({ code }) => code === "unseen-repository");
    expect(unseen.map(({ repository }) => repository)).toEqual(["team/app", "team/app/sub"]);
    expect(unseen[0]?.message).toContain("the file _note ends");
  });

  it("is not said of a repository of uploads alone, nor of one whose last manifest was deleted", async () => {
    const world = worldWithoutLayers("stable");
    world.remove(`${folder}/_manifests/tags/stable`);
    world.remove(`${folder}/_manifests/revisions/sha256`);
    world.mkdir(`${folder}/_uploads`);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said where _layers is empty", async () => {
    const world = worldWithoutLayers("stable");
    world.mkdir(`${folder}/_layers`);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said in a cache", async () => {
    expect(await findingsOf(worldWithoutLayers("stable"), { kind: "cache" })).toEqual([]);
  });

  it("has the same identity in every scan", async () => {
    const world = worldWithoutLayers("stable");
    const [first, second] = [await scanWorld(world), await scanWorld(world)];
    expect(second.findings.map(({ id }) => id)).toEqual(first.findings.map(({ id }) => id));
    expect(second.findings.map(identity)).toEqual(first.findings.map(identity));
  });

  it("is said of tags alone", async () => {
    const world = worldWithoutLayers("stable");
    world.remove(`${folder}/_manifests/revisions`);
    expect((await findingsOf(world)).map(({ code }) => code)).toContain("unseen-repository");
  });
});
