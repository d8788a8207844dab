// regfsck gate --recheck: whether anything moved since a gate said go. Reads names and tags, no blob and no manifest.
import { z } from "zod";
import { UsageError } from "../contract/errors.ts";
import { type Decision, type Fingerprint, gateReport, type RecheckReport } from "../contract/gate.ts";
import { rootKind } from "../contract/parts.ts";
import { namedRegistry } from "../contract/run.ts";
import { DiskState, type Unreadable } from "../facts/facts.ts";
import { type ChosenRoot, chooseRoots } from "../inspect/choose-roots.ts";
import { BLOBS, REPOSITORIES } from "../layout/paths.ts";
import type { OptionsOf } from "../options.ts";
import { readInput } from "../output/input-file.ts";
import { print } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import { fingerprint } from "../scan/fingerprint.ts";
import { listNames, type StorageFs } from "../scan/fs/storage-fs.ts";
import { listNamespace } from "../scan/list-namespace.ts";
import { escapeText } from "../text/escape.ts";
import { formatNumberOf } from "../text/quantities.ts";
import { cleanUpNames, sortedNames } from "./clean-up.ts";
import { GATE_EXIT } from "./gate.ts";

type GateOptions = OptionsOf<"gate">;

/** The report of a gate that was asked about a million tags has less. */
const MOST_BYTES = 1 << 29;

const { schemaVersion, registry, command, runId, startedAt, asked, decision, fingerprints } = gateReport.shape;
const EVIDENCE = z.object({ indexOf: z.string().nullable() }).optional();
const EARLIER = z.object({
  ...{ schemaVersion, registry, command, runId, startedAt, asked, decision, fingerprints: fingerprints.min(1) },
  forecast: z.object({ roots: z.array(z.object({ path: z.string(), kind: rootKind, evidence: EVIDENCE })) }),
});
type Earlier = z.infer<typeof EARLIER>;

/**
 * Compares and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. Throws a UsageError for a file that is no
 * gate's report of this version, or one about other roots, or another garbage collection or clean-up.
 */
export async function recheckGate(options: GateOptions & { recheck: string }, terminal: Terminal): Promise<number> {
  const earlier = readEarlier(options.recheck);
  const { chosen, unreadable: outside } = chooseRoots(terminal.fs, { ...options, repositories: [] });
  refuseOther(earlier, chosen, options);
  const unreadable: Unreadable[] = [...outside];
  const moved = earlier.fingerprints.filter(
    ({ path, sha256 }) => fingerprint(terminal.fs, path, unreadable) !== sha256,
  );
  const emptied = moved.flatMap((one) => emptyDirectories(terminal.fs, one));
  const { decision, reasons } = decideAgain(earlier, { moved, emptied, unreadable }, options, terminal.now());
  const code = GATE_EXIT[decision];
  const tool = { name: "regfsck", version: terminal.version };
  const answer: RecheckReport = {
    schemaVersion: 1,
    tool,
    registry: RULES[options.registry].registry,
    command: "gate",
    recheckOf: earlier.runId,
    asked: earlier.asked,
    decision,
    reasons,
  };
  const words = [`${decision.toUpperCase()} for ${collectionOf(earlier)}`, ...reasons.map((reason) => `  ${reason}`)];
  const lines = options.format === "text" ? words.map((line) => escapeText(line)) : [JSON.stringify(answer)];
  await print(options, code, async () => lines.map((line) => `${line}\n`), terminal);
  return code;
}

/** `garbage-collect -m after deleting app:1.0 over HTTP and removing app:2.0`. */
function collectionOf({ registry, asked: { deleteUntagged, keepTags, removeTags, deletes } }: Earlier): string {
  const few = (names: readonly string[], noun: string) =>
    names.length > 3 ? [formatNumberOf(names.length, noun)] : names;
  const removed = [...(keepTags === null ? [] : [`all but the ${keepTags} newest tags`]), ...few(removeTags, "tag")];
  const done = [
    ...(deletes.length === 0 ? [] : [`deleting ${few(deletes, "image").join(", ")} over HTTP`]),
    ...(removed.length === 0 ? [] : [`removing ${removed.join(", ")}`]),
  ];
  const named = namedRegistry(registry);
  const whose = named === undefined ? "" : ` of ${named}`;
  return `garbage-collect${deleteUntagged ? " -m" : ""}${whose}${done.length === 0 ? "" : ` after ${done.join(" and ")}`}`;
}

