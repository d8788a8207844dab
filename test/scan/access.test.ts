import { describe, expect, it } from "vitest";
import type { User } from "../../src/facts/closed.ts";
import { majorityOwner, mayAccess, mayRemove } from "../../src/scan/access.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const user: User = { uid: 1000, gids: [1000, 33] };
const owned = (uid: number, gid: number, mode: number) => ({ uid, gid, mode });

describe("mayAccess", () => {
  it.each([
    ["the owner by the owner's bits", owned(1000, 0, 0o300), true],
    ["the owner not by the group's bits", owned(1000, 33, 0o037), false],
    ["a member of the group by the group's bits", owned(0, 33, 0o030), true],
    ["anybody else by the last bits", owned(0, 0, 0o773), true],
    ["nobody else without them", owned(0, 0, 0o770), false],
  ])("lets %s", (_, directory, expected) => {
    expect(mayAccess(directory, user, 0o3)).toBe(expected);
  });

  it("lets root do everything", () => {
    expect(mayAccess(owned(1000, 1000, 0), { uid: 0, gids: [0] }, 0o7)).toBe(true);
  });
});

describe("mayRemove", () => {
  const open = owned(1000, 1000, 0o755);
  it.each([
    ["its own directory in its own", open, open, true],
    ["not root's directory, as it may not empty it", owned(0, 0, 0o755), open, false],
    ["nothing in root's directory", open, owned(0, 0, 0o755), false],
    ["not another's in a sticky directory", owned(0, 0, 0o777), owned(0, 0, 0o1777), false],
    ["its own in a sticky directory", open, owned(0, 0, 0o1777), true],
  ])("lets a user remove %s", (_, directory, above, expected) => {
    expect(mayRemove(directory, above, user)).toBe(expected);
  });
});

describe("majorityOwner", () => {
  it("is whom most directories of the layout belong to", () => {
    const world = new World();
    world.repository("app").image("1");
    for (const path of ["docker/registry/v2", "docker/registry/v2/blobs", "docker/registry/v2/repositories"]) {
      world.memory.chownSync(`${world.root}/${path}`, 1000, 33);
    }
    world.memory.chownSync(`${world.root}/docker/registry/v2/repositories/app`, 0, 0);
    for (const prefix of world.memory.readdirSync(`${world.root}/docker/registry/v2/blobs/sha256`)) {
      world.memory.chownSync(`${world.root}/docker/registry/v2/blobs/sha256/${prefix}`, 1000, 33);
    }
    expect(majorityOwner(world.fs, world.root, ["app"])).toEqual({ uid: 1000, gids: [33] });
  });

  it("is known as soon as no other can have more", () => {
    const world = new World();
    const names = Array.from({ length: 40 }, (_, repository) => `app${repository}`);
    for (const name of names) world.repository(name).image("1");
    const { fs, paths } = recorded(world.fs, "statSync");
    const prefixes = world.memory.readdirSync(`${world.root}/docker/registry/v2/blobs/sha256`).length;
    expect(majorityOwner(fs, world.root, names)).toBeDefined();
    expect(paths).toHaveLength(Math.floor((3 + prefixes + 40) / 2) + 1);
  });

  it("is nobody where nothing can be read", () => {
    expect(majorityOwner(new World().fs, "/nowhere", [])).toBeUndefined();
  });
});
