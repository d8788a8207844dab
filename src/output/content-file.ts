// The file beside a state that remembers when the content of each blob was verified.

import type { ContentHistory, LastRun } from "../facts/content-history.ts";
import { BYTES_A_ROW } from "../facts/content-record.ts";
import { type FlatFile, flatFilePieces, loadFlatFile, sectionOf } from "./flat-file.ts";
import { readEarlier } from "./input-file.ts";
import type { User } from "./target.ts";

const KIND = "verified content 1";
/** 134,000,000 blobs. */
const MOST_BYTES = 2 ** 31;

interface Header {
  readonly roundStartedAt: number;
  readonly lastRun: LastRun | null;
  /** Their paths; a section each. */
  readonly roots: readonly string[];
}

/** Beside the state file of the same runs. */
export function contentFileOf(state: string): string {
  return `${state}.content`;
}

export function contentFilePieces({ roundStartedAt, lastRun, roots }: ContentHistory): Generator<Uint8Array> {
  const header: Header = { roundStartedAt, lastRun: lastRun ?? null, roots: [...roots.keys()] };
  return flatFilePieces(KIND, header, [...roots.values()].map(sectionOf));
}

/** Undefined where there is none (yet); else what it holds, or in one line why that cannot be told. */
export async function readContentFile(file: string, user: User): Promise<ContentHistory | string | undefined> {
  try {
    return historyOf(
      await readEarlier(file, user, (path, options) => loadFlatFile(KIND, path, { mostBytes: MOST_BYTES, ...options })),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `${file}: ${(error as Error).message}`;
  }
}

function historyOf({ header, buffer, sections }: FlatFile): ContentHistory {
  const { roundStartedAt, lastRun, roots } = header as Header;
  const paths = roots.entries();
  const rows = [...paths].map(([index, path]): [string, Uint32Array] => {
    const { offset, bytes } = sections[index]!;
    return [path, new Uint32Array(buffer, offset, (bytes - (bytes % BYTES_A_ROW)) / 4)];
  });
  return { roundStartedAt, lastRun: lastRun ?? undefined, roots: new Map(rows) };
}
