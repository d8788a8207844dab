// The pieces of work that reading a root is made of: what one thread does at a time. Tasks and their results are plain
// data, so that they can cross to a worker thread and back.

import type { ClosedPath, RegistryUser } from "../../facts/closed.ts";
import type { BlobFacts, ContentFacts, ManifestFacts, Unreadable } from "../../facts/facts.ts";
import type { PackedDigests } from "../../facts/packed-digests.ts";
import type { ManifestReading } from "../../layout/manifest.ts";
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
  /** Whether to hash every blob, not manifests and configs alone. */
  readonly verifyContent: boolean;
  /** How the registry reads manifests. */
  readonly manifests: ManifestReading;
  /** Who serves the registry: what that user may not read is noted. Undefined where all is readable, as for root. */
  readonly judgedAs?: RegistryUser | undefined;
}

export type Task =
  | { readonly kind: "blobs"; readonly shard: BlobShard }
  | { readonly kind: "repositories"; readonly names: readonly string[] }
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

export interface TaskResults {
  readonly blobs: BlobFacts;
  readonly repositories: readonly RepositoryStart[];
  readonly piece: PieceFacts;
  readonly manifests: ManifestFacts;
  readonly contents: ContentFacts;
}
export type TaskResult = TaskResults[keyof TaskResults];

export interface TaskDone<Result = TaskResult> {
  readonly result: Result;
  /** What of all that was read the registry's user may not read. */
  readonly closed: readonly ClosedPath[];
  /** What could not be looked at to tell. */
  readonly notJudged: readonly Unreadable[];
}

/** Does one task on the storage root at `root`. */
export function performTask(storageFs: StorageFs, root: string, task: Task, options: ReadOptions): TaskDone {
  const { judgedAs } = options;
  if (judgedAs === undefined) return { result: resultOf(storageFs, root, task, options), closed: [], notJudged: [] };
  const judge = new Judge(storageFs, root, judgedAs);
  const result = resultOf(judging(storageFs, judge), root, task, options);
  return { result, closed: judge.closed, notJudged: judge.unreadable };
}

function resultOf(storageFs: StorageFs, root: string, task: Task, options: ReadOptions): TaskResult {
  switch (task.kind) {
    case "blobs":
      return readBlobShard(storageFs, root, task.shard, options);
    case "repositories":
      return task.names.map((name) => readRepository(storageFs, root, name, options));
    case "piece":
      return readPiece(storageFs, root, task.piece, options);
    case "manifests":
      return readManifests(storageFs, root, task.digests, { sizes: task.sizes, reading: options.manifests });
    case "contents":
      return readContents(storageFs, root, task.digests, task.sizes);
  }
}
