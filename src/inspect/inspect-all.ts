// What the commands that look at whole roots share: choose the roots, refuse files inside them, inspect each.
import type { UnreadableReport } from "../contract/scan.ts";
import type { Terminal } from "../output/terminal.ts";
import { checkOutsideRoots } from "../output/whole-file.ts";
import { throttled } from "../scan/fs/throttled-fs.ts";
import { chooseRoots, type RootChoice } from "./choose-roots.ts";
import { inspectRoot, type RootInspection } from "./inspect-root.ts";
import type { InspectOptions } from "./root-reading.ts";

export interface InspectAllOptions extends RootChoice, Omit<InspectOptions, "now" | "wholeRoot" | "resourceUsage"> {
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops?: number | undefined;
  /** Files that the command is going to write, by the option that named each. */
  readonly outputs: Readonly<Record<string, string | undefined>>;
}

export interface InspectedRoots {
  readonly inspections: readonly RootInspection[];
  /** What could not be read while looking for roots, and in them. */
  readonly unreadable: readonly UnreadableReport[];
}

/** Throws a UsageError before any root is read: for the paths, names, globs and output files that were given. */
export async function inspectAll(
  options: InspectAllOptions,
  startedAt: number,
  terminal: Terminal,
): Promise<InspectedRoots> {
  const storageFs = options.maxIops === undefined ? terminal.fs : throttled(terminal.fs, options.maxIops);
  const { chosen, unreadable } = chooseRoots(storageFs, options);
  const paths = chosen.map(({ root }) => root.path);
  for (const [option, file] of Object.entries(options.outputs)) {
    if (file !== undefined) checkOutsideRoots(option, file, paths);
  }
  const inspections: RootInspection[] = [];
  for (const choice of chosen) {
    const prefix = chosen.length > 1 ? `${choice.root.name}: ` : "";
    inspections.push(
      await inspectRoot(
        storageFs,
        choice,
        {
          ...options,
          now: startedAt,
          resourceUsage: terminal.resourceUsage,
          wholeRoot: options.repositories.length === 0,
        },
        (phase, done, total) => terminal.progress(`${prefix}${phase}`, done, total),
      ),
    );
  }
  terminal.clearProgress();
  const outside = unreadable.map(({ path, error }) => ({ root: "", path, error }));
  const inside = inspections.flatMap((inspection) =>
    inspection.unreadable.map((entry) => ({ root: inspection.root.name, ...entry })),
  );
  const all = [...outside, ...inside];
  if (all.length > 0) terminal.warn(incompleteLine(all));
  return { inspections, unreadable: all };
}

function incompleteLine([first, ...others]: readonly UnreadableReport[]): string {
  const { root, path, error } = first!;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `incomplete: ${root === "" ? path : `${root}/${path}`}: ${error}${more}`;
}
