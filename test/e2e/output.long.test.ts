// The program's output, result files and signals: what cannot be written, who reads it, and what it never does.
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
    expect(run("scan", "--help").stdout).toContain("Exit codes:\n  0   ");
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
  it.each(["--config", "--state", "--recheck", "--remove-tags-from", "--delete-from"])(
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
