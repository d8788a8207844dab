// Reads one repository: its layer links, revision links, tags and uploads. Where there are very many, a part of them:
// the rest is left as pieces of work for other threads.

import type {
  LinkFacts,
  RepositoryFacts,
  TagFacts,
  UnexpectedEntry,
  UnexpectedLink,
  Unreadable,
} from "../facts/facts.ts";
import { isHex } from "../layout/digest.ts";
import { type LinkKind, linksFolder, repositoryFolder, tagsFolder } from "../layout/paths.ts";
import type { FileMemory } from "./file-memory.ts";
import { noting } from "./fs/noting-fs.ts";
import { entriesOf, identityOf, type StorageFs } from "./fs/storage-fs.ts";
import { type Folders, isAskedFor } from "./read-blobs.ts";
import { type LinkEntries, listLinks, nestedLinks, readLinks, unexpectedLinks } from "./read-links.ts";
import { readTags } from "./read-tags.ts";
import { readUploads } from "./read-uploads.ts";
import { listPart, newReading, type RepositoryReading } from "./repository-reading.ts";

export interface RepositoryOptions {
  /** Whether to stat each tag's folder for when it last changed. */
  readonly tagTimes: boolean;
  /** Whether to list what each tag has named, which only a garbage collection with -m looks at. */
  readonly tagHistory: boolean;
  /** Which folders of revisions and blobs to list as well, for what else lies in them: only a garbage collection's walk goes there. */
  readonly folders?: Folders | undefined;
  /** Whether a garbage collection walks `_layers` too, so that what else lies there counts. */
  readonly walksLayers: boolean;
}

/** A part of a repository that is read on its own. */
export type RepositoryPiece =
  | { readonly part: LinkKind; readonly repository: string; readonly entries: LinkEntries }
  | { readonly part: "tags"; readonly repository: string; readonly names: readonly string[] };

/** What came of a piece. */
export interface PieceFacts {
  readonly links?: LinkFacts;
  /** Whether some of the entries are no digest. */
  readonly hasMisplaced?: boolean;
  readonly tags?: TagFacts;
  readonly unexpectedLinks?: readonly UnexpectedLink[];
  readonly unexpected?: readonly UnexpectedEntry[];
  readonly unreadable: readonly Unreadable[];
}

export interface RepositoryStart {
  readonly facts: RepositoryFacts;
  /** What is still to be read, in the order in which it is to be added. */
  readonly rest: readonly RepositoryPiece[];
}

/** How many links or tags are one piece of work: some tens of milliseconds, where the storage is fast. */
export const PIECE = 4096;

/** Reads the repository `name` in the storage root at `root`: whole, unless it has more than two pieces of a kind. */
export function readRepository(
  storageFs: StorageFs,
  root: string,
  name: string,
  options: RepositoryOptions,
  memory?: FileMemory,
  pieceSize = PIECE,
): RepositoryStart {
  const reading = newReading(storageFs, root, memory);
  listPart(reading, `${repositoryFolder(name)}/_manifests`);
  const now: RepositoryPiece[] = [];
  const read: PieceFacts[] = [];
  const rest: RepositoryPiece[] = [];
  const take = (pieces: readonly RepositoryPiece[]) => {
    if (pieces.length > 2) rest.push(...pieces);
    else for (const piece of pieces) read[now.push(piece) - 1] = readWith(reading, piece, options);
  };
  // A push writes layer links, then revisions, then the tag. Read the other way about, what a tag needs is there.
  const tags = listPart(reading, tagsFolder(name));
  take(cut(entriesOf(tags), pieceSize).map((names) => ({ part: "tags", repository: name, names })));
  const revisions = listLinks(reading, name, "revision");
  take(linkPieces(name, "revision", revisions.entries, pieceSize));
  const layers = listLinks(reading, name, "layer");
  take(linkPieces(name, "layer", layers.entries, pieceSize));
  const isWalked = (kind: LinkKind) => kind === "revision" || options.walksLayers;
  const notingFs = noting(storageFs, (path, error) => {
    reading.unreadable.push({ path: path.slice(root.length + 1), error });
  });
  const folders = (kind: LinkKind, { entries }: Pick<typeof revisions, "entries">) => {
    const paths = entries.map(({ algorithm }) => `${root}/${linksFolder(name, kind)}/${algorithm}`);
    return options.folders && isWalked(kind) ? paths.map((path) => identityOf(notingFs, path)) : [];
  };
  const unexpected = (kind: LinkKind, { others }: typeof revisions) => {
    const pieces = [...now.filter((_, at) => read[at]!.hasMisplaced), ...rest];
    const paths = isWalked(kind) ? [...others, ...misplaced(pieces, kind)] : [];
    return [...paths.flatMap((path) => [...unexpectedLinks(reading, path)]), ...unexpectedOf(now, read, kind)];
  };
  const facts: RepositoryFacts = {
    name,
    tagsState: tags.state,
    layersState: layers.state,
    blocked: reading.blocked,
    linkFolders: { layer: folders("layer", layers), revision: folders("revision", revisions) },
    layerLinks: linksOf(now, read, "layer"),
    revisionLinks: linksOf(now, read, "revision"),
    unexpectedLinks: { layer: unexpected("layer", layers), revision: unexpected("revision", revisions) },
    tags: read.flatMap((piece) => piece.tags ?? []),
    uploads: readUploads(reading, name),
    unexpected: reading.unexpected,
    unreadable: reading.unreadable,
  };
  reading.blocked.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { facts, rest };
}

