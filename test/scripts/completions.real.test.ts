// What the Tab key makes of a line, in bash, zsh and fish.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyRoot } from "../../scripts/fixtures/storage.ts";
import { bundle } from "../../scripts/package/bundle.ts";
import { programLine, shareFiles } from "../../scripts/package/share.ts";
import { type Desk, SHELLS, typeLines } from "./typed-lines.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const share = shareFiles("1.2.3", "2026-01-31");

/** What a shell would do harm with if it took it for more than a name. */
const HARM = "$(touch harm)`touch harm`;touch harm;";
const ODD_ROOT = "it's an odd $(touch harm) root";

/**
 * What is typed, with `⇥` for the key, and the arguments that come of it, where `--option=value` is as good as two, and
 * the slash at the end of a folder no matter.
 */
const LINES: readonly (readonly [typed: string, args: readonly string[]])[] = [
  ["fore⇥da⇥", ["forecast", "data"]],
  ["--vers⇥", ["--version"]],
  ["--stale⇥3d da⇥", ["--stale-upload-age", "3d", "data"]],
  ["da⇥ --fail⇥w⇥", ["data", "--fail-on", "warning"]],
  ["help ver⇥", ["help", "verify"]],
  ["compl⇥z⇥", ["completion", "zsh"]],
  ["gate -m data --quiet-p⇥1h --allow-b⇥", ["gate", "-m", "data", "--quiet-period", "1h", "--allow-broken"]],
  ["scan --format=t⇥", ["scan", "--format", "text"]],
  ["verify --format d⇥", ["verify", "--format", "dot"]],
  ["scan --state no⇥", ["scan", "--state", "notes.txt"]],
  ["scan --state=no⇥", ["scan", "--state", "notes.txt"]],
  ["scan no⇥", ["scan", "no"]],
  ["verify data/incident inf⇥lat⇥", ["verify", "data/incident", "infra-ci:latest"]],
  ["verify data/incident web te⇥api/s⇥2.3-⇥", ["verify", "data/incident", "web", "team/api/server:2.3-amd64"]],
  ["verify data/incident infra-ci:2⇥infra-ci:l⇥", ["verify", "data/incident", "infra-ci:2026.04", "infra-ci:latest"]],
  ['verify data/incident "infra-ci:l⇥', ["verify", "data/incident", "infra-ci:latest"]],
  [
    "verify --format json data/incident infra-ci:l⇥",
    ["verify", "--format", "json", "data/incident", "infra-ci:latest"],
  ],
  ["verify ~/da⇥ inf⇥l⇥", ["verify", "HOME/data", "infra-ci:latest"]],
  ["forecast data/incident --remove-tag inf⇥l⇥", ["forecast", "data/incident", "--remove-tag", "infra-ci:latest"]],
  ["forecast data/incident --remove-tag=inf⇥l⇥", ["forecast", "data/incident", "--remove-tag", "infra-ci:latest"]],
  ["data/incident --repo inf⇥", ["data/incident", "--repo", "infra-ci"]],
  ["data --cache inc⇥", ["data", "--cache", "incident"]],
  ["verify nowhere inf⇥", ["verify", "nowhere", "inf"]],
  // Names on the disk that are more than names to a shell.
  ["verify it⇥ whole:v⇥", ["verify", ODD_ROOT, "whole:v1"]],
  ["verify it⇥ bad⇥", ["verify", ODD_ROOT, "bad"]],
  ["verify it⇥ ⇥⇥", ["verify", ODD_ROOT, "whole:v1"]],
];

let desk: Desk;
let typed: Record<string, string[][]>;

beforeAll(async () => {
  const base = await mkdtemp(join(tmpdir(), "completions-"));
  desk = {
    folder: join(base, "here"),
    share: join(base, "share"),
    home: join(base, "home"),
    program: join(base, "regfsck.mjs"),
  };
  await bundle(desk.program);
  for (const [name, text] of Object.entries(share)) await write(join(desk.share, name), text);
  await write(join(desk.folder, "notes.txt"), "");
  await copyRoot(join(fixtures, "incident"), join(desk.folder, "data/incident"));
  await copyRoot(join(fixtures, "incident"), join(desk.home, "data"));
  const repositories = join(desk.folder, ODD_ROOT, "docker/registry/v2/repositories");
  for (const tag of ["whole/_manifests/tags/v1", `whole/_manifests/tags/v${HARM}`, `bad${HARM}/_manifests/tags/v1`]) {
    await mkdir(join(repositories, tag), { recursive: true });
  }
  const lines = LINES.map(([line]) => `regfsck ${line.replaceAll("⇥", "\t")}`);
  const sessions = SHELLS.map(async (shell) => [shell, await typeLines(shell, lines, desk)] as const);
  typed = Object.fromEntries(await Promise.all(sessions));
});
afterAll(() => rm(dirname(desk.folder), { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

describe.each(SHELLS)("completion in %s", (shell) => {
  it.each(LINES.map(([line, args], index) => [line, args, index] as const))("makes of %s %j", (_, args, index) => {
    const words = typed[shell]![index]?.flatMap((word) => (word.startsWith("--") ? word.split("=") : word));
    const plain = words?.map((word) => word.replace(desk.home, "HOME").replace(/\/$/, ""));
    expect(plain).toEqual(args);
  });

  it("runs nothing that is written in a name", async () => {
    expect(typed[shell]).toHaveLength(LINES.length);
    expect((await readdir(desk.folder)).sort()).toEqual(["data", ODD_ROOT, "notes.txt"]);
  });

  it("knows every command and option", () => {
    const [, text] = Object.entries(share).find(([name]) => name.includes(`${shell}`))!;
    for (const { name, options } of programLine("1.2.3").commands) {
      const words = [name, ...options.flatMap(({ flags }) => flags.map((flag) => flag.replace(/^-+/, "")))];
      for (const word of words) expect(text).toMatch(new RegExp(`\\b${word}\\b`));
    }
  });
});

/** regfsck offers no such names; should it ever, the shells are to quote them. */
const ODD_NAMES = ["a$(touch harm)", "b;touch harm", "c`touch harm`", "d x", "e'q\"", "f\u001b[31mz", "g$HOME", "h*"];

it.each(SHELLS)("%s takes no name that it is told for more than a name", async (shell) => {
  const program = join(desk.home, "odd.mjs");
  const found = `${JSON.stringify(ODD_NAMES)}.filter((name) => name.startsWith(process.argv[5]))`;
  await writeFile(program, `console.log(${found}.join("\\n"));`);
  const lines = ODD_NAMES.map((name) => `regfsck verify data ${name[0]}\t`);
  const runs = await typeLines(shell, lines, { ...desk, program });
  expect(runs).toEqual(ODD_NAMES.map((name) => ["verify", "data", name]));
  expect(await readdir(desk.folder)).not.toContain("harm");
});

describe("the scripts", () => {
  it.each([
    ["bash", "bash-completion/completions/regfsck"],
    ["zsh", "zsh/site-functions/_regfsck"],
    ["fish", "fish/vendor_completions.d/regfsck.fish"],
  ])("are well-formed for %s", (shell, file) => {
    const { status, stderr } = spawnSync(shell, ["-n", join(desk.share, file)], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
