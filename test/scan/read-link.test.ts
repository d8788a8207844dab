import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DiskState } from "../../src/facts/facts.ts";
import { nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { LinkReader } from "../../src/scan/read-link.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { failing } from "../worlds/watched-fs.ts";
import { digestOf } from "../worlds/world.ts";

const digest = digestOf("content");

/** What reading a link gives that `make` puts at the path it is handed. */
function read(
  make: (path: string) => void,
  { expected = "", fs = nodeFs }: { expected?: string; fs?: StorageFs } = {},
) {
  const path = join(temporaryFolder(), "link");
  make(path);
  return new LinkReader(fs).read(path, expected);
}

const content = (text: string | Buffer) => (path: string) => writeFileSync(path, text);

describe("LinkReader", () => {
  it.each(["sha256", "sha384", "sha512"])("reads a link to a %s digest", (algorithm) => {
    const target = digestOf("content", algorithm);
    expect(read(content(target))).toEqual({ state: DiskState.ok, target, reason: "" });
    expect(read(content(target), { expected: target })).toEqual({ state: DiskState.ok, target, reason: "" });
  });

  it.each(["sha256", "sha384", "sha512"])(
    "reads a link to a %s digest that comes in pieces of any size",
    (algorithm) => {
      const target = digestOf("content", algorithm);
      for (const piece of [1, 7, 71, 103]) {
        const readSync = ((file: number, buffer: Buffer, at: number, length: number) =>
          nodeFs.readSync(file, buffer, at, Math.min(length, piece), null)) as StorageFs["readSync"];
        expect(read(content(target), { fs: { ...nodeFs, readSync } })).toMatchObject({ state: DiskState.ok, target });
        const cut = read(content(`${target}\n`), { fs: { ...nodeFs, readSync } });
        if (piece < 71) expect(cut).toMatchObject({ state: DiskState.malformed });
      }
    },
  );

  it("tells what it holds where that is not what was expected", () => {
    expect(read(content(digest), { expected: digestOf("other") })).toMatchObject({
      state: DiskState.ok,
      target: digest,
    });
  });

  const malformed: [string, string | Buffer, RegExp][] = [
    ["nothing", "", /^empty$/],
    ["a newline after the digest", `${digest}\n`, /white space/],
    ["a space before the digest", ` ${digest}`, /white space/],
    ["upper-case hex", digest.toUpperCase().replace("SHA", "sha"), /upper case/],
    ["a digest cut short", digest.slice(0, -1), /invalid digest/],
    ["two digests", digest + digest, /invalid digest/],
    ["an algorithm that is not known", `md5:${"0".repeat(32)}`, /invalid digest/],
    ["zeros, as after a crash", Buffer.alloc(71), /^zeroed$/],
    ["far too much", Buffer.alloc(1 << 20, "a"), /invalid digest/],
    ["as many letters as the longest link, and one more", `sha512:${"0".repeat(129)}`, /invalid digest/],
  ];
  it.each(malformed)("takes %s for malformed, and says why", (_, text, reason) => {
    const result = read(content(text));
    expect(result).toMatchObject({ state: DiskState.malformed, target: "" });
    expect(result.reason).toMatch(reason);
  });

  it("takes an empty link for malformed whatever was expected", () => {
    expect(read(content(""), { expected: "" }).state).toBe(DiskState.malformed);
  });

  it("takes only a missing file, or a dangling symbolic link, for absent", () => {
    expect(read(() => {}).state).toBe(DiskState.absent);
    expect(read((path) => symlinkSync("nowhere", path)).state).toBe(DiskState.absent);
  });

  it("follows symbolic links", () => {
    const target = join(temporaryFolder(), "link");
    writeFileSync(target, digest);
    expect(read((path) => symlinkSync(target, path))).toMatchObject({ state: DiskState.ok, target: digest });
  });

  it("tells a folder, and a file where a folder should be, from absent", () => {
    expect(read((path) => mkdirSync(path))).toMatchObject({
      state: DiskState.folder,
      reason: expect.stringContaining("folder"),
    });
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const reader = new LinkReader(nodeFs);
    expect(reader.read(join(file, "link"), "").state).toBe(DiskState.notAFolder);
  });

  it("takes a symbolic link to itself for malformed, and says nothing of a name that is too long", () => {
    expect(read((path) => symlinkSync(path, path)).state).toBe(DiskState.malformed);
    const reader = new LinkReader(nodeFs);
    expect(reader.read(join(temporaryFolder(), "x".repeat(300)), "").state).toBe(DiskState.unreadable);
  });

  it("does not wait for a pipe that nobody writes to", () => {
    expect(read((path) => execFileSync("mkfifo", [path])).state).toBe(DiskState.malformed);
  });

  it.each(["EACCES", "EIO", "ESTALE", "EMFILE"])("cannot tell where the system says %s", (code) => {
    const result = read(content(digest), { fs: failing(nodeFs, code, /link$/) });
    expect(result).toEqual({ state: DiskState.unreadable, target: "", reason: code });
  });

  it("reads on where the system gives a link in pieces", () => {
    const fs = {
      ...nodeFs,
      readSync: (file: number, buffer: Buffer, offset: number, length: number) =>
        nodeFs.readSync(file, buffer, offset, Math.min(length, 10), null),
    } as unknown as StorageFs;
    expect(read(content(digest), { fs })).toMatchObject({ state: DiskState.ok, target: digest });
    expect(read(content(digest.slice(0, 70)), { fs }).state).toBe(DiskState.malformed);
  });

  it("closes every file that it opened, also where reading fails", () => {
    let open = 0;
    const fs = {
      ...nodeFs,
      openSync: (...args: Parameters<StorageFs["openSync"]>) => {
        open++;
        return nodeFs.openSync(...args);
      },
      closeSync: (file: number) => {
        open--;
        nodeFs.closeSync(file);
      },
    };
    read(content(digest), { fs });
    read((path) => mkdirSync(path), { fs });
    expect(open).toBe(0);
  });

  it("does not hide a mistake in the program", () => {
    const fs = {
      ...nodeFs,
      openSync: () => {
        throw new TypeError("a bug");
      },
    } as unknown as StorageFs;
    expect(() => read(content(digest), { fs })).toThrow("a bug");
  });
});
