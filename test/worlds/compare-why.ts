// Holds `why` with an index against `why` that reads all, for every digest of a world that something has happened to.
import { join } from "node:path";
import { expect, vi } from "vitest";
import type { BlobReport } from "../../src/contract/why.ts";
import { applyChanges, type Change, DAY, filesOf } from "./later.ts";
import { runProgram } from "./scan-world.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import type { World } from "./world.ts";

/** A mismatched link is found by a scan; with an index why looks at those alone that lead to the blob by their own name. */
const TOLD: readonly Change["kind"][] = ["delete", "delete-folder", "empty", "push"];

/** Asks about digests, and gives the report with the exit code. */
export async function why(world: World, digests: readonly string[], options: readonly string[] = [], fs = world.fs) {
  const line = ["why", "--format", "json", ...options, world.root, ...digests];
  const { printed, ...run } = await runProgram(fs, line, Date.now());
  return { ...JSON.parse(printed), ...run };
}

/** The index of a scan a day after now; a day later. Takes the clock to be the test's own. */
export async function indexed(world: World): Promise<string> {
  const file = join(temporaryFolder(), "index");
  vi.setSystemTime(Date.now() + DAY);
  await runProgram(world.fs, ["scan", "--quiet", "--index", file, world.root], Date.now());
  vi.setSystemTime(Date.now() + DAY);
  return file;
}

/** Expects the same of both, and gives how many digests were compared in full. */
export async function compareWhy(world: World, changes: readonly Change[]): Promise<number> {
  const before = filesOf(world);
  const file = await indexed(world);
  applyChanges(
    world,
    changes.filter(({ kind }) => TOLD.includes(kind)),
  );
  const digests = new Set<string>();
  for (const path of [...before, ...filesOf(world)]) {
    const [, hex] = /\/sha256\/(?:[0-9a-f]{2}\/)?([0-9a-f]{64})\//.exec(path) ?? [];
    if (hex !== undefined) digests.add(`sha256:${hex}`);
  }
  const [full, quick] = [await why(world, [...digests]), await why(world, [...digests], ["--index", file])];
  expect(quick.exitCode).toBe(full.exitCode);
  let compared = 0;
  for (const [at, blob] of (full.blobs as BlobReport[]).entries()) {
    const { plain, deleteUntagged } = blob.garbageCollection;
    const aborts = plain.abort !== null || deleteUntagged.abort !== null;
    expect(comparable(quick.blobs[at], aborts)).toEqual(comparable(blob, aborts));
    if (!aborts) compared++;
  }
  return compared;
}

/** Without what only a look at all of the root can tell. */
function comparable({ garbageCollection: { plain, deleteUntagged }, ...blob }: BlobReport, aborts: boolean) {
  return aborts ? blob : { ...blob, plain, deleteUntagged };
}
