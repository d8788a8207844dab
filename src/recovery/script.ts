// Writes the steps that need no client as a POSIX shell script, for a person to review and run. It is only text here:
// nothing of it is ever run by the program.
import { blobData, STORAGE } from "../layout/paths.ts";
import { showUnprintable } from "../text/escape.ts";
import { SCRIPT_FUNCTIONS, SCRIPT_OPTIONS, SCRIPT_START } from "./shell/index.ts";
import { shellQuote } from "./shell-quote.ts";
import { type PlanStep, type ScriptedStep, scriptOrder } from "./steps.ts";

export interface ScriptRoot {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export interface ScriptInput {
  readonly version: string;
  readonly roots: readonly ScriptRoot[];
  readonly steps: readonly PlanStep[];
  /** Absolute. */
  readonly quarantine: string;
}

/** The script in pieces. The same plan gives the same script. */
export function* renderScript({ version, roots, steps, quarantine }: ScriptInput): Generator<string> {
  const ordered = scriptOrder(steps);
  const numbers = new Map(roots.map(({ name }, index) => [name, index + 1]));
  yield "#!/bin/sh\n";
  yield `# Mends storage roots of a registry, as regfsck ${version} planned it. Read it before you run it.\n`;
  for (const { name, path } of roots) yield `#   ${showUnprintable(name)}: ${showUnprintable(path)}\n`;
  yield SCRIPT_START;
  yield `quarantine=${shellQuote(quarantine)}\n`;
  yield SCRIPT_OPTIONS;
  for (const { name, path } of roots) yield `root${numbers.get(name)}=${shellQuote(path)}\n`;
  yield SCRIPT_FUNCTIONS;
  for (const { name } of roots) {
    yield `check_root "$root${numbers.get(name)}" ${shellQuote(STORAGE)}\n`;
  }
  yield "begin\n\n";
  const moved = new MovedPaths(ordered);
  for (const [index, step] of ordered.entries()) {
    const root = `"$root${numbers.get(step.root)}"`;
    const label = showUnprintable(`${step.path}: ${step.message}`);
    const words = [...callOf(step, moved, numbers)].map(([text, isRaw]) => (isRaw ? text : shellQuote(text)));
    yield `step ${index + 1} ${shellQuote(label)} \\\n  ${words[0]} ${root} ${words.slice(1).join(" ")}\n`;
  }
  yield "\nfinish\n";
}

type Word = readonly [text: string, isRaw?: boolean];

function* callOf(step: ScriptedStep, moved: MovedPaths, numbers: ReadonlyMap<string, number>): Generator<Word> {
  yield [step.kind, true];
  yield [step.path];
  switch (step.kind) {
    case "clean":
      yield [step.reason];
      yield [step.content ?? step.digest ?? ""];
      yield [step.reason === "orphan-link" && step.content !== undefined ? blobData(step.content) : ""];
      break;
    case "copy":
      yield [step.digest];
      yield [String(step.size)];
      yield [`"$root${numbers.get(step.from)}"`, true];
      yield [moved.isAbove(step) ? "pending" : "now"];
      break;
    case "folder":
      yield [moved.isAbove(step) ? "pending" : "now"];
      break;
    case "relink":
      yield [step.content];
      yield [step.before];
      yield [step.blob.path];
      yield [String(step.blob.size)];
      yield [step.blob.hash ? "hash" : "size"];
      yield [moved.isAbove(step) ? "pending" : "now"];
      yield [moved.isCopied(step.root, step.blob.path) ? "pending" : "now"];
      break;
  }
}

/** What the steps before a step change, so that a dry run does not miss it. */
class MovedPaths {
  readonly #moved = new Set<string>();
  readonly #copied = new Set<string>();

  constructor(steps: readonly ScriptedStep[]) {
    for (const { kind, root, path } of steps) {
      if (kind === "clean") this.#moved.add(`${root}\0${path}`);
      if (kind === "copy") this.#copied.add(`${root}\0${path}`);
    }
  }

  /** Whether what stands at this path, or above it, is moved away first. */
  isAbove({ root, path }: ScriptedStep): boolean {
    for (let place = path; place !== ""; place = place.slice(0, Math.max(0, place.lastIndexOf("/")))) {
      if (this.#moved.has(`${root}\0${place}`)) return true;
    }
    return false;
  }

  isCopied(root: string, path: string): boolean {
    return this.#copied.has(`${root}\0${path}`);
  }
}
