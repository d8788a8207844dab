// What two million blobs cost: 16 bytes each, and less than half a second to load.
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BYTES_A_ROW, ContentRecord, ContentRows, fileMark } from "../../src/facts/content-record.ts";
import { contentFilePieces, readContentFile } from "../../src/output/content-file.ts";
import { writeWhole } from "../../src/output/whole-file.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const BLOBS = 2_000_000;
const user = { uid: process.geteuid!(), gid: process.getegid!() };
const evidence = { verifiedAt: 1_790_000_000, isCorrupt: false, change: 1 };
const key = (n: number) => [Math.imul(n, 0x9e3779b1) >>> 0, Math.imul(n, 0x85ebca6b), fileMark(n, n * 1000)] as const;

it("loads the record of two million blobs in less than half a second of the processor", async () => {
  const file = join(temporaryFolder(), "state.content");
  const rows = new ContentRows(BLOBS);
  for (let n = 0; n < BLOBS; n++) rows.push(...key(n), evidence);
  const roots = new Map([["/root", rows.finish()]]);
  await writeWhole(file, contentFilePieces({ roundStartedAt: 1, lastRun: undefined, roots }), user);
  expect(statSync(file).size).toBeLessThan(BLOBS * BYTES_A_ROW + 1000);
  const times: number[] = [];
  for (let load = 0; load < 5; load++) {
    const before = process.cpuUsage();
    const history = await readContentFile(file, user);
    const record = new ContentRecord((history as Exclude<typeof history, string>)!.roots.get("/root"));
    const { user: own, system } = process.cpuUsage(before);
    times.push((own + system) / 1000);
    expect(record.length).toBe(BLOBS);
    for (let n = 0; n < BLOBS; n += 997) expect(record.find(...key(n))).toEqual(evidence);
  }
  expect(Math.min(...times)).toBeLessThan(500);
});
