import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatList,
  formatNumberOf,
  formatShare,
  withReadableCounts,
  withReadableNumbers,
} from "../../src/text/quantities.ts";

describe("quantities", () => {
  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b"], "a and b"],
    [["a", "b", "c"], "a, b and c"],
  ])("lists %j", (parts, text) => {
    expect(formatList(parts)).toBe(text);
  });

  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [1023, "1,023 bytes"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [100 * 1024, "100 KiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [1.25 * 2 ** 40, "1.3 TiB"],
    [5000 * 2 ** 50, "5,000 PiB"],
  ])("gives %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, 1000, "0 %"],
    [1, 10_000, "under 0.1 %"],
    [1, 1000, "0.1 %"],
    [45, 1000, "4.5 %"],
    [629, 1000, "62 %"],
    [9999, 10_000, "99 %"],
    [7, 7, "100 %"],
    [0, 0, "100 %"],
  ])("gives %d of %d as %s", (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });

  it.each([
    [0, "0.0 s"],
    [3120, "3.1 s"],
    [59_960, "1 min 0 s"],
    [65_400, "1 min 5 s"],
    [7_380_000, "2 h 3 min"],
  ])("gives %d milliseconds as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("counts in words", () => {
    expect(formatNumberOf(1, "tag")).toBe("1 tag");
    expect(formatNumberOf(2331, "repository", "repositories")).toBe("2,331 repositories");
  });

  it.each([
    ["1234 blobs of 5678901234 bytes, 12 bytes", "1,234 blobs of 5.3 GiB, 12 bytes"],
    ["1116 of 2639 tags lost children, 12345 in all", "1,116 of 2,639 tags lost children, 12,345 in all"],
    ["since 2026-11-22 03:25, user 10001 may not, a/2024, 999 tags, 2024", undefined],
    ["sha256:1234 blobs, v2.1234 tags", undefined],
  ])("makes large numbers in %j readable, and no others", (message, shown) => {
    expect(withReadableNumbers(message)).toBe(shown ?? message);
  });

  it("leaves exact what is compared", () => {
    expect(withReadableCounts("expected size 1048576 bytes, actual size 64 bytes")).toBe(
      "expected size 1,048,576 bytes, actual size 64 bytes",
    );
  });
});
