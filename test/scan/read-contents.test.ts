import { expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { packDigests, unpackDigests } from "../../src/facts/packed-digests.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { MOST_CONTENT, readContents } from "../../src/scan/read-contents.ts";
import { type Descriptor, digestOf, World } from "../worlds/world.ts";

function contentsOf(world: World, blobs: readonly Descriptor[], fs = world.fs) {
  const sizes = Float64Array.from(blobs, ({ size }) => size);
  const facts = readContents(fs, world.root, packDigests(blobs.map(({ digest }) => digest)), sizes);
  return { ...facts, states: [...facts.states], corrupt: [...facts.corrupt] };
}

it("tells which blobs do not hash to their digest, and what they hash to", () => {
  const world = new World();
  const [sound, zeroed, largest] = [world.blob("sound"), world.blob("zeroed"), world.blob(Buffer.alloc(MOST_CONTENT))];
  world.write(blobPath(zeroed.digest), Buffer.alloc(zeroed.size));
  const { states, corrupt, actualDigests } = contentsOf(world, [sound, zeroed, largest]);
  expect([states, corrupt]).toEqual([
    [DiskState.ok, DiskState.ok, DiskState.ok],
    [0, 1, 0],
  ]);
  expect(unpackDigests(actualDigests)).toEqual([digestOf(Buffer.alloc(zeroed.size))]);
});

it("takes what has grown since it was looked at for what it is now", () => {
  const world = new World();
  const blob = world.blob("grown");
  world.write(blobPath(blob.digest), "grown and more");
  expect(contentsOf(world, [blob]).corrupt).toEqual([1]);
});

it("tells what has gone from what cannot be read", () => {
  const world = new World();
  const [gone, closed] = [world.blob("gone"), world.blob("closed")];
  world.removeEntry(blobPath(gone.digest));
  const openSync = ((path: string, flags: number) => {
    if (path.endsWith(blobPath(closed.digest))) throw Object.assign(new Error("no"), { code: "EIO" });
    return world.fs.openSync(path, flags);
  }) as StorageFs["openSync"];
  const { states, errors } = contentsOf(world, [gone, closed], { ...world.fs, openSync });
  expect(states).toEqual([DiskState.absent, DiskState.unreadable]);
  expect([...errors]).toEqual([[1, "EIO"]]);
});
