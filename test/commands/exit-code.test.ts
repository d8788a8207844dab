import { describe, expect, it } from "vitest";
import { exitCode, failsOn } from "../../src/commands/exit-code.ts";

describe("exitCode", () => {
  it.each([
    [false, false, 0],
    [true, false, 4],
    [false, true, 8],
    [true, true, 12],
  ])("findings %s, incomplete %s: %i", (findings, incomplete, code) => {
    expect(exitCode({ findings, incomplete })).toBe(code);
  });
});

describe("failsOn", () => {
  const none = { error: 0, warning: 0, info: 0, brokenTags: 0, accepted: 0 };
  it.each([
    ["error", ["error"]],
    ["warning", ["error", "warning"]],
    ["info", ["error", "warning", "info"]],
    ["never", []],
  ] as const)("--fail-on %s fails on %j", (failOn, severe) => {
    const severities = ["error", "warning", "info", "brokenTags", "accepted"] as const;
    expect(severities.filter((severity) => failsOn({ ...none, [severity]: 1 }, failOn))).toEqual(severe);
  });
});
