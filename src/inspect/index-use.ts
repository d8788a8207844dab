// Whether an index of what an earlier run read may be used for a root, and by when its evidence was read.
import { randomInt } from "node:crypto";
import type { Evidence } from "../contract/run.ts";
import type { PlacedRoot, StoredIndex } from "../facts/indexed-root.ts";
import type { FileCounts, MemoryOptions } from "../facts/memory.ts";
import type { RootIndexData } from "../facts/root-index.ts";
import { BLOBS, REPOSITORIES, STORAGE } from "../layout/paths.ts";
import type { Rules } from "../registry/rules.ts";
import { settlingTime } from "../scan/fs/change-times.ts";
import { identityOf, type StorageFs, statPath } from "../scan/fs/storage-fs.ts";

/** What may be a volume of its own, and takes all that was read with it when it goes. */
export const VOLUMES = [STORAGE, REPOSITORIES, BLOBS, `${BLOBS}/sha256`];

const DAY = 86_400_000;

/** An index as an option asks for it. */
export interface IndexUse {
  /** What the file holds; else why nothing is taken from it, as a fragment of a sentence. */
  readonly earlier: StoredIndex | string;
  /** Whether a new one is to be written. */
  readonly isWritten: boolean;
  /** After how many runs, or days, all is read again. */
  readonly fullEvery: number;
}

/** How the index is used for one root. */
export interface RootIndexUse {
  readonly memory: MemoryOptions;
  /** When the run began that the index is of (milliseconds since 1970); undefined where all is read. */
  readonly takenFrom: number | undefined;
  /** When the run began that last read all, and how many have not since, this one included. */
  readonly fullReadAt: number;
  readonly runs: number;
  /** Why all is read; undefined where it is not. */
  readonly reason: string | undefined;
  /** Whether somebody should know that reason: the index is there, and not what was expected. */
  readonly isUnexpected: boolean;
  /** What tells the root's directories from all others. */
  readonly identities: readonly string[];
}

interface Reading {
  /** Milliseconds since 1970: when this run began. */
  readonly now: number;
  readonly rules: Pick<Rules, "registry">;
}

/** `path` is the root's. */
export function indexUseOf(storageFs: StorageFs, path: string, use: IndexUse, reading: Reading): RootIndexUse {
  const { earlier, isWritten } = use;
  const identities = VOLUMES.map((volume) => identityOf(storageFs, `${path}/${volume}`));
  const known = typeof earlier === "string" ? undefined : earlier.roots.find((root) => root.path === path);
  const settledBefore = isWritten ? settledTimes(storageFs, path, reading.now) : undefined;
  const isUntold = settledBefore?.size === 0;
  const [reason, isUnexpected] = isUntold
    ? [UNTOLD, true]
    : (refusal(use, known, identities, reading) ?? [undefined, false]);
  const full = { takenFrom: undefined, fullReadAt: reading.now, runs: 0 };
  const taken = known && { takenFrom: known.startedAt, fullReadAt: known.fullReadAt, runs: known.runs + 1 };
  const index = reason === undefined && typeof earlier === "object" ? dataOf(known!, earlier.buffer) : undefined;
  return {
    memory: { index, seed: index?.seed ?? randomInt(2 ** 32), settledBefore },
    ...(index === undefined ? full : taken!),
    reason,
    isUnexpected,
    identities,
  };
}

const UNTOLD = "the root is on a file system whose change times cannot be relied on";

/** Why nothing is taken from the index, and whether that is unexpected; undefined where it may be used. */
function refusal(
  { earlier, isWritten, fullEvery }: IndexUse,
  known: PlacedRoot | undefined,
  identities: readonly string[],
  { now, rules }: Reading,
): readonly [reason: string, isUnexpected: boolean] | undefined {
  if (typeof earlier === "string") return [earlier, false];
  if (known === undefined) return ["the index is of other roots", true];
  if (known.registry !== rules.registry) return [`the index is about registry ${known.registry}`, true];
  if (known.identities.join("\n") !== identities.join("\n")) {
    return ["the root's directories are not those that the index is of", true];
  }
  if (known.startedAt > now) return ["the index is from the future: a clock was set back", true];
  if (isWritten && known.runs + 1 >= fullEvery) return [`all is read every ${fullEvery} runs`, false];
  if (now - known.fullReadAt >= fullEvery * DAY) return [`all is read every ${fullEvery} days`, false];
  return undefined;
}

/** By device, as MemoryOptions has it; empty where no directory of the root is on a file system that can be relied on. */
function settledTimes(storageFs: StorageFs, root: string, now: number): Map<number, number> {
  const times = new Map<number, number>();
  for (const volume of VOLUMES) {
    const { stat } = statPath(storageFs, `${root}/${volume}`);
    const settling = stat && settlingTime(storageFs, `${root}/${volume}`);
    if (settling !== undefined) times.set(stat!.dev, now - settling);
  }
  return times;
}

function dataOf({ parts, seed, platforms }: PlacedRoot, buffer: SharedArrayBuffer): RootIndexData {
  return { buffer, parts, seed, platforms };
}

/** What a report says of a root's evidence. */
export function evidenceOf(
  { takenFrom, fullReadAt, reason }: RootIndexUse,
  counts: { readonly taken: FileCounts; readonly read: FileCounts },
): Evidence {
  return {
    readAllAt: new Date(fullReadAt).toISOString(),
    indexOf: takenFrom === undefined ? null : new Date(takenFrom).toISOString(),
    taken: { ...counts.taken },
    read: { ...counts.read },
    reason: reason ?? null,
  };
}
