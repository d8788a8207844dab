import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { mountPoints } from "../../src/scan/mount-points.ts";
import { World } from "../worlds/world.ts";

/** The world's file system with other ones mounted where the pattern begins to match. */
function mounted({ fs }: World, pattern: RegExp): StorageFs {
  const statSync = (path: string) => {
    const stat = fs.statSync(path);
    return Object.assign(Object.create(Object.getPrototypeOf(stat)), stat, { dev: pattern.test(path) ? 2 : 1 });
  };
  return { ...fs, statSync };
}

describe("mountPoints", () => {
  const world = new World();
  for (const name of ["team/app", "team/db", "other"]) world.repository(name);
  const folders = ["", "other", "team", "team/app", "team/db"];

  it("gives the topmost directory of each file system", () => {
    expect(mountPoints(mounted(world, /\/team/), world.root, folders)).toEqual([`${repositoriesPath}/team`]);
    expect(mountPoints(mounted(world, /\/blobs/), world.root, folders)).toEqual(["docker/registry/v2/blobs"]);
    expect(mountPoints(mounted(world, /\/(repositories)/), world.root, folders)).toEqual([repositoriesPath]);
  });

  it("gives none where all is on one", () => {
    expect(mountPoints(mounted(world, /never/), world.root, folders)).toEqual([]);
  });
});
