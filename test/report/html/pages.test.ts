import { createHash } from "node:crypto";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { describe, expect, it } from "vitest";
import type { Cause } from "../../../src/contract/cause.ts";
import type { ContentReport } from "../../../src/contract/content.ts";
import type { Finding } from "../../../src/contract/finding.ts";
import type { UsageReport } from "../../../src/contract/usage.ts";
import { renderHtml } from "../../../src/report/index.ts";
import { FORECASTS, forecastReport, GATES, rootForecast } from "../sample-forecasts.ts";
import { brokenTagsOf, finding, HOSTILE, incident, SAMPLES, scanReport, sha256 } from "../sample-reports.ts";

type Element = DefaultTreeAdapterTypes.Element;

const SPACES = [
  {
    path: "/opt/registry/data",
    tags: 3,
    blobs: 7,
    total: 700,
    shared: 200,
    unowned: 100,
    uploads: 5,
    repositories: [
      { name: HOSTILE, own: 250, reclaimable: 50 },
      { name: "team/api", own: 100, reclaimable: 0 },
    ],
  },
];

const hostileUsage: UsageReport = {
  ...{ schemaVersion: 1, tool: incident.tool, registry: "2.8.3", command: "usage", runId: HOSTILE },
  ...{ startedAt: incident.startedAt, durationMs: 1, dryRun: true, by: "tag", sort: "total", top: null, allEntries: 1 },
  roots: [
    {
      ...{
        name: HOSTILE,
        path: HOSTILE,
        kind: "authoritative",
        repositories: 1,
        tags: 1,
        blobs: 1,
        total: 9,
        tagged: 1,
      },
      ...{ untagged: 4, unreferenced: 4, reclaimable: 8, uploads: 0, emptiedRepositories: [HOSTILE] },
      orphanedReferrers: {
        bytes: 1,
        entries: [{ repository: HOSTILE, tag: HOSTILE, digest: HOSTILE, subject: HOSTILE, bytes: 1 }],
      },
    },
  ],
  entries: [{ root: HOSTILE, repository: HOSTILE, tag: HOSTILE, digest: HOSTILE, total: 9, unique: 1, shared: 8 }],
  unreadable: [{ root: HOSTILE, path: HOSTILE, error: HOSTILE }],
};

const REPORTS = { scan: SAMPLES, forecast: FORECASTS, gate: GATES, usage: { hostile: hostileUsage } };
const ALL = Object.entries(REPORTS).flatMap(([command, samples]) =>
  Object.entries(samples).map(([name, report]) => [`${command} ${name}`, report] as const),
);

async function page(report: Parameters<typeof renderHtml>[0], spaces = SPACES): Promise<string> {
  return [...(await renderHtml(report, spaces))].join("");
}

