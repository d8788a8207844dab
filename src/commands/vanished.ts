// The repositories of the last complete run that are gone, and the cause `vanished` that names them.
import { minuteOf } from "../causes/cause.ts";
import { countUnreferenced } from "../checks/unreferenced-blob.ts";
import type { Cause } from "../contract/cause.ts";
import type { State } from "../contract/state-file.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { type RootIdentity, vanishedRepositories } from "../report/history.ts";

/** By root name, the repositories that the last complete run saw and that are gone. */
export function vanishedSince(
  last: State | undefined,
  inspections: readonly RootInspection[],
  identities: ReadonlyMap<string, RootIdentity>,
): ReadonlyMap<string, readonly string[]> {
  const roots = inspections.map(({ root }) => root);
  return new Map(last ? vanishedRepositories(roots, last, identities) : []);
}

/** How many repositories the sentence names. */
const NAMED = 5;

/** `vanished` by root name; `since` is when the run was that saw them (ISO 8601). */
export function vanishedCauses(
  inspections: readonly RootInspection[],
  vanished: ReadonlyMap<string, readonly string[]>,
  since: string,
): Cause[] {
  return inspections.flatMap(({ root, context }) => {
    const gone = vanished.get(root.name) ?? [];
    if (gone.length === 0) return [];
    const { count: blobs, bytes } = countUnreferenced(context);
    const more = gone.length > NAMED ? ` and ${gone.length - NAMED} more` : "";
    const named = `${gone.slice(0, NAMED).join(", ")}${more}`;
    const one = gone.length === 1;
    const left =
      blobs === 0
        ? "their blobs are gone too, or other images use them"
        : `${blobs} blobs of ${bytes} bytes that nothing references are still in the store`;
    return [
      {
        code: "vanished",
        root: root.name,
        message: `${one ? "a repository is" : `${gone.length} repositories are`} gone since ${minuteOf(Date.parse(since))}: ${named}; ${left}`,
        evidence: {
          repositories: gone.length,
          first: gone[0]!,
          since,
          unreferencedBlobs: blobs,
          unreferencedBytes: bytes,
        },
        findings: 0,
        images: 0,
        fix: `if nobody removed ${one ? "it" : "them"}, restore the folders from a backup before the next garbage-collect deletes the blobs; if it was meant, do nothing: the next scan does not report it again`,
        next: `regfsck usage ${root.path}`,
      },
    ];
  });
}
