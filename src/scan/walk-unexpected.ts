// Walks folders that have no business in a storage root, following symbolic links as the registry's walk does, but so
// that no number of links that lead back or crosswise makes it endless.
import { DiskState } from "../facts/facts.ts";
import { identityOf, listNames, MOST_VISITS, type StorageFs, stateOfError } from "./fs/storage-fs.ts";
import { isUndecodableName, undecodableLeaves } from "./undecodable-names.ts";

/** A path that is not a directory that can be entered, and what listing it gave. */
export interface Leaf {
  /** Relative to the root. */
  readonly path: string;
  /** `malformed` for a loop of symbolic links. */
  readonly state: Exclude<DiskState, typeof DiskState.ok>;
  readonly code: string;
}

/** The leaves at and below a path of the storage root at `root`, in the order of their names. */
export function* leavesBelow(storageFs: StorageFs, root: string, path: string): Generator<Leaf> {
  const visits = new Map<string, number>();
  let trail: string[] | undefined;
  const above = path.split("/").length;
  const stack: { readonly path: string; readonly depth: number }[] = [{ path, depth: 0 }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (isUndecodableName(step.path)) {
      for (const { path: leaf, code = "ENOTDIR" } of undecodableLeaves(storageFs, root, step.path)) {
        yield { path: leaf, state: stateOfError(code) as Leaf["state"], code };
      }
      continue;
    }
    const listing = listNames(storageFs, `${root}/${step.path}`);
    if (listing.state !== DiskState.ok) {
      yield { path: step.path, state: listing.state, code: listing.code };
      continue;
    }
    trail ??= foldersAbove(path).map((folder) => identityOf(storageFs, `${root}/${folder}`));
    const identity = identityOf(storageFs, `${root}/${step.path}`);
    trail.length = above + step.depth;
    const count = (visits.get(identity) ?? 0) + 1;
    visits.set(identity, count);
    if (trail.includes(identity)) yield { path: step.path, state: DiskState.malformed, code: "ELOOP" };
    else if (count > MOST_VISITS) {
      yield { path: step.path, state: DiskState.unreadable, code: "too many symbolic links lead here" };
    } else {
      trail.push(identity);
      for (const name of listing.entries.toReversed()) {
        stack.push({ path: `${step.path}/${name}`, depth: step.depth + 1 });
      }
    }
  }
}

/** The folders of a storage root that a path lies in, from its top. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index).join("/"));
}
