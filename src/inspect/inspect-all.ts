// What the commands that look at whole roots share: choose the roots, refuse files inside them, inspect each.
import type { UnreadableReport } from "../contract/scan.ts";
import { checkOutsideRoots } from "../output/outside-roots.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { type ChosenRoot, chooseRoots, type RootChoice } from "./choose-roots.ts";
import type { ContentVerification } from "./content/verify-content.ts";
import { type ReadRoot, type RootInspection, readRoot } from "./inspect-root.ts";
import type { InspectOptions } from "./root-reading.ts";

/** What the command line says about reading. */
export interface ReadingOptions extends RootChoice, Pick<InspectOptions, "allowEmpty" | "jobs" | "platforms"> {
  readonly registry: keyof typeof RULES;
}

/** What a command needs to be read beyond what all of them do. */
export interface Needs
  extends Pick<
    InspectOptions,
    "servedBy" | "hashConfigs" | "tagTimes" | "tagHistory" | "folders" | "staleUploadAge" | "fingerprint" | "index"
  > {
  /** Globs; empty for every repository, which a garbage collection sees too. */
  readonly repositories: readonly string[];
  /** Verifies the content of the blobs, once all roots were read, before any is judged. */
  readonly content?: ContentVerification | undefined;
}

/** Content takes far longer than all else, and is to be read with less than 300 MB: each thread takes 12 MB. */
const MOST_THREADS_BEFORE_CONTENT = 12;

const LEAST: Needs = {
  repositories: [],
  tagTimes: false,
  tagHistory: false,
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
  const storageFs = terminal.fs;
  const { chosen, unreadable } = chooseRoots(storageFs, options);
  const paths = chosen.map(({ root }) => root.path);
  await checkOutsideRoots(outputs, paths, terminal.user);
  const several = chosen.length > 1;
  const read = (choice: ChosenRoot) => {
    const prefix = several ? `${choice.root.name}: ` : "";
    const reading = {
      ...options,
      rules: RULES[options.registry],
      now: startedAt,
      ownUid: terminal.user.uid,
      resourceUsage: terminal.resourceUsage,
      systemMemory: terminal.systemMemory,
      mostThreads: options.content && MOST_THREADS_BEFORE_CONTENT,
      wholeRoot: options.repositories.length === 0,
    };
    return readRoot(storageFs, choice, reading, (phase, ...rest) => terminal.progress(`${prefix}${phase}`, ...rest));
  };
  const inspections = await inspectEach(storageFs, chosen, read, options.content, terminal);
  terminal.clearProgress();
  for (const { root, index } of inspections) {
    if (index?.use.isUnexpected) terminal.warn(`--index: ${root.path}: ${index.use.reason}; all was read`);
  }
  const outside = unreadable.map(({ path, error }) => ({ root: "", path, error }));
  const inside = inspections.flatMap((inspection) =>
    inspection.unreadable.map((entry) => ({ root: inspection.root.name, ...entry })),
  );
  const all = [...outside, ...inside];
  if (all.length > 0) terminal.warn(incompleteLine(all));
  return { inspections, unreadable: all };
}

/** Where content is verified, all roots are read before: whose turn it is goes by the blobs of them all. */
async function inspectEach(
  storageFs: StorageFs,
  chosen: readonly ChosenRoot[],
  read: (choice: ChosenRoot) => Promise<ReadRoot>,
  content: ContentVerification | undefined,
  { progress }: Terminal,
): Promise<RootInspection[]> {
  const inspections: RootInspection[] = [];
  const open: ReadRoot[] = [];
  try {
    for (const choice of chosen) {
      const root = await read(choice);
      open.push(root);
      if (content === undefined) inspections.push(await root.judge());
    }
    if (content === undefined) return inspections;
    const targets = open.map((root) => root.content);
    await content.verify(storageFs, targets, progress);
    for (const root of open) inspections.push(await root.judge());
    return inspections;
  } finally {
    for (const root of open) await root.close();
  }
}

function incompleteLine([first, ...others]: readonly UnreadableReport[]): string {
  const { root, path, error } = first!;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `incomplete: ${root === "" ? path : `${root}/${path}`}: ${error}${more}`;
}
