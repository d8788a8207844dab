import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { rootsToVerify } from "../../src/commands/verify-roots.ts";
import { chooseRoots } from "../../src/inspect/choose-roots.ts";
import { nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const choice = (path: string) => ({ paths: [path], kinds: new Map(), caches: [], authoritative: [] });

/** What the commands that read whole roots choose. */
const chosen = (fs: StorageFs, path: string) => {
  const { chosen, unreadable } = chooseRoots(fs, { ...choice(path), repositories: [] });
  return { roots: chosen.map(({ root }) => root), unreadable };
};

describe("rootsToVerify", () => {
  const names = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(["", ...names.map(({ name }) => name)])("chooses what other commands choose: %s", async (name) => {
    const path = join(fixtures, name);
    expect(await rootsToVerify(nodeFs, choice(path))).toEqual(chosen(nodeFs, path));
  });

  it.each(["cache", "docker/cache", "docker/registry/cache", "docker/registry/v2", "a/b/c"])(
    "finds a second root below the first, in %s",
    async (below) => {
      const world = new World();
      world.mkdir(`${below}/docker/registry/v2/repositories`);
      const found = await rootsToVerify(world.fs, choice(world.root));
      expect(found).toEqual(chosen(world.fs, world.root));
      expect(found.roots.length).toBe(2);
    },
  );

  it("follows a link to another root", async () => {
    const world = new World();
    world.memory.mkdirSync("/elsewhere/docker/registry/v2", { recursive: true });
    world.symlink("other", "/elsewhere");
    expect(await rootsToVerify(world.fs, choice(world.root))).toEqual(chosen(world.fs, world.root));
  });

  it("takes the kind that an option gives", async () => {
    const world = new World();
    const { roots } = await rootsToVerify(world.fs, { ...choice(world.root), caches: ["registry"] });
    expect(roots.map(({ kind }) => kind)).toEqual(["cache"]);
  });

  it("lists no repositories", async () => {
    const world = new World();
    world.repository("app").image("v1");
    world.mkdir("other/docker/registry/v2/repositories/app");
    const { fs, paths } = recorded(world.fs, "readdirSync");
    await rootsToVerify(fs, choice(world.root));
    expect(paths.filter((path) => path.includes("/repositories"))).toEqual([]);
  });

  it("doubts that a root is a cache whose scheduler-state.json names nothing", async () => {
    const world = new World();
    const { digest } = world.repository("app").image("v1");
    world.touch(revisionLinkPath("app", digest), 0);
    world.write("scheduler-state.json", "{}");
    const found = await rootsToVerify(world.fs, choice(world.root));
    expect(found.unreadable).toEqual([{ path: "/registry/scheduler-state.json", error: expect.any(String) }]);
    expect(found).toEqual(chosen(world.fs, world.root));
  });

  it("throws what other commands throw", async () => {
    await expect(rootsToVerify(nodeFs, choice("/nowhere"))).rejects.toThrow("/nowhere: no such directory");
  });
});
