// Reads a repository's layer links or revision links, and what else lies where collection would read it.
import { Bytes, Integers } from "../layout/columns.ts";
import { type Algorithm, isAlgorithm } from "../layout/digest.ts";
import { DigestWriter } from "../layout/packed-digests.ts";
import { DiskState, type FolderState, isBroken, type LinkFacts, type StrayRevisionLink } from "./facts.ts";
import { folderStateOf, listPart, type RepositoryReading } from "./repository-reading.ts";

/** Reads the links below `folder` (a path relative to the root), an algorithm at a time. */
export function readLinks(
  reading: RepositoryReading,
  folder: string,
): { readonly folder: FolderState; readonly links: LinkFacts[] } {
  const listing = listPart(reading, folder);
  const links: LinkFacts[] = [];
  for (const { name } of listing.state === DiskState.ok ? listing.entries : []) {
    if (isAlgorithm(name)) links.push(readAlgorithm(reading, `${folder}/${name}`, name, []));
  }
  return { folder: folderStateOf(listing.state), links };
}

/**
 * As readLinks, and finds the files called `link` elsewhere below `folder`: collection reads each of those, at any
 * depth (registry-2.8.3 section 5).
 */
export function readRevisionLinks(
  reading: RepositoryReading,
  folder: string,
): { readonly folder: FolderState; readonly links: LinkFacts[]; readonly strays: StrayRevisionLink[] } {
  const listing = listPart(reading, folder);
  const links: LinkFacts[] = [];
  const strays: StrayRevisionLink[] = [];
  for (const entry of listing.state === DiskState.ok ? listing.entries : []) {
    const path = `${folder}/${entry.name}`;
    if (!isAlgorithm(entry.name)) findStrayLinks(reading, path, entry, strays);
    else links.push(readAlgorithm(reading, path, entry.name, strays));
  }
  return { folder: folderStateOf(listing.state), links, strays };
}

function readAlgorithm(
  reading: RepositoryReading,
  folder: string,
  algorithm: Algorithm,
  strays: StrayRevisionLink[],
): LinkFacts {
  const places = new DigestWriter();
  const states = new Bytes();
  const otherRows = new Integers();
  const otherTargets = new DigestWriter();
  const reasons = new Map<number, string>();
  const listing = listPart(reading, folder);
  const isRevisions = folder.includes("/_manifests/revisions/");
  for (const entry of listing.state === DiskState.ok ? listing.entries : []) {
    if (!places.pushHex(algorithm, entry.name)) {
      if (isRevisions) findStrayLinks(reading, `${folder}/${entry.name}`, entry, strays);
      continue;
    }
    const path = `${folder}/${entry.name}/link`;
    const place = `${algorithm}:${entry.name}`;
    const state = reading.links.read(`${reading.root}/${path}`, place);
    const row = states.push(state);
    if (state === DiskState.ok && reading.links.target !== place) {
      otherRows.push(row);
      otherTargets.push(reading.links.target);
    }
    if (isBroken(state)) reasons.set(row, reading.links.reason);
    if (state === DiskState.unreadable) reading.unreadable.push({ path, error: reading.links.reason });
  }
  return {
    places: places.finish(),
    states: states.finish(),
    otherRows: otherRows.finish(),
    otherTargets: otherTargets.finish(),
    reasons,
  };
}

function findStrayLinks(
  reading: RepositoryReading,
  path: string,
  entry: { readonly name: string; isDirectory(): boolean; isSymbolicLink(): boolean },
  strays: StrayRevisionLink[],
): void {
  if (entry.isDirectory() || (entry.isSymbolicLink() && entry.name !== "link")) {
    const listing = listPart(reading, path);
    if (listing.state !== DiskState.ok) return;
    for (const child of listing.entries) findStrayLinks(reading, `${path}/${child.name}`, child, strays);
  } else if (entry.name === "link") {
    const state = reading.links.read(`${reading.root}/${path}`, "");
    if (state === DiskState.unreadable) reading.unreadable.push({ path, error: reading.links.reason });
    strays.push({ path, state, target: state === DiskState.ok ? reading.links.target : undefined });
  }
}
