// Which directories of a root other file systems are mounted on.
import { BLOBS, namespaceFolder, parentOf } from "../layout/paths.ts";
import { type StorageFs, statPath } from "./fs/storage-fs.ts";

/**
 * Those of blobs/, repositories/ and the directories below repositories/ (`folders`: their paths below it) that are on
 * another device than the directory above them, through symlinks too; relative to the root. One stat each.
 */
export function mountPoints(storageFs: StorageFs, root: string, folders: Iterable<string>): string[] {
  const devices = new Map<string, number | undefined>();
  const deviceOf = (path: string) => {
    if (!devices.has(path)) devices.set(path, statPath(storageFs, `${root}/${path}`).stat?.dev);
    return devices.get(path);
  };
  const paths = [BLOBS, `${BLOBS}/sha256`, ...[...folders].map(namespaceFolder)];
  return paths.filter((path) => {
    const device = deviceOf(path);
    return device !== undefined && device !== deviceOf(parentOf(path));
  });
}
