import { expect, it } from "vitest";
import type { TagFacts } from "../../src/facts/facts.ts";
import { packDigests, unpackDigests } from "../../src/facts/packed-digests.ts";
import { selectTags } from "../../src/facts/select-tags.ts";
import { digestOf } from "../worlds/world.ts";

const [one, two, three, four] = ["1", "2", "3", "4"].map((text) => digestOf(text)) as [string, string, string, string];

const facts: TagFacts = {
  names: ["a", "b", "c"],
  states: Uint8Array.of(0, 3, 0),
  targets: packDigests([one, two, three]),
  modified: Float64Array.of(1, 2, 3),
  pushed: new Float64Array(),
  historyCounts: Int32Array.of(1, 0, 2),
  historyStates: Uint8Array.of(0, 1, 0),
  loopedHistory: new Map([[2, [four]]]),
  history: packDigests([one, three, four]),
  reasons: new Map([[1, "empty"]]),
};

it("selectTags keeps all that is known of the tags that are wanted, and numbers them anew", () => {
  const { targets, history, ...some } = selectTags(facts, (row) => row > 0);
  expect([unpackDigests(targets), unpackDigests(history)]).toEqual([
    [two, three],
    [three, four],
  ]);
  expect(some).toEqual({
    names: ["b", "c"],
    states: Uint8Array.of(3, 0),
    modified: Float64Array.of(2, 3),
    pushed: new Float64Array(),
    historyCounts: Int32Array.of(0, 2),
    historyStates: Uint8Array.of(1, 0),
    loopedHistory: new Map([[1, [four]]]),
    reasons: new Map([[0, "empty"]]),
  });
});
