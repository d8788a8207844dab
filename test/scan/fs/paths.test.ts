// What each question to the file system gives for each kind of path: the same on every Node.js that is promised.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DiskState } from "../../../src/facts/facts.ts";
import { hashFile } from "../../../src/scan/content/hash-file.ts";
import { isThere, listEntries, listNames, lookFor, nodeFs, statPath } from "../../../src/scan/fs/storage-fs.ts";
import { LinkReader } from "../../../src/scan/read-link.ts";

let folder = "";
let server: Server;
const LONG_NAME = "n".repeat(256);
const LONG_PATH = Array(2048).fill("d").join("/");
const NOBODY = 65534;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "paths-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "file"), "x");
  mkdirSync(join(folder, "directory"));
  for (const [name, target] of Object.entries({
    dangling: "none",
    loop: "loop",
    toFile: "file",
    toDirectory: "directory",
  })) {
    symlinkSync(target, join(folder, name));
  }
  writeFileSync(join(folder, "unreadable"), "x", { mode: 0o000 });
  mkdirSync(join(folder, "unlistable"), { mode: 0o111 });
  mkdirSync(join(folder, "closed"), { mode: 0o000 });
  execFileSync("mkfifo", [join(folder, "fifo")]);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/invalid`), Buffer.from([0xff])]), "x");
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Asks without root's privilege to read whatever it likes, where that is who runs the tests. */
function asNobody<Result>(ask: () => Result): Result {
  if (process.getuid!() !== 0) return ask();
  process.seteuid!(NOBODY);
  try {
    return ask();
  } finally {
    process.seteuid!(0);
  }
}

function lookedAt(path: string): string {
  const { stat, code } = statPath(nodeFs, path);
  if (!stat) return code ?? "absent";
  const kinds = ["isFile", "isDirectory", "isFIFO", "isSocket", "isCharacterDevice"] as const;
  return kinds.filter((kind) => stat[kind]()).join();
}

function listed(path: string): string {
  const [names, entries] = [listNames(nodeFs, path), listEntries(nodeFs, path)];
  expect(entries.state).toBe(names.state);
  return names.state === DiskState.ok ? names.entries.join() : names.code;
}

const STATE_NAMES = Object.fromEntries(Object.entries(DiskState).map(([name, state]) => [state, name]));

function linkRead(path: string): string {
  const { state, reason } = new LinkReader(nodeFs).read(path, "");
  return state === DiskState.unreadable ? reason : STATE_NAMES[state]!;
}

function hashed(path: string): string {
  const { hex, error } = hashFile(nodeFs, path, "sha256", 1);
  return error ?? (hex === "" ? "longer" : "hash");
}

/** By path: a look at it, whether an entry is there, what it lists, what it reads as a link and as a blob. */
const TABLE: Readonly<
  Record<string, readonly [stat: string, there: boolean, list: string, link: string, blob: string]>
> = {
  none: ["absent", false, "ENOENT", "absent", "ENOENT"],
  "none/below": ["absent", false, "ENOENT", "absent", "ENOENT"],
  file: ["isFile", true, "ENOTDIR", "malformed", "hash"],
  "file/": ["ENOTDIR", true, "ENOTDIR", "notAFolder", "ENOTDIR"],
  "file/below": ["ENOTDIR", true, "ENOTDIR", "notAFolder", "ENOTDIR"],
  "file/far/below": ["ENOTDIR", true, "ENOTDIR", "notAFolder", "ENOTDIR"],
  directory: ["isDirectory", true, "", "folder", "EISDIR"],
  "directory/none": ["absent", false, "ENOENT", "absent", "ENOENT"],
  dangling: ["absent", true, "ENOENT", "absent", "ENOENT"],
  "dangling/below": ["absent", false, "ENOENT", "absent", "ENOENT"],
  loop: ["ELOOP", true, "ELOOP", "malformed", "ELOOP"],
  "loop/below": ["ELOOP", true, "ELOOP", "malformed", "ELOOP"],
  toFile: ["isFile", true, "ENOTDIR", "malformed", "hash"],
  "toFile/below": ["ENOTDIR", true, "ENOTDIR", "notAFolder", "ENOTDIR"],
  toDirectory: ["isDirectory", true, "", "folder", "EISDIR"],
  unreadable: ["isFile", true, "ENOTDIR", "EACCES", "EACCES"],
  unlistable: ["isDirectory", true, "EACCES", "EACCES", "EACCES"],
  "unlistable/none": ["absent", false, "ENOENT", "absent", "ENOENT"],
  closed: ["isDirectory", true, "EACCES", "EACCES", "EACCES"],
  "closed/below": ["EACCES", true, "EACCES", "EACCES", "EACCES"],
  fifo: ["isFIFO", true, "ENOTDIR", "malformed", "hash"],
  "fifo/below": ["ENOTDIR", true, "ENOTDIR", "notAFolder", "ENOTDIR"],
  socket: ["isSocket", true, "ENOTDIR", "malformed", "ENXIO"],
  "/dev/null": ["isCharacterDevice", true, "ENOTDIR", "malformed", "hash"],
  "/dev/zero": ["isCharacterDevice", true, "ENOTDIR", "malformed", "longer"],
  "invalid\ufffd": ["absent", true, "ENOENT", "absent", "ENOENT"],
  [LONG_NAME]: ["ENAMETOOLONG", true, "ENAMETOOLONG", "ENAMETOOLONG", "ENAMETOOLONG"],
  [LONG_PATH]: ["ENAMETOOLONG", true, "ENAMETOOLONG", "ENAMETOOLONG", "ENAMETOOLONG"],
};

describe("a path that is asked for", () => {
  const short = (path: string) => JSON.stringify(path.length > 32 ? `${path.slice(0, 8)}…` : path);
  it.each(Object.entries(TABLE).map(([path, answers]) => ({ path, answers, name: short(path) })))(
    "gives by every question what is there: $name",
    ({ path, answers }) => {
      const absolute = path.startsWith("/") ? path : `${folder}/${path}`;
      const given = asNobody(() => [
        lookedAt(absolute),
        isThere(nodeFs, absolute),
        listed(absolute),
        linkRead(absolute),
        hashed(absolute),
      ]);
      expect(given).toEqual(answers);
    },
  );

  it("is looked for without an error where nothing is, or a file stands in the way", () => {
    const looked = (path: string) => {
      const { stat, code } = asNobody(() => lookFor(nodeFs, `${folder}/${path}`));
      return stat ? "there" : (code ?? "absent");
    };
    for (const path of ["none", "none/below", "dangling/below", "file/", "file/far/below"])
      expect(looked(path)).toBe("absent");
    for (const path of ["file", "directory", "dangling", "loop", "closed"]) expect(looked(path)).toBe("there");
    expect(["loop/below", "closed/below"].map(looked)).toEqual(["ELOOP", "EACCES"]);
  });

  it("is a mistake of the program where it holds a NUL byte, and thrown on", () => {
    const path = `${folder}/a\0b`;
    for (const ask of [lookedAt, (one: string) => isThere(nodeFs, one), listed, linkRead, hashed]) {
      expect(() => ask(path)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }));
    }
  });
});

describe("a directory that is listed", () => {
  it("says what each of its entries is, and follows no symbolic link for it", () => {
    const listing = listEntries(nodeFs, folder);
    const kinds = ["isFile", "isDirectory", "isSymbolicLink", "isFIFO", "isSocket"] as const;
    const entries = listing.state === DiskState.ok ? listing.entries : [];
    expect(
      Object.fromEntries(entries.map((entry) => [entry.name, kinds.filter((kind) => entry[kind]()).join()])),
    ).toEqual({
      closed: "isDirectory",
      dangling: "isSymbolicLink",
      directory: "isDirectory",
      fifo: "isFIFO",
      file: "isFile",
      "invalid\ufffd": "isFile",
      loop: "isSymbolicLink",
      socket: "isSocket",
      toDirectory: "isSymbolicLink",
      toFile: "isSymbolicLink",
      unlistable: "isDirectory",
      unreadable: "isFile",
    });
  });
});
