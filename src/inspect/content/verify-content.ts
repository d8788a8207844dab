// Verifies the content of roots: as much as the budget permits, in the order of ContentOrder, and remembers what it read.
import { type ContentHistory, type LastRun, NO_HISTORY } from "../../facts/content-history.ts";
import { ContentRecord, changeMark } from "../../facts/content-record.ts";
import { ContentOutcome, DiskState, type Unreadable, type VerifiedContent } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import { parseDigest } from "../../layout/digest.ts";
import { blobData } from "../../layout/paths.ts";
import { ContentReader, type ContentReaderOptions } from "../../scan/content/content-reader.ts";
import { firstDifference } from "../../scan/content/first-difference.ts";
import type { ContentTask } from "../../scan/content/read-content.ts";
import { type StorageFs, statPath } from "../../scan/fs/storage-fs.ts";
import type { Progress } from "../../scan/reader.ts";
import { type ContentBudget, ContentChoice } from "./content-choice.ts";
import { ContentOrder } from "./content-order.ts";
import { knownRows } from "./known-rows.ts";
import { type ContentTotals, RootContent } from "./root-content.ts";

/** A root that was read, but for its content. */
export interface ContentTarget {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly graph: RootGraph;
  note(unreadable: Unreadable): void;
}

/** How the reading of content went. */
export interface ContentRun {
  /** Read to their end. */
  readonly blobs: number;
  readonly bytes: number;
  /** Also of what was given up before its end: how fast reading is goes by these. */
  readonly readBytes: number;
  readonly durationMs: number;
  readonly ended: "complete" | "max-bytes" | "max-time";
  /** Blobs that no run with this budget can read: more than all of it. */
  readonly tooLarge: number;
  /** What a run without a budget would have read: all but what each scan hashes anyhow. */
  readonly allBytes: number;
}

export interface ContentOptions extends ContentReaderOptions {
  readonly budget: ContentBudget;
  readonly history: ContentHistory | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/**
 * How far in the future a time may be and still be believed, in seconds. What a clock that was years ahead has noted would
 * otherwise count as verified of late for as long, whether anything is read or not.
 */
const LEAP = 86_400;

interface KnownRoot {
  readonly target: ContentTarget;
  readonly content: RootContent;
  /** What the history has of it, by whichever path. */
  rows: Uint32Array | undefined;
}

/** What a thread is at. */
interface Pending {
  readonly root: KnownRoot;
  readonly blobs: readonly number[];
  /** Seconds since 1970. */
  readonly roundStartedAt: number;
}

export class ContentVerification {
  readonly #options: ContentOptions;
  #history: ContentHistory;
  #roots: readonly KnownRoot[] = [];
  /** Seconds since 1970: what is later has not been. */
  readonly #latest: number;
  #roundStartedAt: number;
  #run: ContentRun = { blobs: 0, bytes: 0, readBytes: 0, durationMs: 0, ended: "complete", tooLarge: 0, allBytes: 0 };

  constructor(options: ContentOptions) {
    this.#options = options;
    this.#history = options.history ?? NO_HISTORY;
    const startedAt = Math.floor(options.startedAt / 1000);
    this.#latest = startedAt + LEAP;
    const { roundStartedAt } = this.#history;
    this.#roundStartedAt = roundStartedAt > this.#latest ? startedAt : roundStartedAt;
  }

  /** As far as it has come. */
  get run(): ContentRun {
    return this.#run;
  }

  get lastRun(): LastRun | undefined {
    return this.#history.lastRun;
  }

  /** Milliseconds since 1970. */
  get startedAt(): number {
    return this.#options.startedAt;
  }

  /** Whether the roots are known whose content is verified. */
  get hasBegun(): boolean {
    return this.#roots.length > 0;
  }

