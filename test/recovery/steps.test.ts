import { describe, expect, it } from "vitest";
import { type PlanStep, rankSteps, scriptOrder } from "../../src/recovery/steps.ts";

function clean(path: string, fixes: string[] = [], affects = fixes): PlanStep {
  return { kind: "clean", root: "r", path, reason: "unexpected-file", message: "", fixes, affects };
}

const folder: PlanStep = { kind: "folder", root: "r", repository: "a", path: "z", message: "", fixes: [], affects: [] };
const names = (steps: readonly PlanStep[]) => steps.map((step) => ("path" in step ? step.path : step.kind));

describe("the steps of a plan", () => {
  it("begin with those that fix most images, then those that most want", () => {
    const steps = [clean("none"), clean("wanted", [], ["a:1"]), clean("one", ["a:1"]), clean("two", ["a:1", "a:2"])];
    expect(names(rankSteps(steps))).toEqual(["two", "one", "wanted", "none"]);
  });

  it("are done by the script kind by kind, in the order of their paths", () => {
    expect(names(scriptOrder([folder, clean("b", ["a:1"]), clean("a")]))).toEqual(["a", "b", "z"]);
  });
});
