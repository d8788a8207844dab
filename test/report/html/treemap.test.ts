import { expect, it } from "vitest";
import { renderTreemap } from "../../../src/report/html/treemap.ts";

const SPACE = { path: "/data", tags: 1, blobs: 1, uploads: 0 };

/** The areas of the first map: what it is called, and its share of the whole. */
function areas(space: Parameters<typeof renderTreemap>[0]): [name: string, share: number][] {
  const [map] = renderTreemap(space).text.split("</svg>");
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(map!)!;
  const whole = Number(width) * Number(height);
  const found = map!.matchAll(/<title>(.*?)<\/title><rect class="\w+" x="\d+" y="\d+" width="(\d+)" height="(\d+)"/g);
  return [...found].map(([, name, w, h]) => [name!, (Number(w) * Number(h)) / whole]);
}

it("gives each its share of the bytes", () => {
  const repositories = [
    { name: "a", own: 500, reclaimable: 100 },
    { name: "b", own: 150, reclaimable: 0 },
  ];
  const found = areas({ ...SPACE, total: 1000, shared: 200, unowned: 50, repositories });
  expect(found.map(([name]) => name).sort()).toEqual([
    "a: 100 bytes reclaimable",
    "a: 500 bytes own",
    "b: 150 bytes own",
    "nobody&#39;s own: 50 bytes reclaimable",
    "shared by several: 200 bytes shared",
  ]);
  for (const [name, share] of found) {
    const bytes = Number(/: (\d+) bytes/.exec(name)![1]);
    expect(Math.abs(share - bytes / 1000)).toBeLessThan(0.02);
  }
});

const size = { total: 100_000, shared: 0, unowned: 0 };

it("puts together what would be too small to see", () => {
  const repositories = Array.from({ length: 10_000 }, (_, index) => ({ name: `r${index}`, own: 10, reclaimable: 0 }));
  const found = areas({ ...SPACE, ...size, repositories });
  expect(found).toHaveLength(61);
  expect(found.map(([name]) => name)).toContain("9,940 others: 97.1 KiB own");
});

it("puts small repositories together by the first part of their names", () => {
  const names = Array.from({ length: 4_000 }, (_, index) => `team-${index % 4}/r${index}`);
  const repositories = [...names, "single"].map((name) => ({ name, own: 10, reclaimable: 0 }));
  repositories.push({ name: "team-1/large", own: 60_000, reclaimable: 0 });
  const found = areas({ ...SPACE, ...size, repositories });
  expect(found).toHaveLength(30 + 4 + 1);
  expect(found.map(([name]) => name)).toEqual(
    expect.arrayContaining(["team-1/large: 58.6 KiB own", "team-1 (993): 9.7 KiB own", "single: 10 bytes own"]),
  );
});

it("writes no label that leaves its area, and none of a name's last few letters", () => {
  // As wide as a letter of the usual fonts gets.
  const repositories = Array.from({ length: 40 }, (_, index) => ({
    name: `${"mw".repeat(1 + (index % 9))}`,
    own: 1_000 + 40 * index * index,
    reclaimable: 0,
  }));
  const map = renderTreemap({ ...SPACE, ...size, repositories }).text;
  const labels = [
    ...map.matchAll(/<rect [^>]*x="(\d+)"[^>]*width="(\d+)"[^>]*\/><text[^>]* x="(\d+)"[^>]*>(…?)([mw]+)</g),
  ];
  expect(labels.length).toBeGreaterThan(10);
  expect(labels.some(([, , , cut]) => cut !== "")).toBe(true);
  for (const [, x, width, at, cut, letters] of labels) {
    // 11.7 and 9.8 in DejaVu Sans of 12 px.
    const end = Number(at) + cut!.length * 12 + [...letters!].reduce((sum, one) => sum + (one === "m" ? 11.7 : 9.8), 0);
    expect(end).toBeLessThanOrEqual(Number(x) + Number(width));
    if (cut !== "") expect(letters!.length).toBeGreaterThanOrEqual(5);
  }
});
