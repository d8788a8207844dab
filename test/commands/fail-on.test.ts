import { expect, it } from "vitest";
import { failsOn } from "../../src/commands/fail-on.ts";

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