/** All elements, in the order of the document. */
function elementsOf(text: string): Element[] {
  const errors: string[] = [];
  const document = parse(text, { onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`) });
  expect(errors).toEqual([]);
  return elementsIn(document.childNodes);
}

function elementsIn(nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): Element[] {
  return nodes.flatMap((node) => ("tagName" in node ? [node, ...elementsIn(node.childNodes)] : []));
}

const textOf = (element: Element): string =>
  element.childNodes.map((node) => ("value" in node ? node.value : "tagName" in node ? textOf(node) : "")).join("");
const attribute = (element: Element, name: string) => element.attrs.find((one) => one.name === name)?.value;

describe.each(ALL)("the page of %s", (_, report) => {
  it("runs nothing, asks nothing of anybody, and forbids both", async () => {
    const elements = elementsOf(await page(report));
    const names = new Set(elements.map(({ tagName }) => tagName));
    for (const name of ["script", "img", "iframe", "object", "embed", "form", "a", "base"])
      expect(names).not.toContain(name);
    const attributes = elements.flatMap(({ attrs }) => attrs);
    expect(attributes.filter(({ name }) => name === "style" || name === "src" || name.startsWith("on"))).toEqual([]);
    expect(attributes.filter(({ name }) => name === "href").map(({ value }) => value)).toEqual(["data:,"]);
    const [style] = elements.filter(({ tagName }) => tagName === "style");
    const policy = attribute(elements.find((one) => attribute(one, "http-equiv") !== undefined)!, "content");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`'sha256-${createHash("sha256").update(textOf(style!)).digest("base64")}'`);
    expect(textOf(style!)).not.toMatch(/url\(|@import/);
  });

  it("begins with its answer, which is its title too", async () => {
    const elements = elementsOf(await page(report));
    const headings = elements.filter(({ tagName }) => /^h\d$/.test(tagName));
    expect(headings.map(({ tagName }) => tagName).filter((name) => name === "h1")).toEqual(["h1"]);
    expect(headings[0]!.tagName).toBe("h1");
    // No level is left out on the way down.
    for (const [index, { tagName }] of headings.entries()) {
      if (index > 0) expect(Number(tagName[1]) - Number(headings[index - 1]!.tagName[1])).toBeLessThanOrEqual(1);
    }
    const title = elements.find(({ tagName }) => tagName === "title")!;
    expect(textOf(title)).toBe(`${textOf(headings[0]!)} · regfsck ${report.command}`);
    expect(attribute(elements[0]!, "lang")).toBe("en");
  });

  it("says beside each figure what it is, where a telephone shows no headings of columns", async () => {
    const tables = elementsOf(await page(report)).filter(({ tagName }) => tagName === "table");
    for (const table of tables) {
      const cells = elementsIn(table.childNodes);
      const of = (tag: string) => cells.filter(({ tagName }) => tagName === tag);
      const headings = of("th").filter((one) => attribute(one, "scope") === "col");
      const figures = of("td").filter((one) => attribute(one, "class") === "number");
      const isStacked = attribute(table, "class")?.includes("stacked") ?? false;
      // More than two figures a row leave no room for the name that they are of.
      if (headings.filter((one) => attribute(one, "class") === "number").length > 2) expect(isStacked).toBe(true);
      if (!isStacked) continue;
      const names = headings.map(textOf);
      for (const figure of figures) expect(names).toContain(attribute(figure, "data-of"));
    }
  });

  it("can be read aloud: headers of tables have a scope, pictures a name", async () => {
    const elements = elementsOf(await page(report));
    expect(elements.filter((one) => one.tagName === "th" && attribute(one, "scope") === undefined)).toEqual([]);
    const silent = elements.filter(
      (one) => one.tagName === "svg" && !attribute(one, "aria-label") && attribute(one, "aria-hidden") !== "true",
    );
    expect(silent).toEqual([]);
  });

  it("shows what does not print, and no character that a browser obeys", async () => {
    const text = (await page(report)).replaceAll("\n", "");
    expect(text.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu)).toBeNull();
  });
});

describe("what comes first", () => {
  const headings = async (report: Parameters<typeof page>[0]) =>
    elementsOf(await page(report))
      .filter(({ tagName }) => tagName === "h2")
      .map(textOf);

  it("is in an incident what is broken, after a cause where one is known, then what to do", async () => {
    const [first, second] = await headings(incident);
    expect([first, second]).toEqual([expect.stringMatching(/^Broken images: /), "What to do next"]);
    const cause: Cause = {
      ...{ code: "collected-children" as const, root: "data", message: "a garbage-collect -m ran", evidence: {} },
      ...{ findings: 9, images: 9, fix: "do not run it again", next: "regfsck plan /opt/registry/data" },
    };
    expect((await headings({ ...incident, causes: [cause] })).slice(0, 2)).toEqual([
      "What happened",
      expect.stringMatching(/^Broken images: /),
    ]);
  });

  it("is of a stop the reasons, then before and after, then what breaks", async () => {
    expect((await headings(GATES.stop)).slice(0, 3)).toEqual([
      "Why not",
      "Before and after garbage collection",
      expect.stringMatching(/^Would break: /),
    ]);
  });

  it("is of a store that is elsewhere no advice about single images", async () => {
    const cause: Cause = {
      ...{ code: "store-not-mounted" as const, root: "data", message: "the store is empty", evidence: {} },
      ...{ findings: 9, images: 9, fix: "mount it", next: "mount /opt/registry/data" },
    };
    const text = await page({ ...incident, causes: [cause] });
    expect(text).not.toContain("What is wrong");
    expect(text).not.toContain("regfsck plan");
  });
});

it("shows how old the evidence of content is", async () => {
  const amount = (blobs: number, bytes: number) => ({ blobs, bytes });
  const evidence = {
    ...{ total: amount(10, 1000), verified: amount(8, 800), recent: amount(5, 500), corrupt: amount(1, 50) },
    oldest: "2026-10-01T00:00:00.000Z",
  };
  const content: ContentReport = {
    ...{ ...evidence, ended: "not-asked", tooLarge: 0, round: { runs: null, runsLeft: null, endsAt: null } },
    ...{ read: { ...amount(0, 0), durationMs: 0, bytesPerSecond: null }, roots: [{ root: "data", ...evidence }] },
  };
  const rows = elementsOf(await page({ ...SAMPLES.clean, content }))
    .filter(({ tagName }) => tagName === "tr")
    .map(textOf);
  expect(rows).toEqual(
    expect.arrayContaining([
      "verified within 30 days500 bytes5",
      "verified before that300 bytes3",
      "found corrupt50 bytes1",
      "never verified150 bytes1",
    ]),
  );
});

it("says how much is kept and freed, in figures", async () => {
  const deletedBlobs = ["a", "b", "c"].map((name) => sha256(name));
  const root = rootForecast({ deletedBlobs, deletedBytes: 140, safeToFreeBytes: 140 });
  const text = await page(forecastReport([{ ...root, path: "/opt/registry/data" }]));
  expect(text).toContain('<th scope="row">Blobs</th><td class="number">7</td><td class="number">4</td>');
  expect(text).toContain(
    '<th scope="row">Space</th><td class="number">700 bytes</td><td class="number">560 bytes</td>',
  );
});

it("stays small, and reads its findings once, however many there are", async () => {
  let passes = 0;
  let given = 0;
  const some = Array.from({ length: 2000 }, (_, index) => {
    const fields = { repository: `team/service-${index}`, digest: sha256(`${index}`), role: "layer" as const };
    return finding("missing-blob", { ...fields, affects: [`${fields.repository}:latest`] });
  });
  const findings: Iterable<Finding> = {
    *[Symbol.iterator]() {
      passes++;
      for (let round = 0; round < 100; round++) {
        for (const one of some) {
          given++;
          yield round === 0 ? one : { ...one, id: `${round} ${one.id}` };
        }
      }
    },
  };
  const report = { ...scanReport({ brokenTags: brokenTagsOf(some) }), findings };
  const text = await page(report);
  expect({ passes, given }).toEqual({ passes: 1, given: 200_000 });
  expect(text.length).toBeLessThan(150_000);
  expect(text).toMatch(/… and [\d,]+ more broken tags/);
});
