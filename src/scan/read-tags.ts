// Reads a repository's tags: what each names now, and what it has named.
import { Bytes, Floats, Integers } from "../layout/columns.ts";
import { isAlgorithm } from "../layout/digest.ts";
import { DigestWriter } from "../layout/packed-digests.ts";
import { tagsFolder } from "../layout/paths.ts";
import { DiskState, type FolderState, isBroken, type TagFacts } from "./facts.ts";
import { folderStateOf, listPart, type RepositoryReading } from "./repository-reading.ts";
import { statPath } from "./storage-fs.ts";

export interface TagOptions {
  /** Whether to ask each tag's folder when it last changed. */
  readonly times: boolean;
  /** Whether to list what each tag has named. */
  readonly history: boolean;
}

/** Reads the tags of a repository. */
export function readTags(
  reading: RepositoryReading,
  repository: string,
  { times, history: withHistory }: TagOptions,
): { readonly folder: FolderState; readonly tags: TagFacts } {
  const folder = tagsFolder(repository);
  const listing = listPart(reading, folder);
  const names: string[] = [];
  const states = new Bytes();
  const targets = new DigestWriter();
  const modified = new Floats();
  const historyCounts = new Integers();
  const historyStates = new Bytes();
  const history = new DigestWriter();
  const reasons = new Map<number, string>();
  for (const entry of listing.state === DiskState.ok ? listing.entries : []) {
    const path = `${folder}/${entry.name}`;
    const row = names.push(entry.name) - 1;
    const state = reading.links.read(`${reading.root}/${path}/current/link`, "");
    states.push(state);
    if (state === DiskState.ok) targets.push(reading.links.target);
    else targets.pushNone();
    if (isBroken(state)) reasons.set(row, reading.links.reason);
    if (state === DiskState.unreadable) {
      reading.unreadable.push({ path: `${path}/current/link`, error: reading.links.reason });
    }
    if (times) modified.push(statPath(reading.fs, `${reading.root}/${path}`).stat?.mtimeMs ?? 0);
    const before = history.length;
    historyStates.push(entry.isFile() || !withHistory ? DiskState.absent : readHistory(reading, path, history));
    historyCounts.push(history.length - before);
  }
  return {
    folder: folderStateOf(listing.state),
    tags: {
      names,
      states: states.finish(),
      targets: targets.finish(),
      modified: modified.finish(),
      historyCounts: historyCounts.finish(),
      historyStates: historyStates.finish(),
      history: history.finish(),
      reasons,
    },
  };
}

/**
 * What the tag has named, from the folder names alone: the registry never reads a history link, so its content
 * is no damage. Gives the state of the folders.
 */
function readHistory(reading: RepositoryReading, tag: string, history: DigestWriter): DiskState {
  const algorithms = listPart(reading, `${tag}/index`);
  let { state }: { state: DiskState } = algorithms;
  for (const { name: algorithm } of algorithms.state === DiskState.ok ? algorithms.entries : []) {
    if (!isAlgorithm(algorithm)) continue;
    const entries = listPart(reading, `${tag}/index/${algorithm}`);
    if (entries.state !== DiskState.ok) state = entries.state;
    else for (const { name } of entries.entries) history.pushHex(algorithm, name);
  }
  return state;
}
