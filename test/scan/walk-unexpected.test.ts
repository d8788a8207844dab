import { describe, expect, it } from "vitest";
import { DiskState } from "../../src/facts/facts.ts";
import { leavesBelow } from "../../src/scan/walk-unexpected.ts";
import { World } from "../worlds/world.ts";

const folder = "docker/registry/v2/blobs/odd";
const below = (world: World) =>
  [...leavesBelow(world.fs, world.root, folder)].map(({ path, state }) => [path.slice(folder.length), state]);

describe("leavesBelow", () => {
  it("gives every file at and below a path, through symbolic links, and nothing of empty folders", () => {
    const world = new World();
    world.write(`${folder}/b/c/data`);
    world.write(`${folder}/a`);
    world.mkdir(`${folder}/empty`);
    world.symlink(`${folder}/to-b`, `${world.root}/${folder}/b`);
    expect(below(world)).toEqual([
      ["/a", DiskState.notAFolder],
      ["/b/c/data", DiskState.notAFolder],
      ["/to-b/c/data", DiskState.notAFolder],
    ]);
    expect([...leavesBelow(world.fs, world.root, `${folder}/a`)]).toMatchObject([{ path: `${folder}/a` }]);
  });

  it("calls a link that leads back to a folder above a loop, within what is walked and above it", () => {
    const world = new World();
    world.symlink(`${folder}/a/up`, `${world.root}/${folder}`);
    world.symlink(`${folder}/store`, `${world.root}/docker/registry/v2/blobs`);
    expect(below(world)).toEqual([
      ["/a/up", DiskState.malformed],
      ["/store", DiskState.malformed],
    ]);
  });

  it("gives up on folders that all link to each other, and says so", () => {
    const world = new World();
    const names = Array.from({ length: 12 }, (_, index) => `${folder}/${index}`);
    for (const name of names) {
      for (const [index, other] of names.entries()) {
        if (name !== other) world.symlink(`${name}/to-${index}`, `${world.root}/${other}`);
      }
    }
    const states = below(world).map(([, state]) => state);
    expect(states.length).toBeLessThan(2_000);
    expect(states).toContain(DiskState.unreadable);
  });

  it("comes back from folders that are nested a thousand deep", () => {
    const world = new World();
    world.write(`${folder}/${"d/".repeat(1_000)}data`);
    expect(below(world)).toHaveLength(1);
  });
});
