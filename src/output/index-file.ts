// The index file: written in full or not at all, and believed only where nobody else can have written it, and not a byte of
// it has changed.
import type { Stats } from "node:fs";
import type { IndexedRoot, StoredIndex } from "../facts/indexed-root.ts";
import { INDEX_PARTS, type IndexPart, type PartPlace } from "../facts/root-index.ts";
import { flatFilePieces, loadFlatFile, type Section } from "./flat-file.ts";
import { type Target, type User, withTarget } from "./target.ts";

const KIND = "index 3";
/** What one shared piece of memory may well hold; a file of that size is of 50 million blobs. */
const MOST_BYTES = 2 ** 32 - 1;

interface Header extends Omit<StoredIndex, "buffer" | "roots"> {
  /** Of each the INDEX_PARTS follow, a section each. */
  readonly roots: readonly IndexedRoot[];
}

/** A root, and the bytes of each of its parts. */
export interface IndexContent {
  readonly root: IndexedRoot;
  readonly parts: Readonly<Record<IndexPart, Section>>;
}

/** The index in a file; undefined where there is none, else why it is not used. Never throws for what the file is. */
export async function readIndexFile(file: string, user: User): Promise<StoredIndex | string | undefined> {
  try {
    return await withTarget(file, user, (target) => (target.there === undefined ? undefined : load(target, user)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return (error as Error).message;
  }
}

function load({ folder, name, isTrusted }: Target, user: User): StoredIndex {
  if (!isTrusted) throw new Error("others can write to its directory");
  const refuse = (stat: Stats) => refuseForeign(stat, user);
  const flat = loadFlatFile(KIND, `${folder}/${name}`, { mostBytes: MOST_BYTES, noLink: true, refuse });
  const { version, uid, roots } = flat.header as Header;
  const placed = roots.map((root, at) => {
    const places = INDEX_PARTS.map((part, place) => [part, flat.sections[at * INDEX_PARTS.length + place]!]);
    return { ...root, parts: Object.fromEntries(places) as Record<IndexPart, PartPlace> };
  });
  return { version, uid, buffer: flat.buffer, roots: placed };
}

/** An index says what need not be looked at: whoever can write it can hide damage. */
function refuseForeign(stat: Stats, user: User): void {
  if (stat.uid !== user.uid && stat.uid !== 0) throw new Error("another user's");
  if ((stat.mode & 0o022) !== 0) throw new Error("others can write to it");
}

/** An index file, piece by piece. */
export function indexPieces(about: Omit<Header, "roots">, contents: readonly IndexContent[]): Generator<Uint8Array> {
  const header: Header = { ...about, roots: contents.map(({ root }) => root) };
  const sections = contents.flatMap(({ parts }) => INDEX_PARTS.map((part) => parts[part]));
  return flatFilePieces(KIND, header, sections);
}
