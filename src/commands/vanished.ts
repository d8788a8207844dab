// The repositories and tags of the last complete run that are gone, and the cause `vanished` that names them.
import { minuteOf } from "../causes/cause.ts";
import { countUnreferenced } from "../checks/unreferenced-blob.ts";
import type { Cause } from "../contract/cause.ts";
import type { State } from "../contract/state-file.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { StoredImages } from "../inspect/stored-images.ts";
import { type RootIdentity, type Vanished, type VanishedTag, vanishedIn } from "../report/history.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";

/** By root name, what the last complete run saw and that is gone. */
export function vanishedSince(
  last: State | undefined,
  inspections: readonly RootInspection[],
  identities: ReadonlyMap<string, RootIdentity>,
): ReadonlyMap<string, Vanished> {
  const roots = inspections.map(({ root }) => root);
  return new Map(last ? vanishedIn(roots, last, identities) : []);
}

/** How many repositories, and how many tags, the sentence names; of how many tags the content is looked at. */
const NAMED = 5;
const MOST_LOOKED_AT = 10_000;

/** `vanished` by root name; `since` is when the run was that saw them (ISO 8601). */
export function vanishedCauses(
  storageFs: StorageFs,
  inspections: readonly RootInspection[],
  vanished: ReadonlyMap<string, Vanished>,
  since: string,
): Cause[] {
  return inspections.flatMap((inspection) => {
    const gone = vanished.get(inspection.root.name);
    return gone ? [vanishedCause(storageFs, inspection, gone, since)] : [];
  });
}

function vanishedCause(
  storageFs: StorageFs,
  { root, context }: RootInspection,
  { repositories, tags }: Vanished,
  since: string,
): Cause {
  const lost = new Set(repositories);
  const others = tags.filter(({ repository }) => !lost.has(repository));
  const stored = new StoredImages(storageFs, root.path, context.graph);
  const restorable = tags.slice(0, MOST_LOOKED_AT).filter(({ digest }) => stored.has(digest));
  const { count: blobs, bytes } = countUnreferenced(context);
  const named = [...some(repositories), ...some(others.map(imageName))].join(", ");
  const one = repositories.length + others.length === 1;
  return {
    code: "vanished",
    root: root.name,
    message: `${amount(repositories.length, others.length)} gone since ${minuteOf(Date.parse(since))}: ${named}; ${whatIsLeft(tags, restorable, blobs, bytes)}`,
    evidence: {
      repositories: repositories.length,
      tags: tags.length,
      first: repositories[0] ?? imageName(others[0]!),
      since,
      restorable: restorable.length,
      unreferencedBlobs: blobs,
      unreferencedBytes: bytes,
    },
    findings: 0,
    images: 0,
    fix:
      restorable.length > 0
        ? `if nobody removed ${one ? "it" : "them"}, run no garbage-collect: until the next one regfsck plan --restore brings ${restorable.length === 1 ? "it" : "them"} back; if it was meant, do nothing: the next scan does not report it again`
        : `if nobody removed ${one ? "it" : "them"}, restore from a backup before the next garbage-collect deletes more; if it was meant, do nothing: the next scan does not report it again`,
    next: restorable[0]
      ? `regfsck plan --restore ${imageName(restorable[0])}@${restorable[0].digest} ${root.path}`
      : `regfsck plan ${root.path}`,
  };
}

/** `2 repositories and 1 tag are`. */
function amount(repositories: number, tags: number): string {
  const parts = [
    repositories > 0 ? `${repositories} ${repositories === 1 ? "repository" : "repositories"}` : "",
    tags > 0 ? `${tags} ${tags === 1 ? "tag" : "tags"}` : "",
  ].filter((part) => part !== "");
  return `${parts.join(" and ")} ${repositories + tags === 1 ? "is" : "are"}`;
}

function some(names: readonly string[]): string[] {
  const more = names.length - NAMED;
  return more > 0 ? [...names.slice(0, NAMED), `${more} more`] : [...names];
}

function whatIsLeft(
  tags: readonly VanishedTag[],
  restorable: readonly VanishedTag[],
  blobs: number,
  bytes: number,
): string {
  if (tags.length === 0) {
    return blobs === 0
      ? "their blobs are gone too, or other images use them"
      : `${blobs} blobs of ${bytes} bytes that nothing references are still in the store`;
  }
  if (restorable.length === 0) return "nothing of them is complete in the store any more";
  const all = restorable.length === tags.length ? (tags.length === 1 ? "its image is" : "all their images are") : "";
  const part = all === "" ? `the images of ${restorable.length} of ${tags.length} tags are` : all;
  return `${part} still in the store, until the next garbage collection`;
}

function imageName({ repository, tag }: VanishedTag): string {
  return `${repository}:${tag}`;
}
