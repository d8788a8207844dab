import { describe, expect, it } from "vitest";
import { BYTES_A_ROW, ContentRecord, ContentRows, changeMark, fileMark } from "../../src/facts/content-record.ts";

const sound = { verifiedAt: 1_790_000_000, isCorrupt: false, change: 77 };

describe("the record of verified content", () => {
  it("takes 16 bytes a blob, and finds each by its digest and its file", () => {
    const rows = new ContentRows(1);
    for (let n = 0; n < 1000; n++) {
      rows.push(n * 4_000_037, n << 16, fileMark(n, 0), { verifiedAt: n + 1, isCorrupt: n % 3 === 0, change: n });
    }
    const words = rows.finish();
    expect(words.byteLength).toBe(1000 * BYTES_A_ROW);
    const record = new ContentRecord(words);
    for (let n = 0; n < 1000; n++) {
      const evidence = { verifiedAt: n + 1, isCorrupt: n % 3 === 0, change: n };
      expect(record.find((n * 4_000_037) >>> 0, n << 16, fileMark(n, 0))).toEqual(evidence);
    }
    expect(record.find(1, 1, fileMark(1, 0))).toBeUndefined();
  });

  it("knows nothing of a file that was written again, or is of another size", () => {
    const rows = new ContentRows(1);
    rows.push(1, 2 << 16, fileMark(100, 5_000), sound);
    const record = new ContentRecord(rows.finish());
    expect(record.find(1, 2 << 16, fileMark(100, 5_999))).toEqual(sound);
    expect(record.find(1, 2 << 16, fileMark(100, 6_000))).toBeUndefined();
    expect(record.find(1, 2 << 16, fileMark(101, 5_000))).toBeUndefined();
    expect(record.find(1, 2 << 16, fileMark(100 + 2 ** 32, 5_000))).toBeUndefined();
  });

  it("keeps blobs apart whose digests begin alike", () => {
    const rows = new ContentRows(1);
    for (let n = 0; n < 500; n++) rows.push(9, 9 << 16, fileMark(n, 0), { ...sound, verifiedAt: n + 1 });
    const record = new ContentRecord(rows.finish());
    for (let n = 0; n < 500; n++) expect(record.find(9, 9 << 16, fileMark(n, 0))?.verifiedAt).toBe(n + 1);
  });

  it("has a mark for every change time, and none of them is that of an unknown one", () => {
    const marks = Array.from({ length: 1000 }, (_, n) => changeMark(n * 1000));
    expect(Math.min(...marks)).toBeGreaterThan(0);
    expect(Math.max(...marks)).toBeLessThan(2 ** 15);
    expect(new Set(marks).size).toBeGreaterThan(950);
  });

  it("takes over rows that are not in it", () => {
    const before = new ContentRows(1);
    before.push(1, 0, fileMark(1, 0), sound);
    before.push(2, 0, fileMark(2, 0), sound);
    const rows = new ContentRows(1);
    rows.push(1, 0, fileMark(1, 0), { ...sound, verifiedAt: 1_800_000_000 });
    rows.addMissing(new ContentRecord(before.finish()));
    const record = new ContentRecord(rows.finish());
    expect(record.length).toBe(2);
    expect([1, 2].map((n) => record.find(n, 0, fileMark(n, 0))?.verifiedAt)).toEqual([1_800_000_000, 1_790_000_000]);
  });

  it("passes over what is left of a row that was cut off", () => {
    expect(new ContentRecord(Uint32Array.of(1, 2, 3, 4, 5)).length).toBe(1);
  });
});
