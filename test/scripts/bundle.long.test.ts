// The one-file program, alone in a folder, does what the built program does.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyRoot } from "../../scripts/fixtures/storage.ts";
import { bundle } from "../../scripts/package/bundle.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const built = join(repository, "dist/cli.js");

/**
 * Tells which threads started, and lets each folder that is listed take a second by the program's clock, and nothing else
 * any time: it leaves any root to threads then, once it has read the first repositories.
 */
const SLOW_DISK = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
fs.appendFileSync(process.env.THREADS, isMainThread ? "program\\n" : "reader\\n");
if (isMainThread) {
  const { readdirSync } = fs;
  let listed = 0;
  fs.readdirSync = (...args) => {
    listed += 1;
    return readdirSync(...args);
  };
  syncBuiltinESMExports();
  performance.now = () => listed * 1000;
}
`;

/** The fields that differ from run to run. */
const RUN = ["runId", "startedAt", "durationMs"];

let folder: string;
let alone: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  alone = join(folder, "alone");
  await mkdir(alone);
  program = join(alone, "regfsck.mjs");
  await bundle(program);
  for (const name of ["healthy", "incident"]) {
    await copyRoot(join(repository, "test-fixtures", name), join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const { PATH } = process.env;
  const options = { cwd: alone, encoding: "utf8", env: { PATH, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stdout, stderr };
}

/** The report but for those fields. */
function reportOf(json: string): object {
  return JSON.parse(json, (key, value) => (RUN.includes(key) ? key : value));
}

describe("the one-file program", () => {
  it.each([
    ["healthy", 0],
    ["incident", 4],
  ])("reports %s as the built program does", (name, code) => {
    const args = ["scan", "--format", "json", join(folder, name)];
    const bundled = run(program, args);
    expect(bundled).toMatchObject({ status: code, stderr: "" });
    expect(reportOf(bundled.stdout)).toEqual(reportOf(run(process.execPath, [built, ...args]).stdout));
  });

  const fixtures = join(repository, "test-fixtures");
  const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected.json")));
  it.each(names)("finds what is broken in %s, with no other file than itself beside it", async (name) => {
    const expected = JSON.parse(await readFile(join(fixtures, name, "expected.json"), "utf8"));
    const { status, stdout, stderr } = run(program, ["scan", "--format", "json", join(fixtures, name)]);
    expect(status).toBe(expected.exitCode);
    expect(stderr).toMatch((expected.exitCode & 8) === 0 ? /^$/ : /^regfsck: incomplete: [^\n]+\n$/);
    const broken = JSON.parse(stdout).brokenTags as { repository: string; tag: string }[];
    expect(broken.map(({ repository, tag }) => `${repository}:${tag}`)).toEqual(expected.brokenTags);
    expect(await readdir(alone)).toEqual(["regfsck.mjs"]);
  });

  it("reads in threads, which are the same file", async () => {
    const threads = join(folder, "threads");
    const slowDisk = join(folder, "slow-disk.mjs");
    await writeFile(slowDisk, SLOW_DISK);
    const args = ["scan", "--jobs", "4", "--format", "json", join(folder, "incident")];
    const threaded = run(process.execPath, ["--import", slowDisk, program, ...args], { THREADS: threads });
    expect(threaded).toMatchObject({ status: 4, stderr: "" });
    const started = (await readFile(threads, "utf8")).trim().split("\n");
    expect(started.sort()).toEqual(["program", "reader", "reader", "reader", "reader"]);
    expect(reportOf(threaded.stdout)).toEqual(reportOf(run(program, args).stdout));
  });

  it.each([
    ["forecast", "-m"],
    ["gate", "-m"],
    ["usage"],
    ["plan"],
    ["verify", "infra-ci:latest"],
    ["why", "4582f57a42bd"],
  ])("has everything for %s", (command, ...rest) => {
    const args = [command, "--format", "json", join(folder, "incident"), ...rest];
    const bundled = run(program, args);
    const reference = run(process.execPath, [built, ...args]);
    expect(bundled).toMatchObject({ status: reference.status, stderr: "" });
    expect(reportOf(bundled.stdout)).toEqual(reportOf(reference.stdout));
  });

  it("understands a configuration file, and says what is wrong in it", async () => {
    const config = join(folder, "config.yaml");
    await writeFile(config, `fail-on: never\nroots:\n  - path: ${join(folder, "incident")}\n`);
    expect(run(program, ["--config", config])).toMatchObject({ status: 0 });
    await writeFile(config, "fail-on: sometimes\n");
    const { status, stderr } = run(program, ["--config", config]);
    expect({ status, stderr }).toEqual({ status: 16, stderr: expect.stringContaining('expected one of "error"') });
  });

  it("answers the completions of shells, and is silent where there is nothing to say", () => {
    const ask = (...args: string[]) => run(program, ["__complete", ...args]);
    expect(ask("images", "--", "inf", join(folder, "incident"))).toEqual({
      status: 0,
      stdout: "infra-ci:\n",
      stderr: "",
    });
    expect(ask("images", "--", "-x", alone, join(folder, "nowhere"))).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(ask("secrets", "--", "", folder)).toEqual({ status: 16, stdout: "", stderr: "" });
    expect(run(program, ["--help"]).stdout).not.toContain("__complete");
  });

  it("knows its version and runs by a link of another name", async () => {
    const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
    const link = join(folder, "regfsck");
    await symlink(program, link);
    expect(run(link, ["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("names what is inside, and its licences", async () => {
    const text = await readFile(program, "utf8");
    for (const name of ["chalk", "commander", "fast-glob", "yaml", "zod"]) expect(text).toContain(`\n--- ${name} `);
    expect(text).toContain("Permission is hereby granted");
  });
});