/** Throws a UsageError where what is asked now is not what was asked then. What is not said now is as it was then, but for the registry. */
function refuseOther(
  { registry, asked, forecast, fingerprints }: Earlier,
  chosen: readonly ChosenRoot[],
  options: GateOptions,
): void {
  const refuse = (what: string) => {
    throw new UsageError(`${options.recheck} is the report of a gate that was asked ${what}; ask the gate again`);
  };
  const paths = new Set(chosen.map(({ root }) => root.path));
  if (fingerprints.some(({ path }) => !paths.has(path)) || paths.size !== fingerprints.length) {
    refuse(`about other roots than ${options.paths.join(" ")}`);
  }
  if (RULES[options.registry].registry !== registry) refuse(`about registry ${registry}`);
  if (options.deleteUntagged && !asked.deleteUntagged) refuse("about a garbage collection without -m");
  if (options.keepTags !== undefined && options.keepTags !== asked.keepTags) {
    refuse(asked.keepTags === null ? "without --keep-tags" : `with --keep-tags ${asked.keepTags}`);
  }
  const names = cleanUpNames(options);
  const refuseNames = (now: readonly string[], then: readonly string[], what: string) => {
    if (now.length > 0 && now.join("\n") !== then.join("\n"))
      refuse(`with${then.length === 0 ? "out" : " other"} ${what}`);
  };
  refuseNames(sortedNames(names.removals), asked.removeTags, "tags to remove");
  refuseNames(sortedNames(names.deletes), asked.deletes, "images to delete");
  const kinds = new Map(forecast.roots.map(({ path, kind }) => [path, kind]));
  for (const { root, isKindGiven } of chosen) {
    if (isKindGiven && kinds.get(root.path) !== root.kind) refuse(`to treat ${root.name} as ${kinds.get(root.path)}`);
  }
}

/** What is empty in a root that moved, and may be a volume that is not mounted any more. */
function emptyDirectories(storageFs: StorageFs, { root, path }: Fingerprint): string[] {
  const store = listNames(storageFs, `${path}/${BLOBS}`);
  const folders = listNamespace(storageFs, path).empty.map((folder) => `${REPOSITORIES}${folder && `/${folder}`}`);
  const isStoreEmpty = store.state === DiskState.ok && store.entries.length === 0;
  return [...folders, ...(isStoreEmpty ? [BLOBS] : [])].map((folder) => `${root}/${folder}`);
}

interface Seen {
  readonly moved: readonly Fingerprint[];
  readonly emptied: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

function decideAgain(
  { decision, startedAt, forecast }: Earlier,
  { moved, emptied, unreadable }: Seen,
  { recheckAge, trustIndex }: GateOptions,
  now: number,
): { decision: Decision; reasons: string[] } {
  if (decision !== "go") return { decision, reasons: [`the gate of ${startedAt} did not say go, but ${decision}`] };
  if (moved.length > 0 && unreadable.length + emptied.length === 0) {
    const what = `tags, links, blobs or uploads moved since ${startedAt}; run the gate again`;
    return { decision: "stop", reasons: moved.map(({ root }) => `${root}: ${what}`) };
  }
  const reasons = unreadable.map(({ path, error }) => `${path} could not be read (${error})`);
  for (const path of emptied) {
    reasons.push(`${path} is empty, and something moved since ${startedAt}: is its volume mounted? Run the gate again`);
  }
  if (!trustIndex && forecast.roots.some(({ evidence }) => typeof evidence?.indexOf === "string")) {
    reasons.push(
      `the gate of ${startedAt} took files as an index had them; --trust-index lets the re-check rest on that`,
    );
  }
  const age = now - Date.parse(startedAt);
  if (age > recheckAge || age < 0) {
    const when = age < 0 ? "in the future (is the clock right?)" : "longer ago than --recheck-age";
    reasons.push(`the gate ran at ${startedAt}, ${when}; run it again`);
  }
  return { decision: reasons.length > 0 ? "undecided" : "go", reasons };
}

function readEarlier(file: string): Earlier {
  let text: string;
  try {
    text = readInput(file, MOST_BYTES);
  } catch (error) {
    throw new UsageError(`--recheck ${file}: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`--recheck ${file}: not JSON, or cut off`);
  }
  const parsed = EARLIER.safeParse(json);
  if (!parsed.success) throw new UsageError(`--recheck ${file}: not a gate's report of this version`);
  return parsed.data;
}
