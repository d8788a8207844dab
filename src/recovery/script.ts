// Writes the steps that need no client as a POSIX shell script, for a person to review and run. It is only text here:
// nothing of it is ever run by the program.
import { createHash } from "node:crypto";
import type { Entries } from "../facts/entries.ts";
import { blobData, STORAGE } from "../layout/paths.ts";
import { showUnprintable } from "../text/escape.ts";
import { SCRIPT_PARTS } from "./script-parts.ts";
import { escapeName, shellQuote } from "./shell-text.ts";
import { type PlanStep, type ScriptStep, scriptOrder, type UnneededStep } from "./steps.ts";

export interface ScriptRoot {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** What is there as the plan is made. */
  readonly entries: Pick<Entries, "at">;
}

export interface ScriptInput {
  readonly version: string;
  readonly roots: readonly ScriptRoot[];
  readonly steps: readonly (PlanStep | UnneededStep)[];
  /** Absolute. */
  readonly quarantine: string;
  /** What it does, for its first line. */
  readonly purpose?: string;
}

/** The script in pieces. The same plan of the same disk gives the same script. */
export function* renderScript({ version, roots, steps, quarantine, purpose }: ScriptInput): Generator<string> {
  const ordered = scriptOrder(steps);
  const rootByName = new Map(roots.map((root, index) => [root.name, { ...root, number: index + 1 }]));
  const calls = [...renderSteps(ordered, rootByName)];
  const { start, ...parts } = SCRIPT_PARTS;
  yield "#!/bin/sh\n";
  const does = purpose ?? "Fixes storage roots of a registry";
  yield `# ${does}, as regfsck ${version} planned it. Read it before you run it.\n`;
  for (const { name, path } of roots) yield `#   ${showUnprintable(name)}: ${showUnprintable(path)}\n`;
  yield partText(start!);
  // The quarantine of one plan is not another's.
  const identities = roots.map(({ path, entries }) => `${path}\0${entries.at("").identity}\0`);
  const id = createHash("sha256").update([version, ...identities, ...calls].join(""));
  yield `plan=${id.digest("hex").slice(0, 16)}\n`;
  yield `unescape ${word(quarantine)}\nquarantine=$text\n`;
  for (const part of Object.values(parts)) yield `\n${partText(part)}`;
  yield "\ncheck_tools\n";
  for (const [index, { name, path, entries }] of roots.entries()) {
    const number = index + 1;
    const use = ordered.some(({ root }) => root === name) ? "changed" : "copied";
    yield `unescape ${word(path)}\nroot${number}=$text\n`;
    yield `check_root "$root${number}" ${shellQuote(entries.at("").identity)} ${word(name)} ${STORAGE} ${use}\n`;
  }
  yield "begin\n\n";
  yield* calls;
  yield "\nfinish\n";
}

/** Without the line that is for shellcheck alone. */
function partText(part: string): string {
  return part.replace(/^# shellcheck shell=.*\n/, "");
}

function word(name: string): string {
  return shellQuote(escapeName(name));
}

interface NumberedRoot extends ScriptRoot {
  readonly number: number;
}

function* renderSteps(ordered: readonly ScriptStep[], roots: ReadonlyMap<string, NumberedRoot>): Generator<string> {
  const moved = new MovedPaths(ordered);
  for (const [index, step] of ordered.entries()) {
    const root = roots.get(step.root)!;
    const place = `${word(root.path)} "$root${root.number}" ${shellQuote(root.entries.at("").identity)}`;
    const identities = identitiesOf(step, root.entries, moved);
    const call = [step.kind, ...argumentsOf(step, moved, roots)].join(" ");
    yield `step ${index + 1} ${place} ${word(step.path)} \\\n  ${identities} \\\n`;
    yield `  ${shellQuote(showUnprintable(step.message))} \\\n  ${call}\n`;
  }
}

/**
 * What was seen at each part of the step's path, for `locate` in script/walk.sh: the identity of a folder on the way, `@` and
 * that of the entry that the step is about, `-` where nothing is, and `~` from where an earlier step moves something away.
 */
function identitiesOf(step: ScriptStep, entries: Pick<Entries, "at">, moved: MovedPaths): string {
  const parts = step.path.split("/");
  const seen: string[] = [];
  let mark = "";
  for (let end = 1; end <= parts.length; end++) {
    const path = parts.slice(0, end).join("/");
    if (mark === "" && moved.isMovedBefore(step, path)) mark = "~";
    const { type, identity } = mark === "" ? entries.at(path) : { type: "absent", identity: "" };
    if (mark === "" && identity === "") mark = "-";
    const isOnTheWay = type === "folder" && end < parts.length;
    seen.push(mark || (isOnTheWay ? identity : `@${identity}`));
    // Below what is no folder there is nothing.
    if (!isOnTheWay) mark ||= "-";
  }
  return shellQuote(seen.join("/"));
}

function* argumentsOf(
  step: ScriptStep,
  moved: MovedPaths,
  roots: ReadonlyMap<string, NumberedRoot>,
): Generator<string> {
  switch (step.kind) {
    case "clean":
      yield step.reason;
      yield shellQuote(step.content ?? step.digest ?? "");
      yield word(step.reason === "orphan-link" && step.content !== undefined ? blobData(step.content) : "");
      break;
    case "copy":
      yield shellQuote(step.digest);
      yield String(step.size);
      yield `"$root${roots.get(step.from)!.number}"`;
      break;
    case "folder":
      break;
    case "unneeded":
      yield shellQuote(step.content);
      yield word(step.beside);
      yield String(step.since);
      break;
    case "relink":
      yield shellQuote(step.content);
      yield shellQuote(step.before);
      yield word(step.blob.path);
      yield String(step.blob.size);
      yield step.blob.hash ? "hash" : "size";
      yield moved.isCopied(step.root, step.blob.path) ? "pending" : "now";
      break;
  }
}

/** What the steps before a step change, so that a dry run does not miss it. */
class MovedPaths {
  readonly #moved = new Map<string, ScriptStep>();
  readonly #copied = new Set<string>();

  constructor(steps: readonly ScriptStep[]) {
    for (const step of steps) {
      const key = `${step.root}\0${step.path}`;
      if (step.kind === "clean") this.#moved.set(key, step);
      if (step.kind === "copy") this.#copied.add(key);
    }
  }

  /** Whether another step moves away what is at this path, on the way to the step's own. */
  isMovedBefore(step: ScriptStep, path: string): boolean {
    const by = this.#moved.get(`${step.root}\0${path}`);
    return by !== undefined && by !== step;
  }

  isCopied(root: string, path: string): boolean {
    return this.#copied.has(`${root}\0${path}`);
  }
}
