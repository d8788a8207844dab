// One root from disk to findings: read it, check it, and read again what the findings rest on until it stands still.
import { setTimeout as sleep } from "node:timers/promises";
import type { CauseContext } from "../causes/cause.ts";
import { findCauses, findRuin, type RootCauses } from "../causes/index.ts";
import type { CheckContext } from "../checks/context.ts";
import { checkContext } from "../checks/context.ts";
import { RootFindings } from "../checks/root-findings.ts";
import { DiskState, type NamespaceFacts, type Unreadable } from "../facts/facts.ts";
import type { NextIndex } from "../graph/next-index.ts";
import { RootGraph } from "../graph/root-graph.ts";
import { STORAGE } from "../layout/paths.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { entriesOf, isThere, listNames, type StorageFs, statPath } from "../scan/fs/storage-fs.ts";
import type { Progress } from "../scan/reader.ts";
import type { ChosenRoot } from "./choose-roots.ts";
import type { ContentTarget } from "./content/verify-content.ts";
import { forgetRefuted } from "./forget-refuted.ts";
import { evidenceOf, type RootIndexUse } from "./index-use.ts";
import { mountDoubts } from "./mount-doubts.ts";
import { type InspectOptions, RootReading } from "./root-reading.ts";

export interface RootInspection extends RootCauses {
  readonly root: StorageRoot;
  readonly namespace: NamespaceFacts;
  /** How the index was used, and what the next one is to hold; undefined where there is none. */
  readonly index?: { readonly use: RootIndexUse; readonly next: NextIndex };
  /** As of before it was read; undefined where it was not asked for. */
  readonly fingerprint?: string;
  /** Whether blobs/ is there at all. */
  readonly hasBlobStore: boolean;
  readonly context: CheckContext;
  readonly findings: RootFindings;
  readonly unreadable: readonly Unreadable[];
}

/** From so many findings on it is asked first whether one event explains them all, rather than each looked at again. */
const MANY = 1000;
/** How long to wait before a finding's proof is read again (ms); what moves each time counts as unsettled. */
const PAUSES = [50, 200, 500, 1000, 2000];

/** A root that was read and not judged yet. */
export interface ReadRoot {
  /** What is to be known to verify its content, before it is judged. */
  readonly content: ContentTarget;
  /** Checks what was read. */
  judge(): Promise<RootInspection>;
  /** To be called in the end, whatever came of it. */
  close(): Promise<void>;
}

/** Reads the chosen repositories of one root, and all of its blob store. */
export async function readRoot(
  storageFs: StorageFs,
  chosen: ChosenRoot,
  options: InspectOptions,
  progress: Progress,
): Promise<ReadRoot> {
  const { root, namespace, names } = chosen;
  const reading = new RootReading(storageFs, root, namespace, options, progress);
  try {
    // What moves while the root is read shows too, when the fingerprint is compared.
    const taken = options.fingerprint ? { fingerprint: reading.fingerprint() } : {};
    await reading.readAll(names);
    return {
      content: reading.contentTarget(),
      judge: async () => ({ ...(await judge(storageFs, reading, chosen, options)), ...taken }),
      close: () => reading.close(),
    };
  } catch (error) {
    await reading.close();
    throw error;
  }
}

/** Reads and checks the chosen repositories of one root. */
export async function inspectRoot(
  storageFs: StorageFs,
  chosen: ChosenRoot,
  options: InspectOptions,
  progress: Progress,
): Promise<RootInspection> {
  const read = await readRoot(storageFs, chosen, options, progress);
  try {
    return await read.judge();
  } finally {
    await read.close();
  }
}

