import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const now = Date.parse("2026-04-19T03:00:00Z");
const day = 24 * 3600 * 1000;
const path = `${repositoriesPath}/team/app/_uploads/8d2c`;

function worldWithUpload(startedAt: number): World {
  const world = new World();
  world.repository("team/app").image("1.0");
  world.write(`${path}/startedat`, new Date(startedAt).toISOString());
  world.write(`${path}/data`, "half a layer");
  return world;
}

describe("stale-upload", () => {
  it("names an upload that was started a week ago", async () => {
    const world = worldWithUpload(now - 7 * day);
    expect(await findingsOf(world, { now })).toEqual([
      { code: "stale-upload", severity: "info", repository: "team/app", path, affects: [] },
    ]);
    const { findings } = await scanWorld(world, { now });
    expect(findings[0]?.message).toContain("12 bytes, started 7 days ago");
  });

  it("is not said of a younger one", async () => {
    expect(await findingsOf(worldWithUpload(now - 7 * day + 1), { now })).toEqual([]);
  });

  it.each(["missing", "", "2020", "tomorrow"])(
    "is never purged, and goes by the folder's age, where startedat is %j",
    async (how) => {
      const world = worldWithUpload(now);
      if (how === "missing") world.remove(`${path}/startedat`);
      else world.write(`${path}/startedat`, how);
      world.touch(path, now - 8 * day);
      const { findings } = await scanWorld(world, { now });
      expect(findings).toMatchObject([{ code: "stale-upload", path }]);
      expect(findings[0]!.message).toMatch(/^an upload of 12 bytes that is never purged, .*; 8 days old$/);
      expect(findings[0]!.remedy).toMatch(/^delete its directory/);
    },
  );

  it("is said in a cache, too", async () => {
    const world = worldWithUpload(now - 8 * day);
    expect(await findingsOf(world, { now, kind: "cache" })).toMatchObject([{ code: "stale-upload", path }]);
  });

  it("is not said of a file among the uploads", async () => {
    const world = worldWithUpload(now);
    world.write(`${repositoriesPath}/team/app/_uploads/file`);
    expect(await findingsOf(world, { now: now + day })).toEqual([]);
  });
});
