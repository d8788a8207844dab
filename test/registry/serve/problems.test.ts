// Problems are kept in columns: what comes out is what went in.
import { expect, it } from "vitest";
import type { RepositoryNode } from "../../../src/graph/root-graph.ts";
import type { PullProblem } from "../../../src/registry/serve/failure.ts";
import { Problems } from "../../../src/registry/serve/problems.ts";

const [app, base] = [
  { index: 0, name: "team/app" },
  { index: 1, name: "base" },
] as unknown as [RepositoryNode, RepositoryNode];
const tags = [3, 5];
const all: readonly PullProblem[] = [
  {
    failure: "refused-reference",
    repository: app,
    digest: 7,
    parent: 2,
    reference: 9,
    reply: { answer: "no-data", link: 4, kind: "layer", asked: 7, blob: 8 },
    tag: -1,
    platform: "linux/amd64",
    isUnwanted: true,
    tags,
  },
  {
    failure: "broken-tag",
    repository: base,
    digest: -1,
    parent: -1,
    reference: -1,
    reply: undefined,
    tag: 3,
    platform: undefined,
    isUnwanted: false,
    tags: [3],
  },
  {
    failure: "wrong-content",
    repository: base,
    digest: 1,
    parent: -1,
    reference: -1,
    reply: { answer: "served", link: -1, kind: "revision", asked: 1, blob: -1 },
    tag: -1,
    platform: undefined,
    isUnwanted: false,
    tags,
  },
];
const problems = new Problems();
for (const problem of all) problems.push(problem);

it("gives what was put in, in its order, as often as it is asked", () => {
  expect(problems).toHaveLength(3);
  expect([...problems]).toEqual(all);
  expect([...problems]).toEqual(all);
});

it("holds a list of tags that several share once", () => {
  const lists = Array.from(problems, (problem) => problem.tags);
  expect(lists[0]).toBe(lists[2]);
});

it("gives those of some failures, and those in one repository", () => {
  expect([...problems.of(["broken-tag", "wrong-content"])]).toEqual(all.slice(1));
  expect([...problems.in(app)]).toEqual(all.slice(0, 1));
});
