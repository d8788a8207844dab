// The content that a scan verifies, and the file beside its state that remembers when each blob was.
import { UsageError } from "../contract/errors.ts";
import type { ContentHistory } from "../facts/content-history.ts";
import { ContentVerification } from "../inspect/content/verify-content.ts";
import type { InspectedRoots } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import { contentFileOf, contentFilePieces, readContentFile } from "../output/content-file.ts";
import { DESCRIPTOR } from "../output/outside-roots.ts";
import { nameBelow } from "../report/history.ts";
import type { Run } from "./run.ts";

type ContentScanOptions = Pick<
  OptionsOf<"scan">,
  "verifyContent" | "maxTime" | "maxBytes" | "state" | "jobs" | "repositories" | "dryRun"
>;

/** Where the file is; undefined where nothing is remembered. */
export function contentFile({ state }: Pick<ContentScanOptions, "state">): string | undefined {
  return state === undefined || DESCRIPTOR.test(state) ? undefined : contentFileOf(state);
}

/**
 * What is to be verified; undefined where that is nothing, and nothing is known of earlier runs. Without --verify-content what they
 * knew is reported. A file that cannot be used is told of, and written afresh. Throws a UsageError for a budget without content.
 */
export async function contentToVerify(
  options: ContentScanOptions,
  { startedAt, terminal }: Run,
): Promise<ContentVerification | undefined> {
  const { verifyContent, maxTime, maxBytes, jobs } = options;
  const budget = maxTime !== undefined ? "--max-time" : maxBytes !== undefined ? "--max-bytes" : undefined;
  if (budget !== undefined && !verifyContent) {
    throw new UsageError(`${budget} is how much content is read: it takes --verify-content`);
  }
  const file = contentFile(options);
  const known = file === undefined ? undefined : await readContentFile(file, terminal.user);
  if (typeof known === "string") terminal.warn(`${known}; all content counts as not verified yet`);
  const history = typeof known === "object" ? known : undefined;
  if (!verifyContent && history === undefined) return undefined;
  return new ContentVerification({
    history,
    startedAt,
    budget: {
      bytes: verifyContent ? (maxBytes ?? Number.POSITIVE_INFINITY) : -1,
      until: maxTime === undefined ? Number.POSITIVE_INFINITY : startedAt + maxTime,
    },
    jobs,
    now: terminal.now,
    resourceUsage: terminal.resourceUsage,
  });
}

/**
 * What scans have verified, by the file that --content-record names, else by that beside the state that the configuration file gives
 * to scans; undefined where there is none. One that was asked for and is not there, and one that cannot be used, is told of.
 */
export async function knownHistory(
  { contentRecord, scanState }: Pick<OptionsOf<"verify">, "contentRecord" | "scanState">,
  { user, warn }: Run["terminal"],
): Promise<ContentHistory | undefined> {
  const file = contentRecord ?? (scanState === undefined ? undefined : contentFileOf(scanState));
  const known = file === undefined ? undefined : await readContentFile(file, user);
  if (typeof known === "object") return known;
  const failure = known ?? (contentRecord === undefined ? undefined : `${contentRecord}: there is none`);
  if (failure !== undefined) warn(`--content-record ${failure}; nothing tells when content was verified`);
  return undefined;
}

/** For what earlier scans knew, and to read all content where that is asked for; undefined for neither. */
export function knownContent(
  history: ContentHistory | undefined,
  { verifyContent, jobs }: { readonly verifyContent: boolean; readonly jobs: number | undefined },
  { startedAt, terminal: { now, resourceUsage } }: Run,
): ContentVerification | undefined {
  if (!verifyContent && history === undefined) return undefined;
  const budget = { bytes: verifyContent ? Number.POSITIVE_INFINITY : -1, until: Number.POSITIVE_INFINITY };
  return new ContentVerification({ history, startedAt, budget, jobs, now, resourceUsage });
}

/**
 * Writes what is known by now. Of a root that was not read in full, what other runs knew is kept where this one has not seen
 * the blob, and all of a root that it was not asked about; `inspected` is undefined where the run was interrupted before it was known which are.
 */
export async function rememberContent(
  options: ContentScanOptions,
  verification: ContentVerification,
  inspected: Pick<InspectedRoots, "inspections" | "unreadable"> | undefined,
  { files, paths, terminal }: Run,
): Promise<void> {
  const file = contentFile(options);
  if (file === undefined || !options.verifyContent || !verification.hasBegun) return;
  const { inspections = [], unreadable = [] } = inspected ?? {};
  const unread = new Set(unreadable.map(({ root }) => root));
  const complete = new Set(inspections.filter(({ root }) => !unread.has(root.name)).map(({ root }) => root.path));
  const isComplete = inspected !== undefined && unreadable.length === 0;
  // A run that began later may have ended before, and found damage that this one did not get to.
  const now = await readContentFile(file, terminal.user);
  if (typeof now === "object") verification.learn(terminal.fs, now);
  const history = verification.history(
    (path) => complete.has(path) || (isComplete && nameBelow(paths, path) !== undefined),
  );
  await files.writeBytes("--state", file, () => contentFilePieces(history));
}
