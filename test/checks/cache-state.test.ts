import { describe, expect, it } from "vitest";
import { findingsOf } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

function worldWith(state: string | Buffer): World {
  const world = new World();
  world.repository("library/app").image("1");
  world.write("scheduler-state.json", state);
  return world;
}

describe("cache-state", () => {
  it.each([
    ["empty", ""],
    ["cut", '{"library/app@sha256:'],
    ["zeroed", Buffer.alloc(64)],
  ])("is said of a cache whose state is %s", async (_, state) => {
    const found = await findingsOf(worldWith(state), { kind: "cache" });
    expect(found).toMatchObject([
      { code: "cache-state", severity: "error", path: "scheduler-state.json", affects: [] },
    ]);
  });

  it("is not said of a state without entries", async () => {
    expect(await findingsOf(worldWith("{}"), { kind: "cache" })).toEqual([]);
  });

  it("is not said of an authoritative root, whose registry never reads the file", async () => {
    expect(await findingsOf(worldWith(""), { kind: "authoritative" })).toEqual([]);
  });
});
