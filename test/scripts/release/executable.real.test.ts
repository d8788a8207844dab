// The executables do what the built program does, with no Node.js and no other file of ours; that of another processor by
// an emulator.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planProportional } from "../../../scripts/make-root/plan.ts";
import { makeRoot } from "../../../scripts/make-root/run.ts";
import { builtProgram, copyFixtures, differences, outputsOf, type Program } from "../../../scripts/nodes/outputs.ts";
import { writeExecutable } from "../../../scripts/release/executable/executable.ts";
import { ARCHES, type Arch, emulator } from "../../../scripts/release/executable/node.ts";
import { type ExecutableScripts, executableScripts } from "../../../scripts/release/executable/scripts.ts";

const fixtures = fileURLToPath(new URL("../../../test-fixtures", import.meta.url));
const [built, builtFile] = builtProgram(process.execPath) as [string, string];
const own = process.arch as Arch;

let folder: string;
let scripts: ExecutableScripts;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "executable-"));
  scripts = await executableScripts();
  for (const arch of ARCHES) writeExecutable(arch, scripts, join(folder, arch));
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(arch: Arch): Program {
  return [...emulator(arch), join(folder, arch)] as unknown as Program;
}

function run([file, ...before]: Program, args: readonly string[], env: Record<string, string> = {}) {
  const options = { encoding: "utf8", env: { PATH: process.env["PATH"], ...env }, maxBuffer: 1 << 26 } as const;
  const { status, stdout, stderr } = spawnSync(file, [...before, ...args], options);
  return { status, stdout, stderr };
}

function untimed(result: ReturnType<typeof run>) {
  return { ...result, stdout: result.stdout.replace(/(Took|in) [\d.]+ s\./, "(time)") };
}

/** Without what no two runs share. */
function lasting(json: string): object {
  return JSON.parse(json, (key, value) => (["runId", "startedAt", "durationMs"].includes(key) ? key : value));
}

describe("the executable of this processor", () => {
  it("prints and exits as the built program does, over all fixtures", async () => {
    const roots = copyFixtures();
    try {
      const some = { commands: ["scan", "gate -m"], formats: ["text"] };
      const expected = await outputsOf(builtProgram(process.execPath), roots, some);
      expect(expected.size).toBeGreaterThan(45);
      expect(differences(expected, await outputsOf(program(own), roots, some))).toEqual([]);
    } finally {
      rmSync(roots, { recursive: true });
    }
  });

  it.each([
    ["--version"],
    ["--help"],
    ["completion", "bash"],
    ["completion", "zsh"],
    ["completion", "fish"],
    ["__complete", "images", "--", "inf", join(fixtures, "incident")],
    ["verify", join(fixtures, "incident"), "infra-ci:latest"],
    ["verify", join(fixtures, "incident"), "nowhere:latest"],
    ["why", join(fixtures, "incident"), "4582f57a42bd"],
    ["scna"],
    ["scan", "/nowhere"],
    ["scan", "--no-such-option"],
  ])("answers %s %s as the built program does", (...args) => {
    expect(untimed(run(program(own), args))).toEqual(untimed(run([built, builtFile], args)));
  });

  it("understands a configuration file, and says what is wrong in it", () => {
    const config = join(folder, "config.yaml");
    writeFileSync(config, `fail-on: never\nroots:\n  - path: ${join(fixtures, "incident")}\n`);
    expect(run(program(own), ["--config", config])).toMatchObject({ status: 0 });
    writeFileSync(config, "fail-on: sometimes\n");
    const { status, stderr } = run(program(own), ["--config", config]);
    expect({ status, stderr }).toEqual({ status: 16, stderr: expect.stringContaining('expected one of "error"') });
  });

  it("reads in threads, whose program is inside", async () => {
    const root = join(folder, "root");
    await makeRoot(root, planProportional(3000, 1));
    const trace = join(folder, "trace");
    const args = ["scan", "--format", "json", root];
    const strace = ["strace", "-f", "-e", "trace=openat", "-o", trace] as const;
    const threaded = run([...strace, ...program(own)], [...args, "--jobs", "4"]);
    const readers = readFileSync(trace, "utf8")
      .split("\n")
      .flatMap((line) => /^(\d+) +openat\([^,]+, "[^"]*\/_layers\//.exec(line)?.[1] ?? []);
    expect(new Set(readers).size).toBeGreaterThan(2);
    const alone = run(program(own), [...args, "--jobs", "1"]);
    expect(threaded).toMatchObject({ status: alone.status, stderr: "" });
    expect(lasting(threaded.stdout)).toEqual(lasting(alone.stdout));
  });

  it("takes no options for Node.js from the environment", () => {
    const env = { NODE_OPTIONS: "--no-such-option --require=/nowhere" };
    expect(run(program(own), ["--version"], env)).toEqual(run(program(own), ["--version"]));
  });

  it("ends by a signal as everywhere, and by SIGUSR1 listens for no debugger", async () => {
    const args = ["scan", "--max-iops", "50", "--progress", "always", join(fixtures, "incident")];
    const child = spawn(join(folder, own), args, { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (data) => (stderr += data));
    // The line of progress says that it is at work.
    await once(child.stderr, "data");
    child.kill("SIGUSR1");
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([32, null]);
    expect(stderr).toMatch(/regfsck: interrupted \(SIGTERM\)\n$/);
    expect(stderr).not.toContain("Debugger");
  });
});

describe.each(ARCHES)("the executable for %s", (arch) => {
  it.each(["healthy", "incident", "digest-mismatch"])("scans %s as the built program does", (name) => {
    const args = ["scan", "--format", "json", "--jobs", "4", join(fixtures, name)];
    const [one, other] = [run(program(arch), args), run([built, builtFile], args)];
    expect({ ...one, stdout: "" }).toEqual({ ...other, stdout: "" });
    expect(lasting(one.stdout)).toEqual(lasting(other.stdout));
  });

  it("holds the licences of all that is in it", () => {
    const { status, stdout } = run(program(arch), ["--notices"]);
    expect(status).toBe(0);
    for (const name of ["chalk", "commander", "fast-glob", "yaml", "zod", "Node.js"]) {
      expect(stdout).toContain(`\n--- ${name} `);
    }
    for (const name of ["V8", "libuv", "OpenSSL", "ICU"]) expect(stdout).toContain(`- ${name}, located at `);
  });

  it("is made of the same bytes each time, and runs scripts that were compiled when it was made", () => {
    const again = join(folder, `${arch}-again`);
    writeExecutable(arch, scripts, again);
    expect(readFileSync(again).equals(readFileSync(join(folder, arch)))).toBe(true);
    writeExecutable(arch, { ...scripts, program: PROBE }, again);
    expect(run([...emulator(arch), again] as unknown as Program, [])).toEqual({
      status: 0,
      stdout: "taken\n",
      stderr: "",
    });
  });
});

/** Says whether V8 takes what was made of this script. */
const PROBE = `(function (require) {
  const [source, cachedData] = ["program.js", "program.cache"].map((name) => Buffer.from(require("node:sea").getRawAsset(name)));
  const { Script } = require("node:vm");
  const { cachedDataRejected } = new Script(source.toString("latin1"), { filename: "regfsck/program.js", cachedData });
  console.log(cachedDataRejected ? "passed over" : "taken");
})`;
