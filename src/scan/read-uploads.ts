// Reads a repository's uploads under way: when each began, when it last grew.
import { DiskState, type UploadFacts } from "../facts/facts.ts";
import { uploadsFolder } from "../layout/paths.ts";
import { entriesOf, errorCode, READ_FLAGS, stateOfError } from "./fs/storage-fs.ts";
import { listPart, type RepositoryReading, statPart } from "./repository-reading.ts";

/** Reads the uploads of a repository. One that ends while it is read is left out. */
export function readUploads(reading: RepositoryReading, repository: string): UploadFacts[] {
  const folder = uploadsFolder(repository);
  const listing = listPart(reading, folder);
  const uploads: UploadFacts[] = [];
  for (const name of entriesOf(listing)) {
    const path = `${folder}/${name}`;
    const { stat } = statPart(reading, path);
    if (!stat?.isDirectory()) continue;
    const data = statPart(reading, `${path}/data`).stat;
    const began = readStartedAt(reading, `${path}/startedat`);
    uploads.push({
      id: name,
      startedAt: began ?? stat.mtimeMs,
      isDated: began !== undefined,
      modified: Math.max(stat.mtimeMs, data?.mtimeMs ?? 0),
      bytes: data?.size ?? 0,
    });
  }
  return uploads;
}

/** More than a time with all its digits takes. */
const STARTED_AT_BYTES = 64;

/** As Go reads it: what else Date.parse takes for a time is none. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The RFC 3339 time in an upload's `startedat`; undefined where there is none. */
function readStartedAt(reading: RepositoryReading, path: string): number | undefined {
  const { fs, root } = reading;
  try {
    const file = fs.openSync(`${root}/${path}`, READ_FLAGS);
    try {
      const buffer = Buffer.alloc(STARTED_AT_BYTES);
      let length = 0;
      for (let more = -1; more !== 0 && length < STARTED_AT_BYTES; length += more) {
        more = fs.readSync(file, buffer, length, STARTED_AT_BYTES - length, null);
      }
      const text = buffer.toString("latin1", 0, length);
      const time = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
      return Number.isNaN(time) ? undefined : time;
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    const code = errorCode(error);
    if (stateOfError(code) === DiskState.unreadable) reading.unreadable.push({ path, error: code });
    return undefined;
  }
}
