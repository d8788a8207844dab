// One root from disk to drafts of findings: read it, put its graph together, pull every image, run the checks, and
// read again what the findings rest on until it stands still.
import type { CheckContext, FindingCode, FindingDraft } from "../checks/finding.ts";
import { findDrafts } from "../checks/index.ts";
import type { Unreadable } from "../facts/facts.ts";
import { RootGraph } from "../graph/root-graph.ts";
import { STORAGE } from "../layout/paths.ts";
import { pullAll } from "../registry/serve/pull.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import type { Progress } from "../scan/reader.ts";
import type { ChosenRoot } from "./choose-roots.ts";
import { type InspectOptions, RootReading } from "./root-reading.ts";

export interface RootInspection {
  readonly root: StorageRoot;
  /** Whether blobs/ is there at all. */
  readonly hasBlobStore: boolean;
  readonly context: CheckContext;
  readonly unreadable: readonly Unreadable[];
  /** What was found of one code, sorted, made anew each time that it is asked for. */
  drafts(code: FindingCode): Iterable<FindingDraft>;
}

/** How long to wait before a finding's proof is read again (ms); what moves each time counts as unsettled. */
const PAUSES = [50, 200, 500, 1000, 2000];

/** Reads and checks the chosen repositories of one root. */
export async function inspectRoot(
  storageFs: StorageFs,
  { root, namespace, names }: ChosenRoot,
  options: InspectOptions,
  progress: Progress,
): Promise<RootInspection> {
  const reading = new RootReading(storageFs, root, namespace, options, progress);
  try {
    return await inspect(reading, root, names, options);
  } finally {
    await reading.close();
  }
}

/** Nothing of a root whose storage went away while it was read: what was missed then was not deleted. */
function unread(root: StorageRoot, options: InspectOptions): RootInspection {
  const context: CheckContext = {
    root: root.name,
    kind: root.kind,
    graph: new RootGraph(),
    pull: pullAll(new RootGraph(), { fetchesMissing: false }),
    catalogue: { seen: [], unexpected: [] },
    unexpectedInStore: [],
    wholeRoot: false,
    now: options.now,
    staleUploadAge: options.staleUploadAge,
  };
  const error = "went away while it was read (was the volume unmounted?)";
  return { root, hasBlobStore: true, context, unreadable: [{ path: STORAGE, error }], *drafts() {} };
}

async function inspect(
  reading: RootReading,
  root: StorageRoot,
  names: readonly string[],
  options: InspectOptions,
): Promise<RootInspection> {
  await reading.readAll(names);
  const isEmpty = options.wholeRoot && names.length === 0 && reading.isStoreEmpty();
  // An empty root is one whose folders are empty, not one whose folders are something else.
  if (isEmpty) reading.noteWhatIsNoFolder();
  if (!isEmpty) for (const path of reading.missing) reading.note({ path, error: "missing" });
  else if (!options.allowEmpty) {
    reading.note({
      path: STORAGE,
      error: "no repositories and no blobs (is the volume mounted? --allow-empty accepts it)",
    });
  }
  let context = reading.context();
  let unsettled: ReadonlySet<FindingDraft["path"]> = new Set();
  for (const [round, pause] of PAUSES.entries()) {
    // What the last round sees is no longer taken in: what is reported is one reading, without what moved since.
    const isLast = round === PAUSES.length - 1;
    unsettled = await reading.recheck(context, pause, !isLast);
    if (unsettled.size === 0) break;
    if (!isLast) context = reading.context();
  }
  if (!reading.isStillThere()) return unread(root, options);
  for (const path of unsettled) reading.note({ path, error: "kept changing while it was read" });
  const settledContext = context;
  const unreadable = reading.unreadable();
  return {
    root,
    hasBlobStore: reading.hasBlobStore,
    context,
    unreadable,
    *drafts(code) {
      // What could not be read may reference any of them.
      if (code === "unreferenced-blob" && unreadable.length > 0) return;
      for (const { draft } of findDrafts(settledContext, [code])) if (!unsettled.has(draft.path)) yield draft;
    },
  };
}
