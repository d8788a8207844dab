// What counts findings by their outlines says the same as what has all of each, whatever is damaged.
import { Chalk } from "chalk";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { checkContext } from "../../src/checks/context.ts";
import { CHECKS } from "../../src/checks/index.ts";
import { RootFindings } from "../../src/checks/root-findings.ts";
import type { Finding, FindingOutline } from "../../src/contract/finding.ts";
import { type FindingOptions, Findings } from "../../src/inspect/findings.ts";
import type { RootInspection } from "../../src/inspect/inspect-root.ts";
import { RULES } from "../../src/registry/rules.ts";
import { sortFindings as sortForPage } from "../../src/report/html/sorted-findings.ts";
import { sortFindings } from "../../src/report/text/scan.ts";
import type { Page } from "../../src/text/page.ts";
import { incident } from "../report/sample-reports.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { graphOf } from "../worlds/scan-world.ts";
import type { World } from "../worlds/world.ts";

const NOW = Date.UTC(2026, 0, 31);
const page: Page = { colour: new Chalk({ level: 0 }), width: 80 } as Page;
const accepted = [{ code: "missing-blob", reason: "known", until: "2026-02-01" }] as const;

/** The findings of a world as a scan has them, and the tags that they break. */
function findingsIn(world: World, options: Partial<FindingOptions> = {}) {
  const context = checkContext({ name: "data", kind: "authoritative" }, graphOf(world), RULES[2], {
    wholeRoot: true,
    now: NOW,
  });
  const inspection = { root: { name: "data" }, context, findings: RootFindings.find(context) } as RootInspection;
  const findings = new Findings([inspection], { accepted: [], last: undefined, now: NOW, ...options });
  const brokenTags = [...findings.idsByImage().get(inspection)!.values()].map((ids) => ({ findings: ids }));
  return { findings, brokenTags };
}

function whole(outline: FindingOutline): Finding {
  const { root, code, severity, repository } = outline;
  return {
    ...outline.finding(),
    ...outline.words(),
    root,
    code,
    severity,
    ...(repository !== undefined && { repository }),
  };
}

it("outlines say of each finding what it says itself, and which are no more than counted", () => {
  fc.assert(
    fc.property(randomWorlds({ damaged: true }), fc.boolean(), (world, hasAccepted) => {
      const { findings } = findingsIn(world, hasAccepted ? { accepted } : {});
      const all = [...findings];
      expect([...findings.outlines()].map(whole)).toEqual(all);
      const plain = all.map(({ affects }) => !hasAccepted && affects.length === 0);
      expect([...findings.outlines()].map(({ isPlain }) => isPlain)).toEqual(plain);
    }),
    { numRuns: 30 },
  );
});

it("text and page sort outlines as they sort findings", () => {
  fc.assert(
    fc.property(randomWorlds({ damaged: true }), fc.boolean(), (world, hasAccepted) => {
      const { findings, brokenTags } = findingsIn(world, hasAccepted ? { accepted } : {});
      const tags = brokenTags.map((broken) => ({ ...incident.brokenTags[0]!, ...broken }));
      const texts = [findings, [...findings]].map((some) => {
        const { rest, accepted: known } = sortFindings({ brokenTags: tags, findings: some }, page);
        return [...rest.render(page, () => ""), ...rest.renderNotes(page, () => ""), ...known.keys()].join("");
      });
      expect(texts[0]).toBe(texts[1]);
      const [made, remade] = [findings, [...findings]].map((some) => {
        const { reasons, ...sorted } = sortForPage({ ...incident, brokenTags: tags, findings: some }, tags);
        return { ...sorted, reasons: tags.map(reasons) };
      });
      expect(made).toEqual(remade);
    }),
    { numRuns: 30 },
  );
});

it("no finding breaks an image whose check says that none does", () => {
  const found = new Set<string>();
  fc.assert(
    fc.property(randomWorlds({ damaged: true }), (world) => {
      const { findings } = findingsIn(world);
      for (const { code, affects } of findings) {
        if (!CHECKS[code].breaksNoImage) continue;
        found.add(code);
        expect(affects).toEqual([]);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  const codes = Object.values(CHECKS).filter(({ breaksNoImage }) => breaksNoImage);
  expect([...found].sort()).toEqual(codes.map(({ code }) => code).sort());
});
