// That nothing ever writes into a storage root: by the system calls of every command, by the tree before and after, and
// on a mount that cannot be written to. Options that would write there are refused.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { PROGRAM, run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));

/** A copy of a fixture, beside an empty folder `out`. */
function rootCopy(name = "incident"): { root: string; out: string } {
  const base = realpathSync(temporaryFolder());
  const [root, out] = [join(base, "root"), join(base, "out")];
  cpSync(fixture(name), root, { recursive: true });
  mkdirSync(out);
  return { root, out };
}

/** One hash of every path, with its mode, owner, link target, times and content. */
function treeHash(root: string): string {
  const hash = createHash("sha256");
  for (const path of ["", ...(readdirSync(root, { recursive: true }) as string[]).sort()]) {
    const { mode, uid, gid, nlink, mtimeMs, ctimeMs, ino } = lstatSync(join(root, path));
    hash.update(`${path} ${mode} ${uid} ${gid} ${nlink} ${mtimeMs} ${ctimeMs} ${ino}\n`);
    if ((mode & 0o170000) === 0o100000) hash.update(readFileSync(join(root, path)));
  }
  return hash.digest("hex");
}

/** Every call that changes a file system, and those that only may (opening) or that would go unseen (io_uring). */
const OPENING = ["open", "openat", "openat2"];
const CHANGING = [
  ..."creat rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat mknod mknodat link linkat symlink".split(" "),
  ..."symlinkat chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat".split(" "),
  ..."futimesat truncate ftruncate fallocate setxattr lsetxattr fsetxattr removexattr lremovexattr".split(" "),
  ..."fremovexattr write pwrite64 writev pwritev pwritev2 sendfile splice copy_file_range mount umount2".split(" "),
];
const UNSEEN = ["io_uring_setup", "io_uring_enter"];
/** A question mark has strace pass over a call that this machine's processor does not know. */
const TRACED = [...OPENING, ...CHANGING, ...UNSEEN].map((call) => `?${call}`).join(",");

interface Trace {
  readonly code: number | null;
  /** The lines of calls that touch the root and change something, or may. */
  readonly writing: readonly string[];
  /** How many files and folders of the root were opened to be read. */
  readonly opened: number;
}

