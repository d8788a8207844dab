// What the built program prints and how it exits, by every command over every fixture, without what no two runs share.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
/** What is compared where nothing else is asked for. */
const COMMANDS = ["scan", "forecast", "forecast -m", "gate", "gate -m", "usage", "plan", "scan --verify-content"];
const FORMATS = ["json", "text"];

/** How a program is run: by its path, or by a Node.js and its path. */
export type Program = readonly [string, ...string[]];

/** The built program by one `node`. Throws where it was not built: every comparison with it would differ. */
export function builtProgram(node: string): Program {
  if (!existsSync(PROGRAM)) throw new Error("dist/cli.js is missing: npm run build");
  return [node, PROGRAM];
}

/** By `<command> <format> <fixture>`: the exit code, what is printed, and what is said on standard error. */
export type Outputs = ReadonlyMap<string, string>;

/** A copy of the fixtures, and of a root whose shard is a file, for all versions to read: reports hold paths and times. */
export function copyFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), "nodes-"));
  cpSync(FIXTURES, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  replaceShard(folder);
  return folder;
}

/** The outputs of a program over the roots and base folders in a folder. */
export async function outputsOf(
  program: Program,
  folder: string,
  { commands = COMMANDS, formats = FORMATS } = {},
): Promise<Outputs> {
  const roots = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const runs = roots.flatMap(({ name }) =>
    commands.flatMap((command) => formats.map((format) => ({ name, command, format }))),
  );
  const outputs = new Map<string, string>();
  const lane = async () => {
    for (let next = runs.shift(); next; next = runs.shift()) {
      const { name, command, format } = next;
      const args = [...command.split(" "), "--format", format, name];
      outputs.set(`${command} ${format} ${name}`, await output(program, args, folder));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return outputs;
}

/** A root where a folder of the blob store is a file: a garbage collection fails on it, so no gate may say go. */
function replaceShard(folder: string): void {
  const root = join(folder, "shard-is-a-file");
  cpSync(join(folder, "small"), root, { recursive: true });
  const shard = join(root, "docker/registry/v2/blobs/sha256/5b");
  rmSync(shard, { recursive: true });
  writeFileSync(shard, "");
}

function output([file, ...before]: Program, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, TZ: "UTC" };
  return new Promise((resolve) => {
    const child = execFile(file, [...before, ...args], { cwd, env, maxBuffer: 1 << 28 }, (_, stdout, stderr) => {
      resolve(`exit ${child.exitCode}\n${lasting(stdout)}\n${stderr}`);
    });
  });
}

/** Without the number of the run, when it began, how long it took and how fast it read. */
function lasting(text: string): string {
  return text
    .replaceAll(/"(runId|startedAt|oldest)": ?"[^"]*"/g, '"$1": ""')
    .replaceAll(/"durationMs": ?[\d.]+/g, '"durationMs": 0')
    .replaceAll(/"bytesPerSecond": ?(?:null|\d+)/g, '"bytesPerSecond": 0')
    .replaceAll(/, [\d.,]+ \w+ a second/g, "")
    .replaceAll(/\b[\d.,]+ m?s\b/g, "(time)");
}

/** For each output that differs, its name and the first line that does. */
export function differences(expected: Outputs, given: Outputs): string[] {
  return [...expected].flatMap(([name, text]) => {
    const lines = text.split("\n");
    const others = (given.get(name) ?? "").split("\n");
    const place = lines.findIndex((line, index) => line !== others[index]);
    if (place < 0 && lines.length === others.length) return [];
    return [`${name}: line ${place + 1}\n  ${lines[place]}\n  ${others[place]}`];
  });
}
