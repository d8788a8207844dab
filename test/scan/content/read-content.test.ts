import { afterEach, describe, expect, it, vi } from "vitest";
import { blobPath } from "../../../scripts/fixtures/storage.ts";
import { ContentOutcome, type VerifiedContent } from "../../../src/facts/facts.ts";
import { packDigests } from "../../../src/facts/packed-digests.ts";
import { hashFile } from "../../../src/scan/content/hash-file.ts";
import { ContentReading } from "../../../src/scan/content/read-content.ts";
import { nodeFs, type StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { UnseenChanges } from "../../worlds/later.ts";
import { failing, watched } from "../../worlds/watched-fs.ts";
import { digestOf, World } from "../../worlds/world.ts";

/** Verifies these blobs to the end. */
function verify(world: World, digests: readonly string[], fs: StorageFs = world.fs): VerifiedContent {
  const reading = new ContentReading(fs, { kind: "content", root: world.root, digests: packDigests(digests) });
  for (const _ of reading.steps()) {
    // Each step is one read.
  }
  return reading.result();
}

/** A file system whose reads of a path are seen before they are made. */
function reading(world: World, path: string, before: (count: number) => void): StorageFs {
  const open = new Set<number>();
  let count = 0;
  return {
    ...watched(world.fs, () => {}),
    openSync: ((opened: string, ...rest: [number]) => {
      const file = world.fs.openSync(opened, ...rest);
      if (opened.endsWith(path)) open.add(file);
      return file;
    }) as StorageFs["openSync"],
    readSync: ((file: number, ...rest: [Buffer, number, number, number | null]) => {
      if (open.has(file)) before(++count);
      return world.fs.readSync(file, ...rest);
    }) as StorageFs["readSync"],
  };
}

const MIB = 1 << 20;

describe("verifying content", () => {
  afterEach(() => void vi.useRealTimers());

  it("tells sound blobs from corrupt ones, of any size and algorithm", () => {
    const world = new World();
    const sound = ["", "small", "x".repeat(3 * MIB + 5)].map((content) => world.blob(content).digest);
    world.write(blobPath(digestOf("other", "sha512")), "other");
    const corrupt = world.blob("flipped bit").digest;
    world.write(blobPath(corrupt), "flipped bht");
    const { outcomes, damages } = verify(world, [...sound, digestOf("other", "sha512"), corrupt]);
    expect([...outcomes]).toEqual([0, 0, 0, 0, ContentOutcome.corrupt]);
    expect(damages.get(4)).toEqual({ actual: digestOf("flipped bht"), bytes: 11, zeros: 0, firstZero: -1 });
  });

  it("counts the zeros of what is corrupt, and says where they begin", () => {
    const world = new World();
    const content = Buffer.alloc(2 * MIB + 100, "x");
    const { digest } = world.blob(content);
    world.write(blobPath(digest), Buffer.from(content).fill(0, MIB - 4096, MIB + 8192));
    expect(verify(world, [digest]).damages.get(0)).toMatchObject({ zeros: 12_288, firstZero: MIB - 4096 });
    world.write(blobPath(digest), Buffer.alloc(content.length));
    expect(verify(world, [digest]).damages.get(0)).toMatchObject({ zeros: content.length, firstZero: 0 });
  });

  it("reads a file again that grows while it is read, and does not call it corrupt", () => {
    const world = new World();
    const whole = "x".repeat(MIB + 1);
    const digest = digestOf(whole);
    const path = blobPath(digest);
    world.write(path, whole.slice(0, 1000));
    world.touch(path, 1_000);
    const fs = reading(world, path, (count) => {
      if (count === 1) world.write(path, whole);
    });
    expect(verify(world, [digest], fs)).toMatchObject({ outcomes: Uint8Array.of(0), sizes: Float64Array.of(MIB + 1) });
  });

  it("gives up on one that never stands still", () => {
    const world = new World();
    const { digest } = world.blob("content");
    const path = blobPath(digest);
    const fs = reading(world, path, (count) => {
      world.write(path, "longer".repeat(count + 2));
    });
    const { outcomes, errors } = verify(world, [digest], fs);
    expect([...outcomes]).toEqual([ContentOutcome.unreadable]);
    expect(errors.get(0)).toBe("kept changing while it was read");
  });

  it("names the byte at which reading fails, and goes on with the next blob", () => {
    const world = new World();
    const [bad, good] = [world.blob("b".repeat(3 * MIB)).digest, world.blob("g").digest];
    const fs = reading(world, blobPath(bad), (count) => {
      if (count === 3) throw Object.assign(new Error("EIO: read"), { code: "EIO" });
    });
    const { outcomes, errors } = verify(world, [bad, good], fs);
    expect([...outcomes]).toEqual([ContentOutcome.unreadable, ContentOutcome.sound]);
    expect(errors.get(0)).toBe(`EIO at byte ${2 * MIB}`);
  });

  it("does not call corrupt what gives other bytes each time it is read", () => {
    const world = new World();
    const { digest } = world.blob("content");
    const path = blobPath(digest);
    world.write(path, "cOntent");
    const unseen = new UnseenChanges(
      reading(world, path, (count) => world.write(path, count % 2 === 0 ? "contenT" : "cOntent")),
    );
    unseen.change(`${world.root}/${path}`, () => {});
    const { outcomes, errors } = verify(world, [digest], unseen.fs);
    expect([...outcomes]).toEqual([ContentOutcome.unreadable]);
    expect(errors.get(0)).toContain("other bytes each time");
  });

  it("reads a file again that is replaced while it is read, with size and modification time as they were", () => {
    const world = new World();
    const content = "x".repeat(2 * MIB);
    const { digest } = world.blob(content);
    const path = blobPath(digest);
    world.touch(path, 1_000);
    // The first half is read of the one file, the other half of the other.
    world.write(path, `y${content.slice(1)}`);
    world.touch(path, 1_000);
    const [now, later] = [Date.now(), Date.now() + 5];
    vi.useFakeTimers({ toFake: ["Date"], now });
    const fs = reading(world, path, (count) => {
      if (count !== 2) return;
      vi.setSystemTime(later);
      world.write(path, content);
      world.touch(path, 1_000);
    });
    const { outcomes, errors } = verify(world, [digest], fs);
    expect([[...outcomes], [...errors]]).toEqual([[ContentOutcome.sound], []]);
  });

  it("takes a file as it is that is put right while it is looked at", () => {
    const world = new World();
    const { digest } = world.blob("content");
    const path = blobPath(digest);
    world.write(path, "cOntent");
    world.touch(path, 1_000);
    const fs = reading(world, path, (count) => {
      if (count === 2) world.write(path, "content");
    });
    expect([...verify(world, [digest], fs).outcomes]).toEqual([ContentOutcome.sound]);
  });

  it("says of a blob that is gone that it is, and of one that cannot be opened why", () => {
    const world = new World();
    const [gone, closed] = [world.blob("gone").digest, world.blob("closed").digest];
    const fs = failing(
      failing(world.fs, "ENOENT", new RegExp(`${gone.slice(7)}/data$`), ["openSync"]),
      "EACCES",
      new RegExp(`${closed.slice(7)}/data$`),
      ["openSync"],
    );
    const { outcomes, errors } = verify(world, [gone, closed], fs);
    expect([...outcomes]).toEqual([ContentOutcome.absent, ContentOutcome.unreadable]);
    expect([...errors]).toEqual([[1, "EACCES"]]);
  });

  it("leaves the rest unread where it is ended early, and no file open", () => {
    const world = new World();
    const digests = [world.blob("a".repeat(3 * MIB)).digest, world.blob("b").digest];
    let open = 0;
    const counting = {
      ...watched(world.fs, () => {}),
      openSync: ((path: string, flags: number) => {
        open++;
        return world.fs.openSync(path, flags);
      }) as StorageFs["openSync"],
      closeSync: (file: number) => {
        open--;
        world.fs.closeSync(file);
      },
    };
    const made = new ContentReading(counting, { kind: "content", root: world.root, digests: packDigests(digests) });
    for (const _ of made.steps()) break;
    expect([...made.result().outcomes]).toEqual([ContentOutcome.unread, ContentOutcome.unread]);
    expect(open).toBe(0);
  });
});

describe("hashFile", () => {
  it("comes back from a device that gives bytes without end", () => {
    expect(hashFile(nodeFs, "/dev/zero", "sha256", 0)).toEqual({ hex: "" });
  });
});