/** Reads one piece of a repository. */
export function readPiece(
  storageFs: StorageFs,
  root: string,
  piece: RepositoryPiece,
  options: RepositoryOptions,
  memory?: FileMemory,
): PieceFacts {
  const reading = newReading(storageFs, root, memory);
  return { ...readWith(reading, piece, options), unexpected: reading.unexpected, unreadable: reading.unreadable };
}

/** A repository's facts with those of its pieces added. */
export function withPieces(
  facts: RepositoryFacts,
  pieces: readonly RepositoryPiece[],
  read: readonly PieceFacts[],
): RepositoryFacts {
  return {
    ...facts,
    layerLinks: [...facts.layerLinks, ...linksOf(pieces, read, "layer")],
    revisionLinks: [...facts.revisionLinks, ...linksOf(pieces, read, "revision")],
    tags: [...facts.tags, ...read.flatMap((piece) => piece.tags ?? [])],
    unexpectedLinks: {
      layer: [...facts.unexpectedLinks.layer, ...unexpectedOf(pieces, read, "layer")],
      revision: [...facts.unexpectedLinks.revision, ...unexpectedOf(pieces, read, "revision")],
    },
    unexpected: [...facts.unexpected, ...read.flatMap((piece) => piece.unexpected ?? [])],
    unreadable: [...facts.unreadable, ...read.flatMap(({ unreadable }) => unreadable)],
  };
}

function readWith(reading: RepositoryReading, piece: RepositoryPiece, options: RepositoryOptions): PieceFacts {
  if (piece.part === "tags") {
    const tags = readTags(reading, piece.repository, piece.names, {
      times: options.tagTimes,
      history: options.tagHistory ? "all" : [],
    });
    return { tags, unreadable: [] };
  }
  const links = readLinks(reading, piece.repository, piece.part, piece.entries);
  const hasMisplaced = links.states.length < piece.entries.names.length;
  const isWalked = piece.part === "revision" || options.walksLayers;
  const { folders } = options;
  if (!isWalked || !folders) return { links, hasMisplaced, unreadable: [] };
  const { algorithm, names } = piece.entries;
  const asked = { algorithm, names: names.filter((name) => isAskedFor(folders, name)) };
  const nested = nestedLinks(reading, piece.repository, piece.part, asked);
  return { links, hasMisplaced, unexpectedLinks: [...nested], unreadable: [] };
}

function unexpectedOf(pieces: readonly RepositoryPiece[], read: readonly PieceFacts[], kind: LinkKind) {
  return read.flatMap(({ unexpectedLinks }, at) => (pieces[at]?.part === kind ? (unexpectedLinks ?? []) : []));
}

function linksOf(pieces: readonly RepositoryPiece[], read: readonly PieceFacts[], kind: LinkKind): LinkFacts[] {
  return read.flatMap(({ links }, index) => (links && pieces[index]?.part === kind ? [links] : []));
}

function linkPieces(
  repository: string,
  part: LinkKind,
  entries: readonly LinkEntries[],
  pieceSize: number,
): RepositoryPiece[] {
  return entries.flatMap(({ algorithm, names }) =>
    cut(names, pieceSize).map((some) => ({ part, repository, entries: { algorithm, names: some } })),
  );
}

function cut(names: readonly string[], size: number): string[][] {
  const pieces: string[][] = [];
  for (let start = 0; start < names.length; start += size) pieces.push(names.slice(start, start + size));
  return pieces;
}

/** Entries among the digest folders of these pieces that are no digest. */
function misplaced(pieces: readonly RepositoryPiece[], kind: LinkKind): string[] {
  return pieces.flatMap((piece) => {
    if (piece.part !== kind) return [];
    const { algorithm, names } = piece.entries;
    const folder = `${linksFolder(piece.repository, kind)}/${algorithm}`;
    return names.filter((name) => !isHex(algorithm, name)).map((name) => `${folder}/${name}`);
  });
}
