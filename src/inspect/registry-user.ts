// Who serves a root, so that what that user may not read can be told: an option says so, or the storage's owner does.
import type { RegistryUser, User } from "../facts/closed.ts";
import type { NamespaceFacts } from "../facts/facts.ts";
import { majorityOwner } from "../scan/access.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { repositoryNames } from "../scan/list-namespace.ts";
import { groupsOf } from "../scan/users.ts";

interface Served {
  /** `majority` for whom most of the storage belongs to; undefined: nobody is judged. */
  readonly servedBy?: User | "majority" | undefined;
  /** The user who scans: what that one may not read shows by itself. */
  readonly ownUid?: number | undefined;
}

/** Undefined where that user reads everything, or reads no less than whoever scans. */
export function registryUser(
  storageFs: StorageFs,
  root: string,
  namespace: NamespaceFacts,
  { servedBy, ownUid }: Served,
): RegistryUser | undefined {
  if (servedBy === undefined) return undefined;
  const user = servedBy === "majority" ? majorityOwner(storageFs, root, repositoryNames(namespace)) : servedBy;
  if (user === undefined || user.uid === 0) return undefined;
  if (servedBy !== "majority") return { ...user, isNamed: true };
  if (user.uid === ownUid) return undefined;
  return { uid: user.uid, gids: [...user.gids, ...groupsOf(storageFs, user.uid)], isNamed: false };
}
