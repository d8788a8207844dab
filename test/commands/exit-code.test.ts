import { expect, it } from "vitest";
import { exitCode } from "../../src/commands/exit-code.ts";

it.each([
  [false, false, 0],
  [true, false, 4],
  [false, true, 8],
  [true, true, 12],
])("findings %s, incomplete %s: %i", (findings, incomplete, code) => {
  expect(exitCode({ findings, incomplete })).toBe(code);
});
