// The index that a command uses, and that a complete scan writes for the next night.

import { UsageError } from "../contract/errors.ts";
import type { StoredIndex } from "../facts/indexed-root.ts";
import type { IndexUse } from "../inspect/index-use.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { indexPieces, readIndexFile } from "../output/index-file.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import type { Run } from "./run.ts";

interface IndexOptions {
  /** What --index names. */
  readonly file: string | undefined;
  /** Whether this command writes the next one. */
  readonly isWritten?: boolean;
  readonly indexFullEvery: number;
}

/** What the file holds and how it is used; undefined where none is asked for. What is wrong with it is one line on standard error. */
export async function indexFor(
  { file, isWritten = false, indexFullEvery: fullEvery }: IndexOptions,
  terminal: Terminal,
): Promise<IndexUse | undefined> {
  if (file === undefined) return undefined;
  const loaded = await readIndexFile(file, terminal.user);
  const use = (earlier: IndexUse["earlier"]) => ({ earlier, isWritten, fullEvery });
  if (loaded === undefined) return use("there is no index yet");
  const wrong = typeof loaded === "string" ? loaded : refusal(loaded, terminal);
  if (wrong === undefined) return use(loaded);
  terminal.warn(`--index ${file}: ${wrong}; all is read`);
  return use(`the index is not used: ${wrong}`);
}

/** Why what another program or user wrote is not used. */
function refusal({ version, uid }: StoredIndex, terminal: Terminal): string | undefined {
  if (version !== terminal.version) return `of regfsck ${version}`;
  return uid === terminal.user.uid ? undefined : `read by another user (${uid})`;
}

/** Throws a UsageError where a gate is to use an index and does not say that it may. */
export function refuseUntrusted(file: string | undefined, isTrusted: boolean): void {
  if (file !== undefined && !isTrusted) {
    throw new UsageError("a gate reads all that it decides by; --trust-index lets it take what --index holds");
  }
  if (file === undefined && isTrusted) throw new UsageError("--trust-index is for a gate with --index");
}

/** Writes what complete inspections of whole roots remembered. */
export async function writeIndex(
  file: string,
  inspections: readonly RootInspection[],
  { startedAt, files, terminal, options }: Run,
): Promise<void> {
  const header = { version: terminal.version, uid: terminal.user.uid };
  await files.writeIndex(file, () => {
    const contents = inspections.flatMap(({ root: { path }, index }) => {
      if (index === undefined) return [];
      const { platforms, parts } = index.next.finish(index.use.memory.index);
      const { identities, fullReadAt, runs, memory } = index.use;
      const registry = RULES[options.registry].registry;
      const root = { path, identities, registry, startedAt, fullReadAt, runs, seed: memory.seed, platforms };
      return [{ root, parts }];
    });
    return indexPieces(header, contents);
  });
}