/** Runs a command under strace, and looks at what it does to the root. */
function trace(root: string, command: readonly string[], cwd = dirname(root)): Trace {
  const log = join(temporaryFolder(), "trace");
  const strace = ["-f", "-y", "-qq", "-s", "4096", "-o", log, "-e", `trace=${TRACED}`, "--", ...command];
  const { status, error } = spawnSync("strace", strace, {
    cwd,
    stdio: "ignore",
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (error) throw error;
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => /^\d+ +\w+\(/.test(line));
  const touching = lines.filter((line) => pathsOf(line, cwd).some((path) => isInside(path, root)));
  const reads = touching.filter((line) => OPENING.includes(callOf(line)) && !mayWrite(line));
  const writing = [
    ...touching.filter((line) => !reads.includes(line)),
    ...lines.filter((line) => UNSEEN.includes(callOf(line))),
  ];
  return { code: status, writing, opened: reads.length };
}

function callOf(line: string): string {
  return /^\d+ +(\w+)\(/.exec(line)![1]!;
}

function mayWrite(line: string): boolean {
  return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/.test(line);
}

/** The paths that a line names: those of descriptors, and those written out, from the folder that they start at. */
function pathsOf(line: string, cwd: string): string[] {
  const descriptors = [...line.matchAll(/(?:AT_FDCWD|\d)<([^>]*)>/g)].map(([, path]) => path!);
  // What a write writes is no path.
  const isData = /^(p?writev?(64|2)?|pwritev2?)$/.test(callOf(line));
  const texts = isData ? [] : [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path!);
  const bases = [cwd, ...descriptors];
  return [...descriptors, ...texts.flatMap((text) => bases.map((base) => resolve(base, text)))].map(real);
}

/** Where symbolic links lead, as far as there is anything. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(real(above), path.slice(above.length));
  }
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/** Every command, with every option that writes a file. */
function commands(root: string, out: string): [string, string[]][] {
  const file = (name: string) => join(out, name);
  const gateFiles = ["--state", file("gate.state"), "--metrics", file("gate.prom"), "--report", file("gate.json")];
  const scanFiles = ["--state", file("scan.state"), "--metrics", file("scan.prom"), "--report", file("scan.jsonl")];
  const reclaimFiles = ["--list", file("list"), "--script", file("delete.sh"), "--offline-script", file("offline.sh")];
  const sound = readFileSync(join(fixture("incident"), repositoriesPath, "team/api/_manifests/tags/1.0/current/link"));
  const layer = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  return [
    ["scan", ["scan", "--verify-content", "--jobs", "2", ...scanFiles, root]],
    ["scan of a relative path", ["scan", "--fail-on", "never", "root"]],
    ["scan of the folder above", ["scan", "--max-iops", "100000", dirname(root)]],
    ["forecast", ["forecast", "-m", "--keep-tags", "1", "--report", file("forecast.json"), root]],
    ["gate", ["gate", "-m", ...gateFiles, root]],
    ["gate --recheck", ["gate", "--recheck", file("gate.json"), root]],
    ["verify", ["verify", "--verify-content", "--report", file("verify.json"), root, "team/api/server:2.3"]],
    ["verify of no image", ["verify", root, "team/api/server:none"]],
    ["why", ["why", "--report", file("why.json"), root, layer]],
    ["usage", ["usage", "--by", "tag", "--report", file("usage.json"), root]],
    ["plan", ["plan", "--script", file("fix.sh"), "--report", file("plan.json"), root]],
    ["plan --restore", ["plan", "--restore", `team/api:back@${sound}`, "--script", file("restore.sh"), root]],
    ["reclaim", ["reclaim", "--older-than", "0s", "--remove-tag", "team/api:1.0", ...reclaimFiles, root]],
    ["scan --index", ["scan", "--index", file("index"), root]],
    ["why --index", ["why", "--index", file("index"), root, layer]],
    ["completions", ["__complete", "images", "team", root]],
  ];
}

describe("no command", () => {
  let copy = { root: "", out: "" };
  let before = "";
  beforeAll(() => {
    const base = realpathSync(execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim());
    copy = { root: join(base, "root"), out: join(base, "out") };
    cpSync(fixture("incident"), copy.root, { recursive: true });
    mkdirSync(copy.out);
    before = treeHash(copy.root);
    return () => execFileSync("rm", ["-r", base]);
  });

  it.each(commands("root", "out").map(([name], index) => [name, index] as const))(
    "makes a call that writes to the root: %s",
    (_, index) => {
      const args = commands(copy.root, copy.out)[index]![1];
      const { code, writing, opened } = trace(copy.root, [process.execPath, PROGRAM, ...args]);
      expect(writing).toEqual([]);
      expect(opened).toBeGreaterThan(5);
      expect(treeHash(copy.root)).toBe(before);
      expect([0, 4, 16]).toContain(code);
    },
  );

  it("left out a file that it was to write elsewhere", () => {
    const written = commands(copy.root, copy.out).flatMap(([, args]) =>
      args.filter((arg) => arg.startsWith(`${copy.out}/`)),
    );
    const names = written.map((file) => file.slice(copy.out.length + 1));
    // Beside its state a scan remembers the content that it verified.
    expect(readdirSync(copy.out).sort()).toEqual([...new Set([...names, "scan.state.content"])].sort());
  });
});

describe("the judge of calls", () => {
  it.each([
    ["a new file", "touch root/new"],
    ["a file from within", "cd root/docker && touch new"],
    ["through a symbolic link", "ln -s root link && touch link/new"],
    ["removal", "rm -r root/docker/registry/v2/blobs"],
    ["renaming", "mv root/docker root/docked"],
    ["modes", "chmod 700 root/docker"],
    ["owners", "chown $(id -u) root/docker"],
    ["times", "touch -d 2001-01-01 root/docker"],
    ["truncation", "truncate -s 0 root/file"],
    ["appending", "echo more >> root/file"],
    ["a folder", "mkdir root/folder"],
    ["a link into it", "ln root/file root/linked"],
    ["a symbolic link in it", "ln -s elsewhere root/linked"],
    ["a pipe", "mkfifo root/pipe"],
  ])("sees %s", (_, script) => {
    const base = realpathSync(temporaryFolder());
    mkdirSync(join(base, "root/docker/registry/v2/blobs"), { recursive: true });
    writeFileSync(join(base, "root/file"), "content");
    const { code, writing } = trace(join(base, "root"), ["sh", "-c", script]);
    expect([code, writing.length > 0]).toEqual([0, true]);
  });

  it("does not take reading for writing", () => {
    const copy = rootCopy("small");
    const script = "grep -rc . root > out/counts; ls -lR root > out/list";
    expect(trace(copy.root, ["sh", "-c", script])).toMatchObject({ code: 0, writing: [] });
  });
});

describe("a mount that cannot be written to", () => {
  /** Ways to a namespace of one's own, as root and as anybody: one of them must be open on this machine. */
  const ways = [
    ["unshare", "-m"],
    ["unshare", "-rm"],
    ["sudo", "-n", "unshare", "-m"],
  ];
  const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"';

  function onReadOnly(root: string, command: readonly string[]) {
    const way = ways.find(([program, ...args]) => spawnSync(program!, [...args, "true"]).status === 0);
    expect(way, "no right to mount anything: run this as root, or allow user namespaces").toBeDefined();
    const [program, ...args] = [...way!, "sh", "-c", `${mount} && exec "$@"`, root, ...command];
    return spawnSync(program!, args, { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  }

  it("is one indeed", () => {
    const copy = rootCopy("small");
    const { status, stderr } = onReadOnly(copy.root, ["touch", join(copy.root, "new")]);
    expect(stderr).toMatch(/Read-only file system/);
    expect(status).not.toBe(0);
  });

  it("is read as any other, by every command", () => {
    const copy = rootCopy();
    const elsewhere = temporaryFolder();
    const shown = (text: string, out: string) =>
      text
        .replaceAll(out, "OUT")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "THEN")
        .replace(/\d+(\.\d+)? ?m?s\b/g, "TIME");
    const plainly = commands(copy.root, elsewhere);
    for (const [index, [name, args]] of commands(copy.root, copy.out).entries()) {
      if (args.includes("root")) continue;
      const onMount = onReadOnly(copy.root, [process.execPath, PROGRAM, ...args]);
      const plain = spawnSync(process.execPath, [PROGRAM, ...plainly[index]![1]], {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
      });
      expect([name, onMount.status]).toEqual([name, plain.status]);
      // The lines of a plan break where the name of its script does.
      if (name !== "plan") expect(shown(onMount.stdout, copy.out)).toBe(shown(plain.stdout, elsewhere));
    }
  });
});

describe("an option that names a file inside a root is refused", () => {
  const options: [string, string[]][] = [
    ["--report", ["scan"]],
    ["--state", ["scan"]],
    ["--metrics", ["scan"]],
    ["--report", ["gate"]],
    ["--state", ["gate"]],
    ["--metrics", ["gate"]],
    ["--report", ["forecast"]],
    ["--report", ["usage"]],
    ["--report", ["plan"]],
    ["--script", ["plan"]],
  ];
  /** A file in the root, and paths to scan beside it, by whichever way. */
  const ways: [string, (copy: { root: string; out: string }) => [file: string, paths: string[]]][] = [
    ["as it is", ({ root }) => [join(root, "f"), [root]]],
    ["by way of ..", ({ root }) => [join(root, "docker/registry/../f"), [root]]],
    [
      "through a symbolic link to a folder of it",
      ({ root, out }) => {
        symlinkSync(join(root, "docker"), join(out, "link"));
        return [join(out, "link/f"), [root]];
      },
    ],
    [
      "through a symbolic link to a file of it",
      ({ root, out }) => {
        symlinkSync(join(root, "README.md"), join(out, "f"));
        return [join(out, "f"), [root]];
      },
    ],
    ["in a root that the search finds", ({ root }) => [join(root, "f"), [dirname(root)]]],
    [
      "in another root than is read",
      ({ root, out }) => {
        cpSync(fixture("small"), join(out, "small"), { recursive: true });
        return [join(root, "f"), [join(out, "small")]];
      },
    ],
    ["beside a path that holds no root", ({ root }) => [join(root, "f"), [root, join(root, "none")]]],
    ["of a path inside the root", ({ root }) => [join(root, "docker/f"), [join(root, "docker")]]],
  ];
  it.each(ways)("%s", (_, prepare) => {
    const copy = rootCopy("small");
    const [file, paths] = prepare(copy);
    const before = treeHash(copy.root);
    for (const [option, command] of options) {
      const { code, stdout, stderr } = run(...command, option, file, ...paths);
      expect([code, stdout]).toEqual([16, ""]);
      expect(stderr).toMatch(/^regfsck: [^\n]+\n$/);
      expect(treeHash(copy.root)).toBe(before);
    }
  });
});
