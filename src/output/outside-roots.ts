// Refuses result files that would lie inside a storage root, where nothing is ever written, or in one another's place.
import { realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../contract/errors.ts";
import { BLOBS, REPOSITORIES, STORAGE } from "../layout/paths.ts";
import { type User, withTarget } from "./target.ts";

/** Files by the option that names each. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/** Descriptors of this process: what they lead to was opened by whoever started it. */
export const DESCRIPTOR = /^\/(?:dev\/(?:std(out|err)|fd\/(\d+))|proc\/self\/fd\/(\d+))$/;

/**
 * Refuses files that would lie inside a storage root: one of `roots`, or any other that they would lie in; through
 * symbolic links too, and where a root is mounted once more.
 * Throws a UsageError for that, for a folder that does not exist, and for a link that is not followed.
 */
export async function checkOutsideRoots(files: NamedFiles, roots: readonly string[], user: User): Promise<void> {
  const known = new Map(roots.flatMap((root) => ROOT_PARTS.map((part) => [identityAt(join(root, part)), root])));
  for (const [option, file] of named(files)) {
    await look(option, file, user, (folder) => {
      const root = rootAbove(folder, known);
      if (root === undefined) return;
      throw new UsageError(`${option} ${file}: inside the storage root ${root}, where nothing is ever written`);
    });
  }
}

/** As checkOutsideRoots, where the paths that were given hold no root that can be read: what cannot be may be one. */
export async function checkOutsideGiven(files: NamedFiles, paths: readonly string[], user: User): Promise<void> {
  const isUnknown = (path: string) => isStorageRoot(path) === undefined;
  await checkOutsideRoots(files, paths.filter(isUnknown), user);
}

/** Throws a UsageError where two options name one file, of which one is to be written: by other paths or links, too. */
export async function checkDistinct(outputs: NamedFiles, inputs: NamedFiles, user: User): Promise<void> {
  const taken = new Map<string, string>();
  const take = (option: string, file: string, identities: readonly string[]) => {
    const other = identities.map((identity) => taken.get(identity)).find((known) => known !== undefined);
    if (other !== undefined) throw new UsageError(`${other} and ${option} name one file: ${file}`);
    for (const identity of identities) taken.set(identity, option);
  };
  for (const [option, file] of named(outputs)) {
    const { there, place } = await look(option, file, user);
    // A device takes what all of them write.
    if (there === undefined) take(option, file, [place]);
    else if (there.isFile() || there.isDirectory()) take(option, file, [place, identityOf(there)]);
  }
  for (const [option, file] of named(inputs)) {
    const identity = identityAt(file);
    const other = identity === undefined ? undefined : taken.get(identity);
    if (other !== undefined) throw new UsageError(`${other} and ${option} name one file: ${file}`);
  }
}

/** The storage root that a folder is, or lies in. */
export function rootAbove(
  folder: string,
  known: ReadonlyMap<string | undefined, string> = new Map(),
): string | undefined {
  let below: string | undefined;
  for (let place = folder; ; place += "/..") {
    const identity = identityAt(place);
    const root = known.get(identity ?? "") ?? (isStorageRoot(place) ? realpathSync.native(place) : undefined);
    if (root !== undefined || identity === undefined || identity === below) return root;
    below = identity;
  }
}

async function look(option: string, file: string, user: User, onFolder?: (folder: string) => void) {
  try {
    return await withTarget(
      file,
      user,
      ({ there, folderIdentity, name }) => ({ there, place: `${folderIdentity}/${name}` }),
      onFolder,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isNoFolder = code === "ENOENT" || code === "ENOTDIR";
    throw new UsageError(`${option} ${file}: ${isNoFolder ? "its folder does not exist" : message}`);
  }
}

function named(files: NamedFiles): [option: string, file: string][] {
  return Object.entries(files).flatMap(([option, file]) =>
    file === undefined || DESCRIPTOR.test(file) ? [] : [[option, file]],
  );
}

/** A root, and the folders of it that a mount elsewhere may show alone. */
const ROOT_PARTS = ["", "docker", "docker/registry", STORAGE, BLOBS, REPOSITORIES];

/** What two paths share that lead to one file or folder; undefined where nothing can be told. */
function identityAt(path: string): string | undefined {
  try {
    return identityOf(statSync(path));
  } catch {
    return undefined;
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

/** Whether a folder holds a registry's storage; undefined where that cannot be told. */
function isStorageRoot(folder: string): boolean | undefined {
  try {
    return statSync(`${folder}/${STORAGE}`).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? false : undefined;
  }
}
