import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FileMode, writeWhole } from "../../src/output/whole-file.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const user = { uid: process.geteuid!(), gid: process.getegid!() };
const write = (file: string, chunks: Iterable<string>, mode?: FileMode) => writeWhole(file, chunks, user, mode);

describe("writeWhole", () => {
  it("writes all chunks, and leaves nothing else behind", async () => {
    const folder = temporaryFolder();
    await write(join(folder, "report"), ["a", "ü", "c".repeat(1 << 20)]);
    expect(readFileSync(join(folder, "report"), "utf8")).toBe(`aü${"c".repeat(1 << 20)}`);
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("puts a new file in the place of the old one, at once", async () => {
    const file = join(temporaryFolder(), "report");
    writeFileSync(file, "old");
    const old = statSync(file).ino;
    await write(file, ["new"]);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).ino).not.toBe(old);
  });

  it("leaves what was there where it fails half-way", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "report"), "old");
    function* chunks() {
      yield "new";
      throw new Error("half-way");
    }
    await expect(write(join(folder, "report"), chunks())).rejects.toThrow("half-way");
    expect(readFileSync(join(folder, "report"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("removes what a run that was killed a day ago left of the same file, and nothing else", async () => {
    const folder = temporaryFolder();
    const uuid = "0b9d9c3e-5b0a-4c55-9d0e-7a3b8f1e2d4c";
    const others = [`.report.${uuid}.tmp.txt`, `.other.${uuid}.tmp`, ".report.tmp", `report.${uuid}.tmp`];
    const now = Date.now() / 1000;
    for (const name of [`.report.${uuid}.tmp`, ...others]) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), now, now - 90_000);
    }
    const young = `.report.${uuid.replace("0", "1")}.tmp`;
    writeFileSync(join(folder, young), "");
    await write(join(folder, "report"), ["new"]);
    expect(readdirSync(folder).sort()).toEqual(["report", young, ...others].sort());
  });

  it("fails on a folder in its place, and leaves that", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "report/inner"), { recursive: true });
    await expect(write(join(folder, "report"), ["new"])).rejects.toThrow("a directory stands in its place");
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("follows a symbolic link to the file, and keeps the link", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(join(folder, "elsewhere/report"), "old");
    symlinkSync("elsewhere/report", join(folder, "report"));
    await write(join(folder, "report"), ["new"]);
    expect(lstatSync(join(folder, "report")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "elsewhere/report"), "utf8")).toBe("new");
    expect(readdirSync(join(folder, "elsewhere"))).toEqual(["report"]);
  });

  it("writes to a pipe instead of replacing it", async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const script = `import { writeWhole } from ${JSON.stringify(new URL("../../src/output/whole-file.ts", import.meta.url).href)};
      await writeWhole(process.argv[1], ["through the pipe", "x".repeat(1 << 20)], { uid: process.geteuid(), gid: process.getegid() });`;
    const tsx = ["--import", "tsx", "--input-type=module", "--eval", script, pipe];
    // The writer has an output of its own: Node.js makes its output non-blocking, which cat would share.
    const reader = spawnSync("sh", ["-c", 'cat "$0" & "$@" >/dev/null; wait', pipe, process.execPath, ...tsx], {
      encoding: "utf8",
      maxBuffer: 1 << 22,
    });
    expect(reader.stdout).toBe(`through the pipe${"x".repeat(1 << 20)}`);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it("fails on a device that is full, and leaves it", async () => {
    await expect(write("/dev/full", ["report"])).rejects.toThrow(/ENOSPC/);
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  it("fails at once on a pipe that nobody reads", async () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(write(pipe, ["report"])).rejects.toThrow(/^ENXIO/);
  });

  it("keeps the mode of a file that is there, and gives a new one what the umask leaves", async () => {
    const folder = temporaryFolder();
    const modes = () => readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    writeFileSync(join(folder, "a"), "old");
    chmodSync(join(folder, "a"), 0o600);
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    await write(join(folder, "a"), ["new"]);
    await write(join(folder, "b"), ["new"]);
    await write(join(folder, "c.prom"), ["new"], { mode: 0o644, readableForAll: true });
    await write(join(folder, "d.sh"), ["new"], { mode: 0o777 });
    expect(modes()).toEqual(["600", "600", "644", "700"]);
  });

  it("writes to what the program was given open", async () => {
    const file = join(temporaryFolder(), "out");
    const descriptor = openSync(file, "w");
    await write(`/dev/fd/${descriptor}`, ["a"]);
    await write(`/proc/self/fd/${descriptor}`, ["b"]);
    closeSync(descriptor);
    expect(readFileSync(file, "utf8")).toBe("ab");
  });

  it("writes into no storage root that came to stand there since it was looked for", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "docker/registry/v2"), { recursive: true });
    await expect(write(join(folder, "report"), ["new"])).rejects.toThrow(/^inside the storage root/);
  });

  it("gives up where links lead in a circle", async () => {
    const folder = temporaryFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    await expect(write(join(folder, "a"), ["new"])).rejects.toThrow("a symlink loop");
  });
});

// Only root can play other users.
