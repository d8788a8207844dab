// The program from outside: what a user gets wrong, what cannot be read or written, and what it never does.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { filesBelow, repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { PROGRAM, type ProgramResult, run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { digestOf } from "../worlds/world.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));
const storage = "docker/registry/v2";

/** A copy of a fixture, to be spoilt. */
function copyOf(name: string): string {
  const root = join(temporaryFolder(), name);
  cpSync(fixture(name), root, { recursive: true });
  return root;
}

/** Expects an exit code and one line on standard error that is no stack. */
function expectFailure({ code, stderr }: ProgramResult, expected: number, line: RegExp): void {
  expect(stderr).toMatch(/^regfsck: [^\n]+\n$/);
  expect(stderr).toMatch(line);
  expect(stderr).not.toMatch(/node:|file:\/\/|\bat .*:\d+/);
  expect(code).toBe(expected);
}

/** A folder that nobody may look into or write to, until the test is over. */
function lock(folder: string, mode = 0): void {
  chmodSync(folder, mode);
  onTestFinished(() => chmodSync(folder, 0o700));
}

describe("a wrong path", () => {
  const paths: [string, () => string, RegExp][] = [
    ["one that does not exist", () => join(temporaryFolder(), "none"), /none: no such directory/],
    ["a file", () => join(fixture("small"), "README.md"), /README.md: not a directory/],
    ["a folder without a storage root", () => temporaryFolder(), /no storage root/],
    [
      "one inside a storage root",
      () => join(fixture("small"), storage, "blobs"),
      /no storage root|inside a storage root/,
    ],
    ["the folder docker of a storage root", () => join(fixture("small"), "docker"), /give the root itself: .*small\n$/],
    ["an empty one", () => "", /a path is empty/],
    [
      "one that may not be read",
      () => {
        const root = copyOf("small");
        lock(root);
        return root;
      },
      /cannot be read \(EACCES\)/,
    ],
    [
      "one whose storage may not be read",
      () => {
        const root = copyOf("small");
        lock(join(root, "docker"));
        return root;
      },
      /EACCES/,
    ],
    ["one with control characters", () => join(temporaryFolder(), "a\u001b[2Jb\nc"), /no such directory/],
  ];
  it.each(paths)("%s: 16, and nothing is scanned", (_, path, line) => {
    const result = run("scan", path());
    expectFailure(result, 16, line);
    expect(result.stdout).toBe("");
  });

  it("beside a right one: 16", () => {
    expectFailure(run("scan", fixture("small"), temporaryFolder()), 16, /no storage root/);
  });
});

describe("wrong options", () => {
  const options: [string[], RegExp][] = [
    [["--formt", "json"], /unknown option '--formt'.*--format/],
    [["--format", "xml"], /'xml' is invalid.*text, json, jsonl/],
    [["--fail-on", "never!"], /is invalid/],
    [["--stale-upload-age", "a week"], /is invalid/],
    [["--jobs", "0"], /is invalid/],
    [["--progress", "sometimes"], /is invalid/],
    [["--repo", "nope/*"], /--repo nope\/\*: no repository matches/],
    [["--repo", ""], /no repository matches/],
    [["--repo", "!**"], /no repository is left/],
    [["--cache", "hub"], /no root is called hub; there are small/],
    [["--authoritative", "hub"], /no root is called hub/],
    [["--cache", "small", "--authoritative", "small"], /both/],
    [["--report"], /argument missing/],
    [["--report", join("none", "report.json")], /its folder does not exist/],
  ];
  it.each(options)("%j: 16", (given, line) => {
    const result = run("scan", fixture("small"), ...given);
    expectFailure(result, 16, line);
    expect(result.stdout).toBe("");
  });

  it("no path: 16", () => {
    expectFailure(run(), 16, /./);
    expectFailure(run("scan"), 16, /./);
  });
});

describe("a broken root", () => {
  const roots: [string, (root: string) => void, RegExp][] = [
    [
      "without blobs",
      (root) => execFileSync("rm", ["-r", join(root, storage, "blobs")]),
      /incomplete: .*v2\/blobs: missing/,
    ],
    [
      "without repositories",
      (root) => execFileSync("rm", ["-r", join(root, repositoriesPath)]),
      /incomplete: .*v2\/repositories: missing/,
    ],
    [
      "that is empty",
      (root) => {
        execFileSync("rm", ["-r", join(root, storage)]);
        mkdirSync(join(root, storage), { recursive: true });
      },
      /incomplete: .*no repositories and no blobs.*--allow-empty/,
    ],
    ["with a repository that may not be read", (root) => lock(join(root, repositoriesPath, "team")), /team: EACCES/],
    ["with a blob shard that may not be read", (root) => lockFirstShard(root), /blobs\/sha256\/..: EACCES/],
  ];
  it.each(roots)("%s: 8, whatever --fail-on says", (_, spoil, line) => {
    const root = copyOf("small");
    spoil(root);
    const result = run("scan", "--format", "json", "--fail-on", "never", root);
    expectFailure(result, 8, line);
    expect(JSON.parse(result.stdout).verdict).toMatch(/incomplete/);
  });

  it("that is empty, where that is accepted: 0", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, storage), { recursive: true });
    expect(run("scan", "--allow-empty", root)).toMatchObject({ code: 0, stderr: "" });
    expect(run("scan", "--allow-empty", "--quiet", root)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("with damage as well: 12", () => {
    const root = copyOf("missing-blob");
    lock(join(root, repositoriesPath, "team"));
    expect(run("scan", root).code).toBe(12);
  });
});

