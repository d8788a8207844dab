// What is measured: regfsck, and what else one could do with a storage root in the same time.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "./measure.ts";

const registry = "/usr/bin/docker-registry";
const limitSource = fileURLToPath(new URL("./limit.c", import.meta.url));
const limitThreads = 2;

/** How a command is made for one root. */
export interface Candidate {
  name: string;
  make(root: string): Command;
}

export interface Candidates {
  candidates: Candidate[];
  /** One line for each command that cannot run on this machine. */
  leftOut: string[];
}

/** @param program path of the built `cli.js`. @param scratch folder for a compiled program and a configuration. */
export function standardCommands(program: string, scratch: string): Candidates {
  const candidates: Candidate[] = [];
  const leftOut: string[] = [];
  const node = process.execPath;
  if (existsSync(program)) {
    candidates.push({
      name: "scan",
      make: (root) => regfsck([node, program, "scan", root, "--format", "json"], "scan"),
    });
    if (knowsForecast(program)) {
      const flags = ["--delete-untagged", "--format", "json"];
      const make = (root: string) => regfsck([node, program, "forecast", root, ...flags], "forecast");
      candidates.push({ name: "forecast", make });
    } else leftOut.push("forecast: the built program does not have it");
  } else leftOut.push("scan, forecast: the program is not built (npm run build)");

  if (existsSync(program)) {
    // The second finds the index that the first has written.
    const night = (name: string, every: string) => ({
      name,
      make: (root: string) => {
        const index = join(scratch, "night.index");
        const argv = ["--index", index, "--index-full-every", every, "--format", "json"];
        const label = `regfsck scan <root> --index <file>, ${name.replace("-", " ")}`;
        return { ...regfsck([node, program, "scan", root, ...argv], "scan"), name, label };
      },
    });
    candidates.push(night("night-1", "1"), night("night-2", "1000000"));
  }

  const limit = compileLimit(scratch);
  if (limit === null) leftOut.push("limit: no C compiler (cc)");
  else {
    const label = `same system calls in C, ${limitThreads} threads`;
    const make = (root: string) => ({
      name: "limit",
      label,
      argv: [limit, root, String(limitThreads)],
      goodExits: [0, 4],
    });
    candidates.push({ name: "limit", make });
    const stats = (root: string) => {
      const command = make(root);
      return { ...command, name: "limit-stat", label: `${label}, stats alone`, argv: [...command.argv, "stat"] };
    };
    candidates.push({ name: "limit-stat", make: stats });
  }
  const findArgv = (root: string) => ["find", root, "-type", "f"];
  const find = (root: string) => ({ name: "find", label: "find <root> -type f", argv: findArgv(root), goodExits: [0] });
  candidates.push({ name: "find", make: find });
  if (existsSync(registry)) {
    candidates.push({ name: "gc", make: (root) => collect(root, scratch, "gc", ["--dry-run"], 3) });
    candidates.push({ name: "gc-m", make: (root) => collect(root, scratch, "gc-m", ["--dry-run", "-m"], 1) });
  } else leftOut.push("gc, gc-m: docker-registry is not installed");
  return { candidates, leftOut };
}

/** A stand-in or an addition from `--command name=command line`, in which `{root}` is the root; run by `sh`. */
export function customCommand(definition: string): Candidate {
  const [, name, line] = /^([\w-]+)=(.+)$/.exec(definition) ?? [];
  if (name === undefined || line === undefined) throw new Error(`--command: name=command line, not "${definition}"`);
  const shellLine = `exec ${line.replaceAll("{root}", '"$1"')}`;
  const label = line.replaceAll("{root}", "<root>");
  return { name, make: (root) => ({ name, label, argv: ["sh", "-c", shellLine, "sh", root], goodExits: [0, 4] }) };
}

// 4 is "complete, with findings": the work was done.
function regfsck([node, program, ...args]: string[], name: string): Command {
  const label = ["regfsck", name, "<root>", ...args.slice(2)].join(" ");
  return { name, label, argv: [node!, program!, ...args], goodExits: [0, 4] };
}

function collect(root: string, scratch: string, name: string, flags: string[], mostRuns: number): Command {
  const file = join(scratch, "registry.yml");
  const storage = { filesystem: { rootdirectory: root }, delete: { enabled: true } };
  // JSON is YAML; with a log the program would write a line a blob twice.
  writeFileSync(file, JSON.stringify({ version: "0.1", log: { level: "error" }, storage }));
  const label = `registry garbage-collect ${flags.join(" ")}`;
  return { name, label, argv: [registry, "garbage-collect", ...flags, file], goodExits: [0], mostRuns };
}

// The exit code does not tell: `--help` after an unknown command gives the general help, and 0.
function knowsForecast(program: string): boolean {
  const help = spawnSync(process.execPath, [program, "forecast", "--help"], { encoding: "utf8" });
  return help.stdout.startsWith("Usage: regfsck forecast");
}

function compileLimit(scratch: string): string | null {
  const program = join(scratch, "limit");
  const compiled = spawnSync("cc", ["-O2", "-pthread", "-o", program, limitSource], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return compiled.status === 0 ? program : null;
}
