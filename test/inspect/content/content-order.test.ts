import { describe, expect, it } from "vitest";
import { DiskState } from "../../../src/facts/facts.ts";
import { RootGraph } from "../../../src/graph/root-graph.ts";
import { ContentOrder } from "../../../src/inspect/content/content-order.ts";
import { RootContent } from "../../../src/inspect/content/root-content.ts";

/** Blobs of the same size and age, in the order in which threads came upon them. */
function rootOf(digests: readonly string[]) {
  const graph = new RootGraph();
  for (const digest of digests) graph.setBlob(graph.digests.addText(digest), DiskState.ok, 1000, 0);
  return { graph, content: new RootContent(graph) };
}

describe("whose turn is the same", () => {
  it("goes by digest, whatever thread was first", () => {
    const hex = (begin: string, end: string) => `sha256:${begin.padEnd(60, "0")}${end.padStart(4, "0")}`;
    const mixed = ["3", "1", "ffffffff2", "ffffffff1", "0", "2"].map((begin, at) => hex(begin, `${at}`));
    const sorted = [...mixed].sort();
    for (const seen of [mixed, sorted, mixed.toReversed()]) {
      const roots = [rootOf(seen), rootOf(seen.slice(1)), rootOf(seen)];
      const order = new ContentOrder(roots, Number.POSITIVE_INFINITY);
      const turns = Array.from({ length: order.length }, (_, n) => {
        const { root, blob } = order.at(n);
        return [root, roots[root]!.graph.digests.text(blob)];
      });
      const of = (root: number, digests: readonly string[]) => digests.map((digest) => [root, digest]);
      const second = sorted.filter((digest) => digest !== seen[0]);
      expect(turns).toEqual([...of(0, sorted), ...of(1, second), ...of(2, sorted)]);
    }
  });
});
