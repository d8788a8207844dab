// In which order content is verified: what was found corrupt, what is new, what tags need, and then what was verified longest
// ago.
import { DiskState } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import { taggedBlobs } from "../../graph/tagged-blobs.ts";
import type { RootContent } from "./root-content.ts";

/** A root whose content is to be verified. */
export interface OrderedRoot {
  readonly graph: RootGraph;
  readonly content: RootContent;
}

/** A blob by the number of its root and its own. */
export interface Turn {
  readonly root: number;
  readonly blob: number;
  /** When it was last verified, in seconds since 1970; 0 for never, or where it was corrupt. */
  readonly verifiedAt: number;
}

/** Those that were never verified, in the order of their turns. */
const NEVER = { corrupt: 0, newAndTagged: 1, new: 2, tagged: 3, other: 4 } as const;
/** Of one class the larger come first, by the power of two: what is small fills up what is left of a night. */
const SIZE_STEPS = 64;
const CLASSES = 5 * SIZE_STEPS;

/**
 * All blobs of these roots that this run has not hashed and found sound, one after another. What was written after `lastRun`
 * (milliseconds since 1970) is new. Those whose turn is the same go by digest, not by their numbers, which hang on what thread was
 * first. Twelve bytes a blob.
 */
export class ContentOrder {
  readonly #roots: readonly OrderedRoot[];
  /** By root: how many blobs of those before it there are. */
  readonly #firsts: readonly number[];
  /** Of these all, by root and digest: their numbers. */
  readonly #blobs: Uint32Array;
  /** Sorted; the rank is in the upper half, the blob's place in `#blobs` in the lower one. */
  readonly #ranked: BigUint64Array;
  /** What all of them hold. */
  readonly bytes: number;

  constructor(roots: readonly OrderedRoot[], lastRun: number) {
    this.#roots = roots;
    const most = roots.reduce((sum, { graph }) => sum + graph.digests.length, 0);
    const [blobs, ranked] = [new Uint32Array(most), new BigUint64Array(most)];
    let [length, bytes] = [0, 0];
    const firsts: number[] = [];
    for (const root of roots) {
      const { graph } = root;
      const tagged = taggedBlobs(graph);
      firsts.push(length);
      for (const blob of byDigest(graph, ranked.subarray(length))) {
        bytes += graph.blobSize(blob);
        const rank = rankOf(root, blob, tagged.at(blob) === 1, lastRun);
        ranked[length] = (BigInt(rank) << 32n) | BigInt(length);
        blobs[length++] = blob;
      }
    }
    this.#firsts = firsts;
    this.#blobs = blobs;
    this.#ranked = ranked.subarray(0, length).sort();
    this.bytes = bytes;
  }

  get length(): number {
    return this.#ranked.length;
  }

  /** Whose turn the n-th is. */
  at(n: number): Turn {
    const ranked = this.#ranked[n]!;
    const place = lowerHalf(ranked);
    let root = this.#firsts.length - 1;
    while (this.#firsts[root]! > place) root--;
    const verifiedAt = Math.max(0, Number(ranked >> 32n) - CLASSES);
    return { root, blob: this.#blobs[place]!, verifiedAt };
  }

  /** Its root, and how much there is to be read of it. */
  sizeOf({ root, blob }: Turn): number {
    return this.#roots[root]!.graph.blobSize(blob);
  }
}

/** The numbers of a root's blobs that are to be verified, by digest. `room` is for one entry each, and free again as they are given. */
function* byDigest(graph: RootGraph, room: BigUint64Array): Generator<number> {
  const { digests } = graph;
  let length = 0;
  for (let blob = 0; blob < digests.length; blob++) {
    if (graph.blobState(blob) !== DiskState.ok || graph.contentSound(blob) === true) continue;
    room[length++] = (BigInt(digests.word(blob, 0)) << 32n) | BigInt(blob);
  }
  const keys = room.subarray(0, length).sort();
  for (let first = 0, end = 0; first < length; first = end) {
    do end++;
    while (end < length && keys[end]! >> 32n === keys[first]! >> 32n);
    if (end - first === 1) yield lowerHalf(keys[first]!);
    else yield* Array.from(keys.subarray(first, end), lowerHalf).sort((a, b) => digests.compare(a, b));
  }
}

function lowerHalf(key: bigint): number {
  return Number(key & 0xffffffffn);
}

function rankOf({ graph, content }: OrderedRoot, blob: number, isTagged: boolean, lastRun: number): number {
  const known = content.earlier(blob);
  const isCorrupt = graph.contentSound(blob) === false || known?.isCorrupt === true;
  if (known && known.verifiedAt > 0 && !isCorrupt) return CLASSES + known.verifiedAt;
  const isNew = graph.blobModified(blob) >= lastRun;
  const never = isCorrupt
    ? NEVER.corrupt
    : isNew
      ? isTagged
        ? NEVER.newAndTagged
        : NEVER.new
      : isTagged
        ? NEVER.tagged
        : NEVER.other;
  const size = Math.min(SIZE_STEPS - 1, Math.floor(Math.log2(graph.blobSize(blob) + 1)));
  return never * SIZE_STEPS + (SIZE_STEPS - 1 - size);
}
