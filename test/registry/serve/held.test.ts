// Manifests that name each other in every way, loops included: the tags above each, and the platforms broken below.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrokenPlatforms } from "../../../src/registry/serve/broken-platforms.ts";
import { type Held, TagsAbove } from "../../../src/registry/serve/held.ts";
import { ReachSets } from "../../../src/registry/serve/reach.ts";

interface Edge {
  from: number;
  to: number;
  platform: string | undefined;
  failing: boolean;
}

const SIZE = 7;
const node = fc.nat(SIZE - 1);
const graphs = fc.record({
  edges: fc.array(
    fc.record({
      from: node,
      to: node,
      platform: fc.constantFrom(undefined, "linux/amd64", "linux/arm64", "unknown/unknown"),
      failing: fc.boolean(),
    }),
    { maxLength: 14 },
  ),
  tagged: fc.array(node, { maxLength: 6 }),
  bad: fc.array(node, { maxLength: 3 }),
});

function heldOf(edges: readonly Edge[], tagged: readonly number[]): Held[] {
  const all = Array.from({ length: SIZE }, (_, digest): Held => {
    const reply = { answer: "served", link: -1, kind: "revision", asked: digest, blob: digest } as const;
    return { digest, reply, parents: [], looseParents: [], tags: [] };
  });
  for (const [reference, { from, to }] of edges.entries()) all[to]!.parents.push({ held: all[from]!, reference });
  for (const [tag, target] of tagged.entries()) all[target]!.tags.push(tag);
  return all;
}

describe("TagsAbove", () => {
  it("gives the tags from which a manifest is reached", () => {
    fc.assert(
      fc.property(graphs, ({ edges, tagged }) => {
        const all = heldOf(edges, tagged);
        const above = new TagsAbove(all);
        for (const held of all) {
          const reached = new Set([held]);
          for (const one of reached) for (const parent of one.parents) reached.add(parent.held);
          expect(above.of(held)).toEqual([...reached].flatMap(({ tags }) => tags).sort((a, b) => a - b));
        }
      }),
    );
  });
});

describe("BrokenPlatforms", () => {
  it("gives the nearest platform above all that cannot be pulled", () => {
    fc.assert(
      fc.property(graphs, ({ edges, bad }) => {
        const all = heldOf(edges, []);
        const childrenOf = (held: Held) =>
          edges
            .filter(({ from }) => from === held.digest)
            .map(({ to, platform, failing }) => ({ held: all[to]!, platform, isFailing: failing }));
        const platforms = new BrokenPlatforms(childrenOf, ({ digest }) => bad.includes(digest));
        for (const held of all) expect(platforms.of(held)).toEqual(brokenByWalking(held.digest, edges, bad));
      }),
    );
  });
});

/** Every way down, as far as no manifest comes twice under the same platform. */
function brokenByWalking(start: number, edges: readonly Edge[], bad: readonly number[]): string[] {
  const broken = new Set<string>();
  const seen = new Set<string>();
  const walk = (digest: number, platform: string | undefined): void => {
    if (seen.has(`${digest} ${platform}`)) return;
    seen.add(`${digest} ${platform}`);
    if (bad.includes(digest)) {
      if (platform !== undefined) broken.add(platform);
    }
    for (const edge of edges.filter(({ from }) => from === digest)) {
      const named = edge.platform ?? platform;
      if (!edge.failing) walk(edge.to, named);
      else if (named !== undefined) broken.add(named);
    }
  };
  walk(start, undefined);
  return [...broken].sort();
}

describe("ReachSets", () => {
  it("makes one set of what has the same parts, so that a chain or a ladder without tags of its own costs nothing", () => {
    const sets = new ReachSets<string>();
    const [a, b] = [sets.union(["a"], []), sets.union(["b"], [])];
    let [left, right] = [sets.union([], [a, b]), sets.union([], [b, a, b])];
    expect(left).toBe(right);
    for (let rung = 0; rung < 10; rung++) [left, right] = [sets.union([], [left, right]), sets.union([], [right])];
    expect(left).toBe(right);
    expect(sets.items(left)).toEqual(["a", "b"]);
    expect(sets.union([], [])).toBe(sets.empty);
  });
});
