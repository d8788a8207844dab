import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { Rechecker } from "../../src/scan/recheck.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

function pushed() {
  const world = new World();
  const image = world.repository("team/app").image("1.0");
  return { world, image, link: revisionLinkPath("team/app", image.digest), data: blobPath(image.digest) };
}

describe("Rechecker", () => {
  it("holds a link to its state and what it said", () => {
    const { world, image, link } = pushed();
    const claim = { kind: "link", path: link, state: DiskState.ok, target: image.digest } as const;
    const holds = () => new Rechecker(world.fs, world.root).holds(claim);
    expect(holds()).toBe(true);
    world.write(link, digestOf("other"));
    expect(holds()).toBe(false);
    world.write(link, "");
    expect(holds()).toBe(false);
    world.remove(link);
    expect(holds()).toBe(false);
  });

  it("holds an absent link to its absence", () => {
    const { world } = pushed();
    const path = tagLinkPath("team/app", "2.0");
    const holds = () =>
      new Rechecker(world.fs, world.root).holds({ kind: "link", path, state: DiskState.absent, target: "" });
    expect(holds()).toBe(true);
    world.write(path, "");
    expect(holds()).toBe(false);
  });

  it("holds a blob to its state and its size", () => {
    const { world, image, data } = pushed();
    const blob = { kind: "blob", path: data } as const;
    const holds = (state: DiskState, size: number) =>
      new Rechecker(world.fs, world.root).holds({ ...blob, state, size });
    expect(holds(DiskState.ok, image.size)).toBe(true);
    expect(holds(DiskState.ok, image.size + 1)).toBe(false);
    expect(holds(DiskState.absent, 0)).toBe(false);
    world.remove(data);
    expect(holds(DiskState.absent, 0)).toBe(true);
  });

  it("holds a manifest to its bytes", () => {
    const { world, image, data } = pushed();
    const { digest, size } = image;
    const holds = (corrupt: boolean) =>
      new Rechecker(world.fs, world.root).holds({ kind: "manifest", path: data, digest, size, corrupt });
    expect([holds(false), holds(true)]).toEqual([true, false]);
    world.write(data, "x".repeat(size));
    expect([holds(false), holds(true)]).toEqual([false, true]);
  });

  it("holds a folder to being there", () => {
    const { world } = pushed();
    const path = "docker/registry/v2/repositories/team/app";
    const holds = () => new Rechecker(world.fs, world.root).holds({ kind: "folder", path, present: true });
    expect(holds()).toBe(true);
    world.remove(path);
    expect(holds()).toBe(false);
  });

  it("reads each path once, however many findings rest on it", () => {
    const { world, image, link } = pushed();
    const { fs, paths } = recorded(world.fs, "openSync");
    const rechecker = new Rechecker(fs, world.root);
    const claim = { kind: "link", path: link, state: DiskState.ok, target: image.digest } as const;
    expect([rechecker.holds(claim), rechecker.holds(claim)]).toEqual([true, true]);
    expect(paths).toHaveLength(1);
  });
});