function lockFirstShard(root: string): void {
  const shards = join(root, storage, "blobs/sha256");
  lock(join(shards, readdirSync(shards).sort()[0]!));
}

describe("--report", () => {
  it("writes the report whole, as JSON or JSON lines, and prints it as well", async () => {
    const folder = temporaryFolder();
    const result = run("scan", fixture("incident"), "--report", join(folder, "report.json"));
    expect(result).toMatchObject({ code: 4, stderr: "" });
    expect(result.stdout).toContain("infra-ci");
    expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toMatchObject({ command: "scan" });
    run("scan", fixture("incident"), "--report", join(folder, "report.jsonl"));
    const lines = readFileSync(join(folder, "report.jsonl"), "utf8").trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: "summary" });
    expect((await filesBelow(folder)).sort()).toEqual(["report.json", "report.jsonl"]);
  });

  it("in a folder that may not be written to: 8, and the report is printed", () => {
    const folder = temporaryFolder();
    lock(folder, 0o500);
    const result = run("scan", "--format", "json", fixture("small"), "--report", join(folder, "report.json"));
    expectFailure(result, 8, /--report .*EACCES/);
    expect(JSON.parse(result.stdout)).toMatchObject({ verdict: "clean" });
  });

  it("on a full device: 8, and with damage 12", () => {
    expectFailure(run("scan", fixture("small"), "--report", "/dev/full"), 8, /--report \/dev\/full: ENOSPC/);
    expectFailure(run("scan", fixture("incident"), "--report", "/dev/full"), 12, /ENOSPC/);
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  it("inside a storage root, by whichever way: 16", async () => {
    const root = copyOf("small");
    const before = await filesBelow(root);
    symlinkSync(join(root, "docker"), join(root, "..", "reports"));
    symlinkSync(root, join(root, "..", "alias"));
    for (const file of [join(root, "r.json"), join(root, storage, "r.json"), join(root, "../reports/r.json")]) {
      expectFailure(run("scan", root, "--report", file), 16, /inside the storage root/);
      expectFailure(run("scan", join(root, "../alias"), "--report", file), 16, /inside the storage root/);
    }
    expect(await filesBelow(root)).toEqual(before);
  });
});

describe("--dry-run", () => {
  it("writes nothing, and says what it would have written", async () => {
    const folder = temporaryFolder();
    const result = run("scan", fixture("small"), "--dry-run", "--report", join(folder, "report.json"));
    expectFailure(result, 0, /--dry-run: --report .*report.json is not written/);
    expect(await filesBelow(folder)).toEqual([]);
  });
});

