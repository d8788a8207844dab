import { describe, expect, it } from "vitest";
import { parseBytes, parseDuration } from "../../src/text/duration.ts";

it.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["12h", 43_200_000],
  ["7d", 604_800_000],
  ["2w", 1_209_600_000],
  ["1.5h", 5_400_000],
  ["0s", 0],
])("reads %s", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

it.each(["", "7", "d", "-1d", "7 d", "7D", "7days", "1e3s", ".5h", "1.h", "7d\n", "NaNs", "Infinityd"])(
  "refuses %j",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

describe("parseBytes", () => {
  it.each([
    ["512", 512],
    ["300k", 300 * 1024],
    ["1.5T", 1.5 * 2 ** 40],
    ["500GiB", 500 * 2 ** 30],
  ])("reads %s", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(["", "much", "-1", "5P", "1 G", "1e9"])("refuses %j", (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});
