// Reads a repository's tags: what each names now, and what it has named.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import { DiskState, isBroken, type TagFacts } from "../facts/facts.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import { tagsFolder } from "../layout/paths.ts";
import { entriesOf, listEntries } from "./fs/storage-fs.ts";
import { type RepositoryReading, readPartLink, statPart } from "./repository-reading.ts";

export interface TagOptions {
  /** Whether to ask when each tag's directory changed, and when it was pushed. */
  readonly times: boolean;
  /** Whether to list what each tag has named. */
  readonly history: boolean;
}

/** Reads the tags with these names: the entries of the repository's tags folder. */
export function readTags(
  reading: RepositoryReading,
  repository: string,
  names: readonly string[],
  { times, history: withHistory }: TagOptions,
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
    const { state, target, reason } = readPartLink(reading, `${path}/current/link`, "");
    states.push(state);
    if (state === DiskState.ok) targets.push(target);
    else targets.pushNone();
    if (isBroken(state)) reasons.set(row, reason);
    if (times) {
      modified.push(statPart(reading, path).stat?.mtimeMs ?? 0);
      pushed.push(statPart(reading, `${path}/current/link`).stat?.mtimeMs ?? 0);
    }
    const before = history.length;
    const read = withHistory ? readHistory(reading, path, history) : { state: DiskState.absent, looped: [] };
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
  const path = `${tag}/index/sha256`;
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