  /** What is known of a root's content by now, of those blobs alone that count; undefined of a root that was not read. */
  totals(path: string, counts?: (blob: number) => boolean): ContentTotals | undefined {
    const known = this.#roots.find(({ target }) => target.path === path);
    return known?.content.totals(this.#now(), this.#roundStartedAt, counts);
  }

  /** What the next run is to know. Of a root that is not `complete` nothing is forgotten. */
  history(complete: (path: string) => boolean): ContentHistory {
    const taken = new Set(this.#roots.map(({ rows }) => rows));
    const roots = new Map([...this.#history.roots].filter(([path, rows]) => !complete(path) && !taken.has(rows)));
    for (const { target, content } of this.#roots) {
      roots.set(target.path, content.rows(this.#now(), { forgets: complete(target.path) }));
    }
    const { readBytes: bytes, durationMs } = this.#run;
    const lastRun = { startedAt: this.#options.startedAt, bytes, durationMs };
    return { roundStartedAt: this.#roundStartedAt, lastRun, roots };
  }

  /** Goes by what other runs know, for all that this one has not read itself: also by what they wrote since it began. */
  learn(storageFs: StorageFs, history: ContentHistory): void {
    this.#history = history;
    if (history.roundStartedAt <= this.#latest) {
      this.#roundStartedAt = Math.max(this.#roundStartedAt, history.roundStartedAt);
    }
    for (const root of this.#roots) {
      root.rows = knownRows(storageFs, history, root.target.path);
      root.content.learn(new ContentRecord(root.rows, this.#latest));
    }
  }

  /** Reads, and takes what it finds into the graphs. */
  async verify(storageFs: StorageFs, targets: readonly ContentTarget[], progress: Progress): Promise<void> {
    this.#roots = targets.map((target) => ({ target, content: new RootContent(target.graph), rows: undefined }));
    this.learn(storageFs, this.#history);
    if (this.#options.budget.bytes >= 0) await this.#read(storageFs, progress);
    await this.#holdOn(storageFs);
  }

  async #read(storageFs: StorageFs, progress: Progress): Promise<void> {
    const { budget, now } = this.#options;
    const graphs = this.#roots.map(({ target, content }) => ({ graph: target.graph, content }));
    const order = new ContentOrder(graphs, this.#history.lastRun?.startedAt ?? Number.POSITIVE_INFINITY);
    const reader = new ContentReader(storageFs, this.#options);
    const lanes = reader.lanes(Math.min(order.bytes, budget.bytes));
    const begun = now();
    const choice = new ContentChoice(order, budget, { lanes, rate: this.#lastRate() }, this.#roundStartedAt, begun);
    const pending = new Map<ContentTask, Pending>();
    const next = () => {
      const turns = choice.next(now());
      const [first] = turns;
      if (first === undefined) return undefined;
      const root = this.#roots[first.root]!;
      const blobs = turns.map(({ blob }) => blob);
      const task = contentTask(root.target, blobs);
      pending.set(task, { root, blobs, roundStartedAt: choice.roundStartedAt });
      return task;
    };
    const take = (task: ContentTask, read: VerifiedContent) => {
      this.#take(pending.get(task)!, read);
      pending.delete(task);
    };
    const tick = () => {
      const { bytes } = reader.control;
      this.#run = { ...this.#run, readBytes: bytes, durationMs: now() - begun };
      choice.measure(bytes, this.#run.durationMs);
      progress("content", bytes, choice.expected(bytes, now()), "bytes");
    };
    const roots = this.#roots.map(({ target }) => target.path);
    await reader.read(lanes, next, take, { deadline: budget.until, roots, tick });
    this.#roundStartedAt = choice.roundStartedAt;
    const ranOutOf = reader.control.isStopped ? "time" : choice.ranOutOf;
    this.#run = {
      ...this.#run,
      readBytes: reader.control.bytes,
      durationMs: now() - begun,
      ended: ranOutOf === undefined ? "complete" : `max-${ranOutOf}`,
      tooLarge: choice.tooLarge,
      allBytes: order.bytes,
    };
    await this.#compareCopies(storageFs);
  }

  #take({ root, blobs, roundStartedAt }: Pending, read: VerifiedContent): void {
    this.#roundStartedAt = Math.max(this.#roundStartedAt, roundStartedAt);
    this.#note(root, blobs, read);
    let bytes = 0;
    let done = 0;
    for (const [row, outcome] of read.outcomes.entries()) {
      if (outcome !== ContentOutcome.sound && outcome !== ContentOutcome.corrupt) continue;
      bytes += read.sizes[row]!;
      done++;
    }
    this.#run = { ...this.#run, blobs: this.#run.blobs + done, bytes: this.#run.bytes + bytes };
  }

  #note(root: KnownRoot, blobs: readonly number[], read: VerifiedContent): void {
    takeContent(root.target, blobs, read);
    root.content.take(blobs, read, Math.max(this.#now(), this.#roundStartedAt));
    for (const [row, damage] of read.damages) {
      const earlier = root.content.sinceMatch(blobs[row]!, read.changed[row]!);
      if (earlier) root.target.graph.setContent(blobs[row]!, { ...damage, earlier });
    }
  }

  /** Where another root has the blob too, that copy tells where the damage begins, for as long as there is time. */
  async #compareCopies(storageFs: StorageFs): Promise<void> {
    for (const { target } of this.#roots) {
      for (const [blob, damage] of target.graph.damages()) {
        const digest = target.graph.digests.text(blob);
        for (const other of this.#roots) {
          if (other.target === target || !mayBeSound(other.target.graph, digest)) continue;
          const [path, copy] = [target, other.target].map((root) => `${root.path}/${blobData(digest)}`) as [
            string,
            string,
          ];
          const found = await this.#inTime(firstDifference(storageFs, path, copy, parseDigest(digest)!));
          if (found === undefined) continue;
          if (typeof found === "object") {
            const { failed, error } = found;
            (failed === "file" ? target : other.target).note({ path: blobData(digest), error });
            continue;
          }
          target.graph.setContent(blob, { ...damage, difference: { offset: found, root: other.target.name } });
          break;
        }
      }
    }
  }

  /** What the steps give; undefined where there was no time for them all. */
  async #inTime<Result>(steps: Generator<number, Result>): Promise<Result | undefined> {
    try {
      for (;;) {
        if (this.#options.now() >= this.#options.budget.until) return undefined;
        const { done, value } = steps.next();
        if (done) return value;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      steps.return(undefined as never);
    }
  }

  /**
   * What was corrupt when it was last read, and is the same file still, stays so until it is read again. A copy that was put in its
   * place may have its size and modification time, not its change time: that is read now, or within the budget when its turn comes.
   */
  async #holdOn(storageFs: StorageFs): Promise<void> {
    for (const root of this.#roots) {
      const { target, content } = root;
      const { graph } = target;
      const others: number[] = [];
      for (let blob = 0; blob < graph.digests.length; blob++) {
        const known = content.earlier(blob);
        if (!known?.isCorrupt || graph.contentSound(blob) !== undefined) continue;
        const { stat } = statPath(storageFs, `${target.path}/${blobData(graph.digests.text(blob))}`);
        const isSame = stat !== undefined && known.change === changeMark(stat.ctimeMs);
        if (isSame || this.#options.budget.bytes >= 0) graph.setCorrupt(blob);
        else others.push(blob);
      }
      if (others.length > 0) await this.#readNow(storageFs, root, others);
    }
  }

  async #readNow(storageFs: StorageFs, root: KnownRoot, blobs: readonly number[]): Promise<void> {
    const tasks = [contentTask(root.target, blobs)];
    const take = (_: ContentTask, read: VerifiedContent) => this.#note(root, blobs, read);
    const [deadline, tick] = [Number.POSITIVE_INFINITY, () => {}];
    await new ContentReader(storageFs, this.#options).read(1, () => tasks.pop(), take, { deadline, roots: [], tick });
  }

  #lastRate(): number | undefined {
    const { bytes = 0, durationMs = 0 } = this.#history.lastRun ?? {};
    return bytes > 0 && durationMs > 0 ? bytes / durationMs : undefined;
  }

  /** Seconds since 1970. */
  #now(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

function mayBeSound(graph: RootGraph, digest: string): boolean {
  const blob = graph.digests.find(digest);
  return blob >= 0 && graph.blobState(blob) === DiskState.ok && graph.contentSound(blob) !== false;
}

/** The task of verifying these blobs. */
function contentTask({ path, graph }: Pick<ContentTarget, "path" | "graph">, blobs: readonly number[]): ContentTask {
  return {
    kind: "content",
    root: path,
    digests: graph.pack(blobs),
  };
}

/** Takes what was read into the graph, and notes what could not be. */
function takeContent(
  { graph, note }: Pick<ContentTarget, "graph" | "note">,
  blobs: readonly number[],
  read: VerifiedContent,
): void {
  graph.addVerified(blobs, read);
  for (const [row, error] of read.errors) note({ path: blobData(graph.digests.text(blobs[row]!)), error });
}
