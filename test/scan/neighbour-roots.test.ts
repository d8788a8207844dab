import { describe, expect, it } from "vitest";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { neighbourRoots } from "../../src/scan/neighbour-roots.ts";
import { sharedParts } from "../../src/scan/shared-parts.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const storage = "docker/registry/v2";

/** A disk with these storage roots. */
function disk(...roots: string[]) {
  const { memory, fs } = new World();
  for (const root of roots) memory.mkdirSync(`${root}/${storage}/blobs/sha256`, { recursive: true });
  return { memory, fs };
}

describe("neighbourRoots", () => {
  it("finds roots in the same folder, and of the same name in the folders beside it", () => {
    const { fs } = disk("/srv/a/data", "/srv/a/old", "/srv/b/data", "/srv/b/old", "/srv/a/data/inside");
    expect(neighbourRoots(fs, "/srv/a/data")).toEqual(["/srv/a/old", "/srv/b/data"]);
  });

  it("leaves out links to the root itself, and follows those to others", () => {
    const { memory, fs } = disk("/srv/data", "/elsewhere/data");
    memory.symlinkSync("/srv/data", "/srv/alias");
    memory.symlinkSync("/elsewhere/data", "/srv/other");
    expect(neighbourRoots(fs, "/srv/data")).toEqual(["/srv/other"]);
  });

  it("asks for nothing at the top of the file system", () => {
    const { fs: watched, paths } = recorded(disk("/data", "/srv/data", "/other").fs, "statSync");
    expect(neighbourRoots(watched, "/data")).toEqual([]);
    expect(neighbourRoots(watched, "/srv/data")).toEqual([]);
    expect(paths.every((path) => /^\/(?:srv\/)?data(?:\/|$)/.test(path))).toBe(true);
  });

  it("lets a shared store be seen from the root that has the real directory", () => {
    const { memory, fs } = disk("/srv/a", "/srv/b");
    memory.rmdirSync(`/srv/b/${storage}/blobs/sha256`);
    memory.rmdirSync(`/srv/b/${storage}/blobs`);
    memory.symlinkSync(`/srv/a/${storage}/blobs`, `/srv/b/${storage}/blobs`);
    const at = (path: string) => ({ path, fs: fs as StorageFs });
    const shared = sharedParts([at("/srv/a")], neighbourRoots(fs, "/srv/a").map(at));
    expect(shared).toEqual([{ root: "/srv/a", path: `${storage}/blobs`, other: "/srv/b" }]);
  });
});
