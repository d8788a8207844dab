// Where worlds, damaged copies and skeletons lie while they are needed.
import { accessSync, constants } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder, in memory where the machine has such a place: a run copies and deletes some million small files. */
export function makeScratch(name: string): Promise<string> {
  return mkdtemp(join(inMemory() ?? tmpdir(), `${name}-`));
}

function inMemory(): string | undefined {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return undefined;
  }
}
