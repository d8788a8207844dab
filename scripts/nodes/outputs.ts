// What the built program prints and how it exits, by every command over every fixture, without what no two runs share.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const COMMANDS = ["scan", "forecast", "forecast -m", "gate", "gate -m", "usage", "plan", "scan --verify-content"];
const FORMATS = ["json", "text"];

/** By `<command> <format> <fixture>`: the exit code, what is printed, and what is said on standard error. */
export type Outputs = ReadonlyMap<string, string>;

/** A copy of the fixtures, and of a root whose shard is a file, for all versions to read: reports hold paths and times. */
export function copyFixtures(): string {
  const folder = mkdtempSync(join(tmpdir(), "nodes-"));
  cpSync(FIXTURES, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  replaceShard(folder);
  return folder;
}

/** The outputs of the program by one `node`, over the roots and base folders in a folder. */
export async function outputsOf(node: string, folder: string): Promise<Outputs> {
  const roots = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const runs = roots.flatMap(({ name }) =>
    COMMANDS.flatMap((command) => FORMATS.map((format) => ({ name, command, format }))),
  );
  const outputs = new Map<string, string>();
  const lane = async () => {
    for (let next = runs.shift(); next; next = runs.shift()) {
      const { name, command, format } = next;
      const args = [...command.split(" "), "--format", format, name];
      outputs.set(`${command} ${format} ${name}`, await output(node, args, folder));
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

function output(node: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, TZ: "UTC" };
  return new Promise((resolve) => {
    const child = execFile(node, [PROGRAM, ...args], { cwd, env, maxBuffer: 1 << 28 }, (_, stdout, stderr) => {
      resolve(`exit ${child.exitCode}\n${lasting(stdout)}\n${stderr}`);
    });
  });
}

/** Without the number of the run, when it began and how long it took. */
function lasting(text: string): string {
  return text
    .replaceAll(/"(runId|startedAt)": ?"[^"]*"/g, '"$1": ""')
    .replaceAll(/"durationMs": ?[\d.]+/g, '"durationMs": 0')
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
