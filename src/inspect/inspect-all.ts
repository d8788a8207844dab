// What the commands that look at whole roots share: choose the roots, refuse files inside them, inspect each.
import type { UnreadableReport } from "../contract/scan.ts";
import { checkOutsideRoots } from "../output/outside-roots.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import { throttled } from "../scan/fs/throttled-fs.ts";
import { chooseRoots, type RootChoice } from "./choose-roots.ts";
import { inspectRoot, type RootInspection } from "./inspect-root.ts";
import type { InspectOptions } from "./root-reading.ts";

/** What the command line says about reading. */
export interface ReadingOptions extends RootChoice, Pick<InspectOptions, "allowEmpty" | "jobs" | "platforms"> {
  readonly registry: keyof typeof RULES;
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops: number | undefined;
}

/** What a command needs to be read beyond what all of them do. */
export interface Needs
  extends Pick<
    InspectOptions,
    | "servedBy"
    | "hashConfigs"
    | "verifyContent"
    | "tagTimes"
    | "tagHistory"
    | "everyFolder"
    | "staleUploadAge"
    | "fingerprint"
  > {
  /** Globs; empty for every repository, which a garbage collection sees too. */
  readonly repositories: readonly string[];
}

const LEAST: Needs = {
  repositories: [],
  verifyContent: false,
  tagTimes: false,
  tagHistory: false,
  everyFolder: false,
  staleUploadAge: Number.POSITIVE_INFINITY,
};

export interface InspectedRoots {
  readonly inspections: readonly RootInspection[];
  /** What could not be read while looking for roots, and in them. */
  readonly unreadable: readonly UnreadableReport[];
}

/** `startedAt` in milliseconds since 1970; `outputs` are files that the command is going to write, by the option that named each. */
interface InspectingRun {
  readonly startedAt: number;
  readonly outputs: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** Throws a UsageError before any root is read: for the paths, names, globs and output files that were given. */
export async function inspectAll(
  given: Omit<ReadingOptions, "repositories">,
  needs: Partial<Needs>,
  { startedAt, outputs, terminal }: InspectingRun,
): Promise<InspectedRoots> {
  const options = { ...given, ...LEAST, ...needs };
  const storageFs = options.maxIops === undefined ? terminal.fs : throttled(terminal.fs, options.maxIops);
  const { chosen, unreadable } = chooseRoots(storageFs, options);
  const paths = chosen.map(({ root }) => root.path);
  await checkOutsideRoots(outputs, paths, terminal.user);
  const inspections: RootInspection[] = [];
  for (const choice of chosen) {
    const prefix = chosen.length > 1 ? `${choice.root.name}: ` : "";
    inspections.push(
      await inspectRoot(
        storageFs,
        choice,
        {
          ...options,
          rules: RULES[options.registry],
          now: startedAt,
          ownUid: terminal.user.uid,
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
