import { expect, it } from "vitest";
import { parseDuration } from "../../src/text/duration.ts";

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
