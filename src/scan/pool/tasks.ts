// The pieces of work that reading a root is made of: what one thread does at a time. Tasks and their results are plain
// data, so that they can cross to a worker thread and back.

import type { ClosedPath, RegistryUser } from "../../facts/closed.ts";
import type { BlobFacts, ContentFacts, ManifestFacts, Unreadable, VerifiedContent } from "../../facts/facts.ts";
import type { MemoryFacts, MemoryOptions } from "../../facts/memory.ts";
import type { PackedDigests } from "../../facts/packed-digests.ts";
import type { ManifestReading } from "../../layout/manifest.ts";
import { ContentControl } from "../content/content-control.ts";
import { ContentReading, type ContentTask } from "../content/read-content.ts";
import { FileMemory } from "../file-memory.ts";
import { Judge, judging } from "../fs/judging-fs.ts";
import type { StorageFs } from "../fs/storage-fs.ts";
import { type BlobShard, readBlobShard } from "../read-blobs.ts";
import { readContents } from "../read-contents.ts";
import { readManifests } from "../read-manifests.ts";
import {
  type PieceFacts,
  type RepositoryOptions,
  type RepositoryPiece,
  type RepositoryStart,
  readPiece,
  readRepository,
} from "../read-repository.ts";

export interface ReadOptions extends RepositoryOptions {
  /** How the registry reads manifests. */
  readonly manifests: ManifestReading;
  /** Who serves the registry: what that user may not read is noted. Undefined where all is readable, as for root. */
  readonly judgedAs?: RegistryUser | undefined;
  /** What is known of the root's files, and whether more is to be remembered; undefined where there is no index. */
  readonly memory?: MemoryOptions | undefined;
}

export type Task =
  | { readonly kind: "blobs"; readonly shard: BlobShard }
  | {
      readonly kind: "repositories";
      readonly names: readonly string[];
      /** How many links or tags are left to be a piece of work of their own. */
      readonly pieceSize: number;
    }
  | { readonly kind: "piece"; readonly piece: RepositoryPiece }
  | {
      readonly kind: "manifests";
      /** Where in the caller's list the digests begin. */
      readonly first: number;
      readonly digests: PackedDigests;
      readonly sizes: Float64Array;
    }
  /** Blobs to be hashed; as manifests. */
  | {
      readonly kind: "contents";
      readonly first: number;
      readonly digests: PackedDigests;
      readonly sizes: Float64Array;
    };

/** Content to be verified until `control` says stop. */
export interface ControlledContentTask extends ContentTask {
  readonly control: SharedArrayBuffer;
}

export interface TaskResults {
  readonly blobs: BlobFacts;
  readonly repositories: readonly RepositoryStart[];
  readonly piece: PieceFacts;
  readonly manifests: ManifestFacts;
  readonly contents: ContentFacts;
}
export type TaskResult = TaskResults[keyof TaskResults] | VerifiedContent;

export interface TaskDone<Result = TaskResult> {
  readonly result: Result;
  /** What of all that was read the registry's user may not read. */
  readonly closed: readonly ClosedPath[];
  /** What could not be looked at to tell. */
  readonly notJudged: readonly Unreadable[];
  /** What was taken from the index, and what the next one is to hold; undefined where there is none. */
  readonly memory?: MemoryFacts | undefined;
}

/** Does one task on the storage root at `root`. */
export function performTask(storageFs: StorageFs, root: string, task: Task, options: ReadOptions): TaskDone {
  const { judgedAs } = options;
  const judge = judgedAs && new Judge(storageFs, root, judgedAs);
  const seenFs = judge ? judging(storageFs, judge) : storageFs;
  const memory = options.memory && new FileMemory(seenFs, options.memory);
  const result = resultOf(seenFs, root, task, options, memory);
  return { result, closed: judge?.closed ?? [], notJudged: judge?.unreadable ?? [], memory: memory?.finish() };
}

/** Verifies content; not of the root that other tasks are about, but of the one that it names. */
export function verifyContent(storageFs: StorageFs, task: ControlledContentTask): TaskDone {
  const control = new ContentControl(task.control);
  const reading = new ContentReading(storageFs, task);
  for (const bytes of reading.steps()) {
    control.count(bytes);
    if (control.isStopped) break;
  }
  return { result: reading.result(), closed: [], notJudged: [] };
}

function resultOf(
  storageFs: StorageFs,
  root: string,
  task: Task,
  options: ReadOptions,
  memory: FileMemory | undefined,
): TaskResult {
  switch (task.kind) {
    case "blobs":
      return readBlobShard(storageFs, root, task.shard, options.folders, memory);
    case "repositories":
      return task.names.map((name) => readRepository(storageFs, root, name, options, memory, task.pieceSize));
    case "piece":
      return readPiece(storageFs, root, task.piece, options, memory);
    case "manifests":
      return readManifests(storageFs, root, task.digests, { sizes: task.sizes, reading: options.manifests, memory });
    case "contents":
      return readContents(storageFs, root, task.digests, task.sizes, memory);
  }
}