describe("--quiet", () => {
  it.each([
    ["a healthy root", [fixture("healthy")]],
    ["warnings alone", [fixture("orphan-layer-link")]],
    ["damage that is not to fail on", [fixture("incident"), "--fail-on", "never"]],
    ["a dry run", [fixture("small"), "--dry-run", "--report", "/dev/null"]],
    ["a progress line asked for", [fixture("small"), "--progress", "always"]],
  ])("prints not one byte where all is well: %s", (_, args) => {
    expect(run("scan", "--quiet", ...args)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("prints everything where it is not, and that is short", () => {
    const args = [fixture("unlinked-child"), "--dry-run", "--report", "/dev/null"];
    const [loud, quiet] = [run("scan", ...args), run("scan", "--quiet", ...args)];
    const untimed = (text: string) => text.replace(/\d+(\.\d+)? ?m?s\b/g, "TIME");
    expect(quiet).toMatchObject({ code: 4, stderr: loud.stderr });
    expect(untimed(quiet.stdout)).toBe(untimed(loud.stdout));
  });
});

describe("--fail-on", () => {
  it.each([
    ["missing-manifest", "error", 0],
    ["missing-manifest", "warning", 4],
    ["stale-upload", "warning", 0],
    ["stale-upload", "info", 4],
    ["incident", "never", 0],
    ["small", "info", 0],
  ])("%s, %s: %i", (name, severity, code) => {
    expect(run("scan", "--quiet", "--fail-on", severity, fixture(name)).code).toBe(code);
  });
});

describe("the program", () => {
  it("scans where no command is named", () => {
    const untimed = ({ stdout, ...rest }: ProgramResult) => {
      const { runId: _runId, startedAt: _startedAt, durationMs: _durationMs, ...report } = JSON.parse(stdout);
      return { ...rest, report };
    };
    const named = run("scan", "--format", "json", fixture("incident"));
    expect(untimed(run("--format", "json", fixture("incident")))).toEqual(untimed(named));
    expect(named.code).toBe(4);
    expect(run(fixture("small")).code).toBe(0);
  });

  it("tells its version and its options", () => {
    expect(run("--version")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
    expect(run("scan", "--help").stdout).toContain("Exit codes: 0 ");
  });

  it("leaves every file and folder of a root as it is", async () => {
    const root = copyOf("incident");
    const state = async () => {
      const paths = ["", ...readdirSync(root, { recursive: true }).map(String)].sort();
      return paths.map((path) => {
        const { mtimeMs, ctimeMs, size, ino } = statSync(join(root, path));
        return [path, mtimeMs, ctimeMs, size, ino];
      });
    };
    const before = await state();
    run("scan", "--verify-content", root);
    expect(await state()).toEqual(before);
  });

  it("does not exit 0 when nobody takes its report", () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    // A pipe whose only reader is gone, and a device that is full.
    for (const [opening, line] of [
      [`exec 4<>"$0" 5>"$0" 4>&-`, /could not be written: EPIPE/],
      ["exec 5>/dev/full", /could not be written: ENOSPC/],
    ] as const) {
      const script = `${opening}; exec "$@" >&5`;
      const args = ["-c", script, pipe, process.execPath, PROGRAM, fixture("small")];
      const { status, stdout, stderr } = spawnSync("bash", args, { encoding: "utf8" });
      expectFailure({ code: status, stdout, stderr }, 8, line);
    }
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends at once on %s: 32", async (signal) => {
    const child = spawn(process.execPath, [PROGRAM, "--format", "json", rootOfManyFindings()]);
    const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    // Its report is begun and, as nobody reads on, never ends: so the signal comes while it is at work.
    await new Promise((resolve) => child.stdout.once("readable", resolve));
    child.kill(signal);
    expect(await exited).toBe(32);
    expect(stderr).toBe(`regfsck: interrupted (${signal})\n`);
  });
});

describe("a signal", () => {
  /** Starts a run, and ends it by a signal when `begun` resolves: its exit code, and what it said on standard error. */
  async function interrupted(args: readonly string[], begun: (stderr: Readable) => Promise<unknown>) {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    await begun(child.stderr);
    child.kill("SIGINT");
    return { code: await exited, stderr };
  }

  it("takes the progress line away", async () => {
    // So slow a disk that the run is not soon over.
    const args = ["--progress", "always", "--max-iops", "50", fixture("incident")];
    const { code, stderr } = await interrupted(args, (text) => once(text, "data"));
    expect(code).toBe(32);
    expect(stderr.endsWith("\r\u001b[2Kregfsck: interrupted (SIGINT)\n")).toBe(true);
  });

  it("ends a run that waits for whoever reads its report", async () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("sh", ["-c", 'exec 3<>"$0"; head -c 1 <&3; exec sleep 60', pipe]);
    onTestFinished(() => void reader.kill());
    // The reader stays for a minute, and the program would wait for it as long.
    const ended = await interrupted(["--report", pipe, rootOfManyFindings()], () => once(reader.stdout, "data"));
    expect(ended.code).toBe(32);
    expect(reader.exitCode).toBeNull();
  });
});

describe("what is to be read", () => {
  it.each(["--config", "--state", "--recheck", "--remove-tags-from"])(
    "%s: a pipe is refused in a line, and is not waited for",
    (option) => {
      const pipe = join(temporaryFolder(), "pipe");
      execFileSync("mkfifo", [pipe]);
      const { code, stdout, stderr } = run("gate", option, pipe, fixture("small"));
      expect(code).toBe(option === "--state" ? 8 : 16);
      expect(stdout + stderr).toContain("not a regular file");
    },
  );

  it.each(["--report", "--metrics", "--state"])("%s: nobody is waited for who might read a pipe", (option) => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const { code, stdout, stderr } = run("scan", option, pipe, fixture("small"));
    expect(code).toBe(8);
    expect(stdout + stderr).toMatch(/ENXIO|not a regular file/);
  });

  it("is refused where it is larger than such a file can be", () => {
    const file = join(temporaryFolder(), "config.yaml");
    writeFileSync(file, "#".repeat(2 << 20));
    expectFailure(run("scan", "--config", file, fixture("small")), 16, /--config .*: larger than 1 MiB/);
  });
});

/** A root whose report is larger than any pipe. */
function rootOfManyFindings(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, storage, "blobs"), { recursive: true });
  for (let i = 0; i < 500; i++) {
    const folder = join(root, repositoriesPath, "team/app/_layers", digestOf(`gone ${i}`).replace(":", "/"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "link"), digestOf(`gone ${i}`));
  }
  return root;
}
