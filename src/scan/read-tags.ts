// Reads a repository's tags: what each names now, and what it has named.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import { DiskState, isBroken, type TagFacts } from "../facts/facts.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import { tagsFolder } from "../layout/paths.ts";
import { entriesOf, listEntries, lookFor, stateOfError } from "./fs/storage-fs.ts";
import { type RepositoryReading, readPartLink, statPart } from "./repository-reading.ts";

export interface TagOptions {
  /** Whether to ask when each tag's directory changed, and when it was pushed. */
  readonly times: boolean;
  /** What each tag has named: all of it, or which of these manifests, as hex of sha256. */
  readonly history: "all" | readonly string[];
}

/** Reads the tags with these names: the entries of the repository's tags folder. */
export function readTags(
  reading: RepositoryReading,
  repository: string,
  names: readonly string[],
  { times, history: asked }: TagOptions,
): TagFacts {
  const folder = tagsFolder(repository);
  const states = new Bytes(names.length);
  const targets = new DigestWriter(names.length);
  const modified = new Floats(times ? names.length : 0);
  const pushed = new Floats(times ? names.length : 0);
  const historyCounts = new Integers(names.length);
  const historyStates = new Bytes(names.length);
  const history = new DigestWriter();
  const loopedHistory = new Map<number, string[]>();
  const reasons = new Map<number, string>();
  for (const [row, name] of names.entries()) {
    const path = `${folder}/${name}`;
    readTag(reading, `${path}/current/link`, { row, states, targets, reasons });
    if (times) {
      modified.push(statPart(reading, path).stat?.mtimeMs ?? 0);
      pushed.push(statPart(reading, `${path}/current/link`).stat?.mtimeMs ?? 0);
    }
    const before = history.length;
    const read = asked === "all" ? readHistory(reading, path, history) : askHistory(reading, path, asked, history);
    historyStates.push(read.state);
    if (read.looped.length > 0) loopedHistory.set(row, read.looped);
    historyCounts.push(history.length - before);
  }
  return {
    names,
    states: states.finish(),
    targets: targets.finish(),
    modified: modified.finish(),
    pushed: pushed.finish(),
    historyCounts: historyCounts.finish(),
    historyStates: historyStates.finish(),
    loopedHistory,
    history: history.finish(),
    reasons,
  };
}

interface TagColumns {
  /** The tag's. */
  readonly row: number;
  readonly states: Bytes;
  readonly targets: DigestWriter;
  readonly reasons: Map<number, string>;
}

function readTag(reading: RepositoryReading, path: string, { row, states, targets, reasons }: TagColumns): void {
  const known = reading.memory?.tagTarget(`${reading.root}/${path}`);
  if (known !== undefined) {
    states.push(DiskState.ok);
    targets.pushItem(known);
    return;
  }
  const { state, target, reason } = readPartLink(reading, path, "");
  states.push(state);
  if (state === DiskState.ok) {
    targets.push(target);
    reading.memory?.keepTag(target);
  } else targets.pushNone();
  if (isBroken(state)) reasons.set(row, reason);
}

/**
 * What the tag has named, from the folder names alone: the registry never reads a history link, so its content is no
 * damage. Only sha256, under which the registry stores every manifest. Gives the state of the folders, and which of them lead
 * back to themselves: nobody can look into those, not even to delete them.
 */
function readHistory(
  reading: RepositoryReading,
  tag: string,
  history: DigestWriter,
): { readonly state: DiskState; readonly looped: string[] } {
  const path = historyFolder(tag);
  const looped: string[] = [];
  const listing = listEntries(reading.fs, `${reading.root}/${path}`);
  if (listing.state === DiskState.unreadable) reading.unreadable.push({ path, error: listing.code });
  for (const entry of entriesOf(listing)) {
    history.pushHex("sha256", entry.name);
    if (entry.isSymbolicLink() && statPart(reading, `${path}/${entry.name}`).code !== undefined) {
      looped.push(`sha256:${entry.name}`);
    }
  }
  return { state: listing.state, looped };
}

/** As readHistory, of a few manifests, for which no folder is listed: what else is wrong there stays unseen. */
function askHistory(
  reading: RepositoryReading,
  tag: string,
  hexes: readonly string[],
  history: DigestWriter,
): { readonly state: DiskState; readonly looped: string[] } {
  const looped: string[] = [];
  for (const hex of hexes) {
    const path = `${historyFolder(tag)}/${hex}`;
    const { stat, code } = lookFor(reading.fs, `${reading.root}/${path}`);
    const isRefused = code !== undefined && stateOfError(code) === DiskState.unreadable;
    if (isRefused) reading.unreadable.push({ path, error: code });
    if (stat === undefined) continue;
    history.pushHex("sha256", hex);
    if (stat.isSymbolicLink() && statPart(reading, path).code !== undefined) looped.push(`sha256:${hex}`);
  }
  return { state: DiskState.absent, looped };
}

function historyFolder(tag: string): string {
  return `${tag}/index/sha256`;
}
