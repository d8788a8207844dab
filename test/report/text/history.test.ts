import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/contract/finding.ts";
import type { HistoryReport } from "../../../src/contract/scan.ts";
import { renderHistory } from "../../../src/report/text/history.ts";
import { clean } from "../sample-reports.ts";

const finding = (id: string, firstSeen?: string): Finding => ({
  id,
  code: "missing-blob",
  severity: "error",
  root: "data",
  path: `at/${id}`,
  message: "",
  affects: id.startsWith("image") ? [`team/${id}:1`, `team/${id}:2`] : [],
  remedy: "",
  docsUrl: "docs/findings.md#missing-blob",
  ...(firstSeen !== undefined && { firstSeen }),
});

function said(history: HistoryReport | undefined, findings: Finding[] = []): string[] {
  const report = { ...clean, startedAt: "2026-11-13T01:30:00Z", findings, ...(history && { history }) };
  return [...renderHistory({ colour: new Chalk({ level: 0 }), width: 80 }, report)].join("").split("\n").slice(1, -1);
}

const history = { since: "2026-11-12T01:30:00Z", oldest: "2026-11-02T01:30:00Z" };
const old = finding("old", history.oldest);
const resolved = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    code: "stray-entry",
    root: "data",
    path: `x/${index}`,
  }));

describe("renderHistory", () => {
  it("says nothing where the last run is not known", () => {
    expect(said(undefined)).toEqual([]);
  });

  it("names what is new and what was resolved", () => {
    expect(
      said({ ...history, new: 2, persisting: 1, resolved: resolved(1) }, [old, finding("image"), finding("b")]),
    ).toEqual([
      "Since 2026-11-12: 2 new, 1 known since 2026-11-02, 1 resolved.",
      "  new       missing-blob  team/image:1 and 1 more",
      "  new       missing-blob  at/b",
      "  resolved  stray-entry  x/0",
    ]);
  });

  it("leaves what is new to the report where all is", () => {
    expect(said({ ...history, oldest: null, new: 1, persisting: 0, resolved: [] }, [finding("a")])).toEqual([
      "Since 2026-11-12: 1 new, 0 resolved.",
    ]);
  });

  it("tells of a clock that was ahead, or is behind", () => {
    const since = "2031-01-01T01:30:00Z";
    expect(said({ since, oldest: null, new: 0, persisting: 0, resolved: [] })).toEqual([
      "Since 2031-01-01 (in the future: a clock was or is wrong): 0 new, 0 resolved.",
    ]);
  });

  it("names no more than a few", () => {
    const fresh = Array.from({ length: 9 }, (_, index) => finding(`f${index}`));
    const lines = said({ ...history, new: 9, persisting: 1, resolved: resolved(9) }, [old, ...fresh]);
    expect(lines).toHaveLength(13);
    expect(lines.filter((line) => line.includes("… and 4 more"))).toHaveLength(2);
  });
});
