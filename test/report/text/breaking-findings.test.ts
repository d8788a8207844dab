// The findings that break images are numbered by what the damage is, and made again where they are shown.
import { expect, it } from "vitest";
import type { Finding } from "../../../src/contract/finding.ts";
import { BreakingFindings } from "../../../src/report/text/breaking-findings.ts";
import { finding } from "../sample-reports.ts";

const shared = { path: "blobs/1", digest: `sha256:${"1".repeat(64)}` } as const;
const all: readonly Finding[] = [
  finding("missing-blob", { ...shared, id: "a", parent: `sha256:${"2".repeat(64)}` }),
  finding("missing-blob", { ...shared, id: "b", parent: `sha256:${"3".repeat(64)}` }),
  finding("missing-blob", { ...shared, id: "c", path: "blobs/2" }),
  finding("missing-blob", { ...shared, id: "none" }),
];
const image = { root: "data", repository: "app", tag: "1.0", digest: null, platforms: [] };
const tags = [["a", "c"], ["b"], ["lost"]].map((findings) => ({ ...image, findings }));

function breaking(findings: Iterable<Finding> & { select?(ids: ReadonlySet<string>): Iterable<Finding> } = all) {
  const noted = new BreakingFindings({ brokenTags: tags, findings });
  return { noted, added: all.map((one) => noted.add(one)) };
}

it("gives one number to findings of one damage, and none to others", () => {
  const { noted, added } = breaking();
  expect(added).toEqual([true, true, true, false]);
  expect(noted.causeOf("a")).toBe(noted.causeOf("b"));
  expect(noted.causeOf("c")).not.toBe(noted.causeOf("a"));
  expect([noted.causeOf("lost"), noted.causeOf("none")]).toEqual([undefined, undefined]);
});

it("gives the findings with some ids, by way of what makes only those where there is one", () => {
  expect([...breaking().noted.select(["c", "b"]).keys()]).toEqual(["b", "c"]);
  const asked: string[][] = [];
  const select = (ids: ReadonlySet<string>) => {
    asked.push([...ids]);
    return all.filter(({ id }) => ids.has(id));
  };
  expect([
    ...breaking(Object.assign([...all], { select }))
      .noted.select(["c"])
      .values(),
  ]).toEqual([all[2]]);
  expect(asked).toEqual([["c"]]);
});
