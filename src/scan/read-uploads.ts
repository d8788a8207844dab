// Reads a repository's uploads under way: when each began, when it last grew.
import { uploadsFolder } from "../layout/paths.ts";
import { DiskState, type UploadFacts } from "./facts.ts";
import { listPart, type RepositoryReading } from "./repository-reading.ts";
import { errorCode, namesOf, READ_FLAGS, type StorageFs, stateOfError, statPath } from "./storage-fs.ts";

/** Reads the uploads of a repository. One that ends while it is read is left out. */
export function readUploads(reading: RepositoryReading, repository: string): UploadFacts[] {
  const folder = uploadsFolder(repository);
  const listing = listPart(reading, folder);
  const uploads: UploadFacts[] = [];
  for (const name of namesOf(listing)) {
    const path = `${reading.root}/${folder}/${name}`;
    const { stat, code } = statPath(reading.fs, path);
    if (code && stateOfError(code) === DiskState.unreadable)
      reading.unreadable.push({ path: `${folder}/${name}`, error: code });
    if (!stat?.isDirectory()) continue;
    const data = statPath(reading.fs, `${path}/data`).stat;
    const startedAt = readStartedAt(reading.fs, `${path}/startedat`) ?? stat.mtimeMs;
    uploads.push({
      id: name,
      startedAt,
      modified: Math.max(stat.mtimeMs, data?.mtimeMs ?? 0),
      bytes: data?.size ?? 0,
    });
  }
  return uploads;
}

/** The RFC 3339 time in an upload's `startedat`; undefined where there is none. */
function readStartedAt(storageFs: StorageFs, path: string): number | undefined {
  try {
    const file = storageFs.openSync(path, READ_FLAGS);
    try {
      const buffer = Buffer.alloc(64);
      const time = Date.parse(buffer.toString("latin1", 0, storageFs.readSync(file, buffer, 0, 64, null)));
      return Number.isNaN(time) ? undefined : time;
    } finally {
      storageFs.closeSync(file);
    }
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
