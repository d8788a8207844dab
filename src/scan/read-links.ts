// Reads a repository's layer links or revision links, and what else lies where garbage collection would read it.
import { Bytes, Integers } from "../facts/columns.ts";
import { DiskState, isBroken, type LinkFacts, type UnexpectedLink } from "../facts/facts.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import { type Algorithm, isAlgorithm, isHex } from "../layout/digest.ts";
import { type LinkKind, linksFolder } from "../layout/paths.ts";
import { lastOf } from "./file-memory.ts";
import { entriesOf, listEntries, listNames } from "./fs/storage-fs.ts";
import { listPart, type RepositoryReading, readPartLink } from "./repository-reading.ts";
import { isUndecodableName } from "./undecodable-names.ts";
import { leavesBelow } from "./walk-unexpected.ts";

/** The entries of one `_layers/<algorithm>` or `revisions/<algorithm>` folder: digest folders, if all is well. */
export interface LinkEntries {
  readonly algorithm: Algorithm;
  readonly names: readonly string[];
}

/**
 * Lists the digest folders of a kind of links, an algorithm at a time, without opening any link. `isKnown` is asked whether those of
 * an algorithm need not be listed, by their folder.
 */
export function listLinks(
  reading: RepositoryReading,
  repository: string,
  kind: LinkKind,
  isKnown: (algorithm: Algorithm, folder: string) => boolean = () => false,
): { readonly state: DiskState; readonly entries: LinkEntries[]; readonly others: string[] } {
  const folder = linksFolder(repository, kind);
  const listing = listPart(reading, folder);
  const entries: LinkEntries[] = [];
  const others: string[] = [];
  for (const name of entriesOf(listing)) {
    if (!isAlgorithm(name)) others.push(`${folder}/${name}`);
    else if (isKnown(name, `${folder}/${name}`)) entries.push({ algorithm: name, names: [] });
    else {
      const places = listPart(reading, `${folder}/${name}`);
      if (places.state === DiskState.ok) entries.push({ algorithm: name, names: places.entries });
    }
  }
  return { state: listing.state, entries, others };
}

/** Reads the links in these digest folders. Entries that are no digest are left to `unexpectedLinks`. */
export function readLinks(
  reading: RepositoryReading,
  repository: string,
  kind: LinkKind,
  { algorithm, names }: LinkEntries,
): LinkFacts {
  const folder = `${linksFolder(repository, kind)}/${algorithm}/`;
  const prefix = `${algorithm}:`;
  const places = new DigestWriter(names.length);
  const states = new Bytes(names.length);
  const otherRows = new Integers(0);
  const otherTargets = new DigestWriter(0);
  const reasons = new Map<number, string>();
  const { memory } = reading;
  for (const name of names) {
    if (!places.pushHex(algorithm, name)) continue;
    const place = prefix + name;
    const path = `${folder}${name}/link`;
    if (memory?.holdsLink(`${reading.root}/${path}`, lastOf(places, name))) {
      states.push(DiskState.ok);
      continue;
    }
    const { state, target, reason } = readPartLink(reading, path, place);
    const row = states.push(state);
    if (state === DiskState.ok && target === place) memory?.keepLink(lastOf(places, name));
    else if (state === DiskState.ok) {
      otherRows.push(row);
      otherTargets.push(target);
    }
    if (isBroken(state)) reasons.set(row, reason);
  }
  return {
    places: places.finish(),
    states: states.finish(),
    otherRows: otherRows.finish(),
    otherTargets: otherTargets.finish(),
    reasons,
  };
}

/** The files called `link` below digest folders, but for each folder's own. */
export function* nestedLinks(
  reading: RepositoryReading,
  repository: string,
  kind: LinkKind,
  { algorithm, names }: LinkEntries,
): Generator<UnexpectedLink> {
  for (const place of names) {
    const folder = `${linksFolder(repository, kind)}/${algorithm}/${place}`;
    if (!isHex(algorithm, place)) continue;
    const listing = listEntries(reading.fs, `${reading.root}/${folder}`);
    if (listing.state === DiskState.unreadable) reading.unreadable.push({ path: folder, error: listing.code });
    for (const entry of listing.state === DiskState.ok ? listing.entries : []) {
      const path = `${folder}/${entry.name}`;
      if (entry.name !== "link") yield* unexpectedLinks(reading, path);
      else if (!entry.isFile()) {
        const below = listNames(reading.fs, `${reading.root}/${path}`);
        if (below.state === DiskState.unreadable) reading.unreadable.push({ path, error: below.code });
        for (const name of entriesOf(below)) yield* unexpectedLinks(reading, `${path}/${name}`);
      }
    }
  }
}

/**
 * The files called `link` at or below a path that is not a digest folder: garbage collection reads each of those below
 * revisions/, and registry 3's of those below _layers/, at any depth (docs/internals/registry-2.8.3.md section 5.2). Notes
 * symlink loops, which end its walk.
 */
export function* unexpectedLinks(reading: RepositoryReading, path: string): Generator<UnexpectedLink> {
  for (const leaf of leavesBelow(reading.fs, reading.root, path)) {
    if (leaf.state === DiskState.malformed) reading.unexpected.push({ path: leaf.path, reason: "link-loop" });
    else if (leaf.state === DiskState.unreadable) reading.unreadable.push({ path: leaf.path, error: leaf.code });
    else if (!leaf.path.endsWith("/link")) continue;
    else if (isUndecodableName(leaf.path)) reading.unexpected.push({ path: leaf.path, reason: "undecodable-name" });
    else yield readUnexpectedLink(reading, leaf.path);
  }
}

function readUnexpectedLink(reading: RepositoryReading, path: string): UnexpectedLink {
  const { state, target } = readPartLink(reading, path, "");
  return { path, state, target: state === DiskState.ok ? target : undefined };
}
