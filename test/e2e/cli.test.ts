// The program from outside: what a user gets wrong, what cannot be read, and which exit code that is.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { filesBelow, repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { PROGRAM, type ProgramResult, run } from "../worlds/program.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

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
    [["--formt", "json"], /unknown option '--formt'[\s\S]*--format/],
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
  it.each(options)("%j: refused before anything is read", async (given, line) => {
    const refused = await runProgram(nodeFs, ["scan", fixture("small"), ...given]).then(String, (error) => error);
    expect(refused).toBeInstanceOf(refused instanceof CommanderError ? CommanderError : UsageError);
    expect(refused.message).toMatch(line);
  });

  it("end with 16, and print nothing but a line on standard error", () => {
    const result = run("scan", fixture("small"), "--formt", "json");
    expectFailure(result, 16, /unknown option '--formt'/);
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

describe("a machine with too little memory", () => {
  it("is told in one line, with 8", () => {
    const options = [process.execPath, "--max-old-space-size=12", PROGRAM, "scan", fixture("incident")];
    const { status, stdout, stderr } = spawnSync(options[0]!, options.slice(1), { encoding: "utf8" });
    expectFailure(
      { code: status, stdout, stderr },
      8,
      /memory ends: .* of 12\.0 MiB by JavaScript .*nothing is certain$/m,
    );
    expect(stdout).toBe("");
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
  ])("%s, %s: %i", async (name, severity, code) => {
    const { exitCode } = await runProgram(nodeFs, ["scan", "--jobs", "1", "--fail-on", severity, fixture(name)]);
    expect(exitCode).toBe(code);
  });
});
