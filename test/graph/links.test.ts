import { describe, expect, it } from "vitest";
import { DiskState, type LinkFacts } from "../../src/facts/facts.ts";
import { packDigests } from "../../src/facts/packed-digests.ts";
import { DigestTable } from "../../src/graph/digest-table.ts";
import { LinkTable } from "../../src/graph/links.ts";
import { digestOf } from "../worlds/world.ts";

const [a, b, c] = ["a", "b", "c"].map((text) => digestOf(text)) as [string, string, string];

function facts(places: string[], fields: Partial<LinkFacts> = {}): LinkFacts {
  return {
    places: packDigests(places),
    states: new Uint8Array(places.length).fill(DiskState.ok),
    otherRows: new Int32Array(),
    otherTargets: packDigests([]),
    reasons: new Map(),
    ...fields,
  };
}

function table(...repositories: LinkFacts[]) {
  const digests = new DigestTable();
  const links = new LinkTable(digests);
  for (const [repository, given] of repositories.entries()) links.add(repository, given);
  const target = (link: number) => (links.target(link) < 0 ? undefined : digests.text(links.target(link)));
  return { links, target, find: (repository: number, place: string) => links.find(repository, digests.addText(place)) };
}

describe("LinkTable", () => {
  it("finds a repository's own links", () => {
    const { find, target } = table(facts([a, b]), facts([b]));
    expect([find(0, a), find(0, b), find(1, b)]).toEqual([0, 1, 2]);
    expect([find(1, a), find(0, c), find(2, a)]).toEqual([-1, -1, -1]);
    expect(target(2)).toBe(b);
  });

  it("keeps what a link holds where that is not its place", () => {
    const { links, target, find } = table(
      facts([c]),
      facts([a, b, c], { otherRows: Int32Array.of(0, 2), otherTargets: packDigests([b, a]) }),
    );
    expect([a, b, c].map((place) => target(find(1, place)))).toEqual([b, b, a]);
    expect(target(find(0, c))).toBe(c);
    expect(links.length).toBe(4);
  });

  it("has no target, and a reason, for links that hold none", () => {
    const states = Uint8Array.of(DiskState.malformed, DiskState.absent);
    const { links, target, find } = table(facts([c]), facts([a, b], { states, reasons: new Map([[0, "empty"]]) }));
    expect([target(find(1, a)), target(find(1, b))]).toEqual([undefined, undefined]);
    expect([links.state(find(1, a)), links.state(find(1, b))]).toEqual([...states]);
    expect([links.reason(find(1, a)), links.reason(find(1, b))]).toEqual(["empty", ""]);
  });

  it("keeps 20,000 links of many repositories apart", () => {
    const digests = new DigestTable();
    const links = new LinkTable(digests);
    const places = Array.from({ length: 200 }, (_, i) => `sha256:${i.toString(16).padStart(64, "0")}`);
    for (let repository = 0; repository < 100; repository++) links.add(repository, facts(places));
    for (let link = 0; link < links.length; link += 37) {
      expect(links.find(Math.floor(link / 200), digests.find(places[link % 200]!))).toBe(link);
    }
    expect(links.find(100, 0)).toBe(-1);
  });
});
