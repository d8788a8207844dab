import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../src/layout/glob.ts";

describe("matchesGlob", () => {
  it.each([
    ["team/api", "team/api", true],
    ["team/api", "team/api/web", false],
    ["team/*", "team/api", true],
    ["team/*", "team/api/web", false],
    ["team/**", "team/api/web", true],
    ["**/web", "team/api/web", true],
    ["**/web", "web", true],
    ["*", "1.0.0", true],
    ["1.?", "1.0", true],
    ["1.?", "1x0", false],
    ["{dev,stage-*}/app", "stage-2/app", true],
    ["{dev,stage-*}/app", "prod/app", false],
    ["a+b(c)", "a+b(c)", true],
    ["a.*", "abc", false],
  ])("%s and %s: %s", (glob, name, matches) => {
    expect(matchesGlob(glob, name)).toBe(matches);
  });
});
