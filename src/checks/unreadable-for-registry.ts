// A file or directory that the user who serves the registry may not read, though whoever scans may: most often what root
// restored or copied there.
import type { Severity } from "../contract/finding.ts";
import type { ClosedPath } from "../facts/closed.ts";
import { REPOSITORIES } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { problemsOf } from "./pull-problems.ts";

interface ClosedEntry {
  readonly entry: ClosedPath;
  /** The tags that it breaks, where it is known who serves the registry. */
  readonly tags: readonly number[];
}

export const unreadableForRegistry = defineCheck({
  code: "unreadable-for-registry",
  severity: "error",
  variesInSeverity: true,
  label: "closed to the registry's user",
  meaning: "a file or directory that the user who serves the registry may not read, by its owner and mode",
  noun: "entry",
  inCaches: true,
  fixedAtPath: true,
  leftByPlan: "owners and modes are changed by root, and the script is not run as root; the cause has the command",
  find: findClosed,
  draft: (context, { entry, tags }) => ({
    path: entry.path,
    tags,
    severity: severityOf(context, entry),
  }),
  words: ({ registryUser }, { entry }) => ({
    message: `${whose(entry)}, and user ${registryUser!.uid} ${NEEDS[entry.need]}`,
    remedy:
      entry.uid === registryUser!.uid
        ? `chmod u+${entry.need === "read" ? "r" : "rx"} it`
        : `give it to user ${registryUser!.uid} as the rest is (chown -R), or to its group with a mode that lets it read`,
  }),
  restsOn: ({ registryUser }, { entry: { path, need } }) => [{ kind: "closed", path, need, user: registryUser! }],
});

const NEEDS = {
  read: "may not read it: the registry answers 500, or breaks off",
  enter: "may not enter it: the registry answers 500 to all that lies in it",
  list: "may not list it: what the registry lists there, in _catalog, tags/list or a garbage collection, fails",
};

function whose({ uid, gid, mode }: ClosedPath): string {
  return `owner ${uid}:${gid}, mode ${mode.toString(8).padStart(4, "0")}`;
}

/** What only a garbage collection lists hurts no client. */
function severityOf({ registryUser, kind }: CheckContext, { path, need }: ClosedPath): Severity {
  if (!registryUser!.isNamed || kind === "cache") return "warning";
  const isServedList = path.startsWith(REPOSITORIES) && (path.endsWith("/_manifests/tags") || !/\/_[^/]*/.test(path));
  return need === "list" && !isServedList ? "warning" : "error";
}

function findClosed(context: CheckContext): ClosedEntry[] {
  const { closed, closedParts } = context;
  if (closed.length === 0) return [];
  const tags = new Map<string, Set<number>>();
  for (const problem of closedParts ? problemsOf(context, "closed") : []) {
    const { tag, reply } = problem;
    const path = reply
      ? (closedParts!.links[reply.kind].get(reply.link) ?? closedParts!.blobs.get(reply.blob))
      : closedParts!.tags.get(tag);
    if (path === undefined) continue;
    const known = tags.get(path) ?? new Set();
    tags.set(path, known);
    for (const one of problem.tags) known.add(one);
  }
  return closed.map((entry) => ({ entry, tags: [...(tags.get(entry.path) ?? [])].sort((a, b) => a - b) }));
}