async function judge(
  storageFs: StorageFs,
  reading: RootReading,
  { root, namespace, names }: ChosenRoot,
  options: InspectOptions,
): Promise<RootInspection> {
  noteWhatIsMissing(reading, names, options);
  const isRuined = (found: RootFindings) => {
    return options.wholeRoot && findRuin(causeContext(storageFs, root, found, []))?.stillHolds?.() === true;
  };
  const { findings, unsettled } = await settle(reading, isRuined);
  if (!reading.isStillThere()) return wentAway(root, namespace, options);
  for (const path of unsettled) reading.note({ path, error: "kept changing while it was read" });
  const { graph, pull } = findings.context;
  const { index, nextIndex } = reading;
  if (index?.memory.index && options.index?.isWritten) {
    forgetRefuted(storageFs, root, reading, index.memory.seed, nextIndex);
  }
  const doubts = options.wholeRoot ? [...mountDoubts(namespace, graph, pull)] : [];
  for (const doubt of doubts) reading.note(doubt);
  const settled = findings.settled(unsettled, reading.unreadable().length === 0);
  const unmounted = doubts.map(({ path }) => path);
  const causes = options.wholeRoot
    ? findCauses(causeContext(storageFs, root, settled, unmounted), root.name)
    : NO_CAUSES;
  const { unread } = causes;
  if (unread && !reading.missing.includes(unread.path)) reading.note({ path: unread.path, error: unread.error });
  return {
    root: index === undefined ? root : { ...root, evidence: evidenceOf(index, nextIndex) },
    ...(index && { index: { use: index, next: nextIndex } }),
    namespace,
    hasBlobStore: reading.hasBlobStore,
    context: findings.context,
    findings: unread?.ruins ? RootFindings.none(findings.context) : settled,
    unreadable: reading.unreadable(),
    ...causes,
  };
}

const NO_CAUSES: RootCauses = { causes: [], unread: undefined };

function causeContext(
  storageFs: StorageFs,
  root: StorageRoot,
  findings: RootFindings,
  unmounted: readonly string[],
): CauseContext {
  const { graph, pull } = findings.context;
  const disk = {
    modifiedAt: (path: string) => statPath(storageFs, `${root.path}/${path}`).stat?.mtimeMs,
    has: (path: string) => isThere(storageFs, `${root.path}/${path}`),
    names: (path: string) => {
      const listing = listNames(storageFs, `${root.path}/${path}`);
      return listing.state === DiskState.ok || listing.state === DiskState.absent ? entriesOf(listing) : undefined;
    },
  };
  return { path: root.path, kind: root.kind, graph, pull, findings, disk, unmounted };
}

/** An empty root is most often one whose volume is not mounted. */
function noteWhatIsMissing(reading: RootReading, names: readonly string[], options: InspectOptions): void {
  const isEmpty = options.wholeRoot && names.length === 0 && reading.isStoreEmpty();
  if (!isEmpty) {
    for (const path of reading.missing) reading.note({ path, error: "missing" });
    return;
  }
  // An empty root is one whose folders are empty, not one whose folders are something else.
  reading.noteWhatIsNotDirectory();
  if (options.allowEmpty) return;
  const error = "no repositories and no blobs (is the volume mounted? --allow-empty accepts it)";
  reading.note({ path: STORAGE, error });
}

/**
 * Checks what was read, and reads again what the findings rest on, until nothing moves or patience ends. `isRuined`: whether
 * one event makes them all worth nothing, as another look at the disk says too.
 */
async function settle(reading: RootReading, isRuined: (findings: RootFindings) => boolean) {
  let findings = RootFindings.find(reading.context());
  let unsettled: ReadonlySet<string> = new Set();
  for (const [round, pause] of PAUSES.entries()) {
    if (findings.total >= MANY) {
      await sleep(pause);
      if (isRuined(findings)) return { findings, unsettled: new Set<string>() };
    }
    const moved = await reading.whatMoved(findings, pause);
    unsettled = moved.paths;
    // What the last round sees is no longer taken in: what is reported is one reading, without what moved since.
    if (unsettled.size === 0 || round === PAUSES.length - 1) break;
    await reading.takeIn(moved);
    findings = RootFindings.find(reading.context());
  }
  return { findings, unsettled };
}

/** Nothing of a root whose storage went away while it was read: what was missed then was not deleted. */
function wentAway(root: StorageRoot, namespace: NamespaceFacts, { rules }: InspectOptions): RootInspection {
  const context = checkContext(root, new RootGraph(), rules);
  const error = "went away while it was read (was the volume unmounted?)";
  const findings = RootFindings.find(context);
  const unreadable = [{ path: STORAGE, error }];
  return { root, namespace, hasBlobStore: true, context, findings, unreadable, ...NO_CAUSES };
}
