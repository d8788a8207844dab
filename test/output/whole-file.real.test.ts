// Writing where other users can: needs root, to be two users.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readState, readText } from "../../src/output/result-files.ts";
import { type FileMode, writeWhole } from "../../src/output/whole-file.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const user = { uid: process.geteuid!(), gid: process.getegid!() };
const write = (file: string, chunks: Iterable<string>, mode?: FileMode) => writeWhole(file, chunks, user, mode);

describe("writeWhole where others can write", () => {
  /** A folder of the given mode, in which user 1000 has a folder, a file, a pipe and a link to a file of root. */
  function shared(mode: number): string {
    const base = temporaryFolder();
    const folder = join(base, "shared");
    mkdirSync(folder);
    writeFileSync(join(base, "secret"), "secret");
    writeFileSync(join(folder, "file"), "theirs", { mode: 0o666 });
    mkdirSync(join(folder, "theirs"));
    symlinkSync(join(base, "secret"), join(folder, "link"));
    symlinkSync(base, join(folder, "way"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("new", join(folder, "own"));
    for (const name of ["file", "theirs", "link", "way", "pipe"]) lchownSync(join(folder, name), 1000, 1000);
    chmodSync(folder, mode);
    return folder;
  }

  it.each([0o777, 0o1777, 0o775])("follows no link of theirs in a folder of mode %o", async (mode) => {
    const folder = shared(mode);
    if (mode === 0o775) lchownSync(folder, 0, 1000);
    for (const name of ["link", "way/secret", "way/new"]) {
      await expect(write(join(folder, name), ["new"])).rejects.toThrow(
        /is a symbolic link of another user, which is not followed/,
      );
    }
    expect(readFileSync(join(folder, "../secret"), "utf8")).toBe("secret");
    expect(readdirSync(join(folder, ".."))).toEqual(["secret", "shared"]);
  });

  it("follows its own link where only it can have put it there", async () => {
    await write(join(shared(0o1777), "own"), ["new"]);
    await write(join(shared(0o755), "own"), ["new"]);
    await expect(write(join(shared(0o777), "own"), ["new"])).rejects.toThrow(/in a folder that others can write to/);
  });

  it("follows no link of its own to which they gave a second name", async () => {
    const folder = shared(0o1777);
    symlinkSync("../secret", join(folder, "../link"));
    linkSync(join(folder, "../link"), join(folder, "second"));
    await expect(write(join(folder, "second"), ["new"])).rejects.toThrow(/in a folder that others can write to/);
    expect(readFileSync(join(folder, "../secret"), "utf8")).toBe("secret");
  });

  it("takes nothing over from what a link of theirs leads to", async () => {
    const folder = shared(0o777);
    expect(await readText(join(folder, "link"), user)).toBe("");
    expect(await readState(join(folder, "link"), user)).toMatch(/a symbolic link of another user/);
    expect(await readText(join(folder, "../secret"), user)).toBe("secret");
  });

  it("makes a file of theirs its own, and feeds no pipe of theirs", async () => {
    const folder = shared(0o1777);
    await write(join(folder, "file"), ["new"], { mode: 0o777 });
    const { uid, gid, mode } = statSync(join(folder, "file"));
    expect([uid, gid, mode & 0o022]).toEqual([0, 0, 0]);
    await expect(write(join(folder, "pipe"), ["new"])).rejects.toThrow(/not a regular file, and another user's/);
  });

  it("keeps the owner where nobody else can have put the file there", async () => {
    const folder = shared(0o755);
    await write(join(folder, "file"), ["new"]);
    const { uid, gid } = statSync(join(folder, "file"));
    expect([uid, gid, readFileSync(join(folder, "file"), "utf8")]).toEqual([1000, 1000, "new"]);
  });
});
