import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { unpackDigests } from "../../src/facts/packed-digests.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { listBlobStore, readBlobShard } from "../../src/scan/read-blobs.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

const blobs = "docker/registry/v2/blobs";

/** Everything that is read of the store, blobs by digest. */
function readStore(world: World, { fs = world.fs }: { fs?: StorageFs } = {}) {
  const { shards, present, ...listing } = listBlobStore(fs, world.root);
  const facts = shards.map((shard) => readBlobShard(fs, world.root, shard));
  const rows = facts.flatMap(({ digests, states, sizes, modified }) =>
    unpackDigests(digests).map(
      (digest, row) => [digest!, { state: states[row], size: sizes[row], modified: modified[row] }] as const,
    ),
  );
  return {
    present,
    blobs: new Map(rows),
    blocked: listing.blocked,
    unexpected: [...listing.unexpected, ...facts.flatMap(({ unexpected }) => unexpected)].map(({ path }) =>
      path.slice(blobs.length + 1),
    ),
    unreadable: [...listing.unreadable, ...facts.flatMap(({ unreadable }) => unreadable)],
  };
}

describe("the blob store", () => {
  it("gives presence, size and age of each blob, with one stat a blob", () => {
    const world = new World();
    const blob = world.blob("content");
    const modified = Date.parse("2026-04-19T03:00:00Z");
    world.touch(blobPath(blob.digest), modified);
    world.write(blobPath(digestOf("other", "sha512")), "other");
    const { fs, paths } = recorded(world.fs, "statSync");
    expect(readStore(world, { fs })).toMatchObject({
      present: true,
      blobs: new Map([
        [blob.digest, { state: DiskState.ok, size: 7, modified }],
        [digestOf("other", "sha512"), { state: DiskState.ok, size: 5 }],
      ]),
      unexpected: [],
      unreadable: [],
    });
    expect(paths).toHaveLength(2);
  });

  it("tells an empty blob folder, a folder called data and a file for the blob folder apart", () => {
    const world = new World();
    const [empty, folder, file] = ["empty", "folder", "file"].map((text) => digestOf(text)) as [string, string, string];
    world.mkdir(blobPath(empty).replace(/\/data$/, ""));
    world.mkdir(blobPath(folder));
    world.write(blobPath(file).replace(/\/data$/, ""));
    const { blobs } = readStore(world);
    expect([empty, folder, file].map((digest) => blobs.get(digest)?.state)).toEqual([
      DiskState.absent,
      DiskState.folder,
      DiskState.notAFolder,
    ]);
  });

  it("opens none of them", () => {
    const world = new World();
    world.blob("content");
    const { fs, paths } = recorded(world.fs, "openSync");
    expect(readStore(world, { fs }).blobs.size).toBe(1);
    expect(paths).toEqual([]);
  });

  it("finds files called data whose place gives no digest, at any depth, and nothing else", () => {
    const world = new World();
    const { digest } = world.blob("content");
    const hex = digest.slice(7);
    const unexpected = [`data`, `md5/a/b/data`, `sha256/0z/data`, `sha256/00/${hex}x/deep/data`, "sha256/data"].sort();
    for (const path of unexpected) world.write(`${blobs}/${path}`);
    world.write(`${blobs}/sha256/${hex.slice(0, 2)}/${hex}/.nfs0001`);
    world.write(`${blobs}/sha256/${hex.slice(0, 2)}/${hex}/data.tmp`);
    world.write(`${blobs}/notes.txt`);
    world.write(`${blobs}/sha256/notes.txt`);
    world.mkdir(`${blobs}/sha256/00/${"0".repeat(63)}/data`);
    const read = readStore(world);
    expect(read.unexpected.sort()).toEqual(unexpected);
    expect([...read.blobs.keys()]).toEqual([digest]);
  });

  it("does not take a blob in another's shard for a blob", () => {
    const world = new World();
    const hex = digestOf("content").slice(7);
    const shard = hex.startsWith("00") ? "01" : "00";
    world.write(`${blobs}/sha256/${shard}/${hex}/data`, "content");
    expect(readStore(world)).toMatchObject({ blobs: new Map(), unexpected: [`sha256/${shard}/${hex}/data`] });
  });

  it("knows a store that is missing from one that is empty, and from a file", () => {
    const world = new World();
    expect(readStore(world)).toMatchObject({ present: true, unreadable: [] });
    world.remove(blobs);
    expect(readStore(world)).toMatchObject({ present: false, unreadable: [] });
    world.write(blobs);
    const blocked = [{ path: blobs, state: DiskState.notAFolder }];
    expect(readStore(world)).toMatchObject({ present: true, unreadable: [], blocked });
  });

  it("names what cannot be read, once, and reads the rest", () => {
    const world = new World();
    const [one, two] = [world.blob("one"), world.blob("two")];
    const hex = one.digest.slice(7);
    const shard = `${blobs}/sha256/${hex.slice(0, 2)}`;
    const failures: [RegExp, string][] = [
      [new RegExp(`${hex}/data$`), `${shard}/${hex}/data`],
      [new RegExp(`/${hex.slice(0, 2)}$`), shard],
      [/sha256$/, `${blobs}/sha256`],
      [/blobs$/, blobs],
    ];
    for (const [pattern, path] of failures) {
      const read = readStore(world, { fs: failing(world.fs, "EIO", pattern) });
      expect(read.unreadable).toEqual([{ path, error: "EIO" }]);
    }
    const read = readStore(world, { fs: failing(world.fs, "EACCES", failures[0]![0]) });
    expect(read.blobs.get(one.digest)?.state).toBe(DiskState.unreadable);
    expect(read.blobs.get(two.digest)?.state).toBe(DiskState.ok);
  });
});
