import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "../../src/contract/finding.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderJsonLines } from "../../src/report/jsonl.ts";
import { finding, HOSTILE, hostile, incident, incomplete, SAMPLES } from "./sample-reports.ts";

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const isReport = ajv.compile(jsonSchemas()["report.schema.json"]!);
const isLine = ajv.compile(jsonSchemas()["report-line.schema.json"]!);

const json = (report: ScanReport) => [...renderJson(report)].join("");
const lines = (report: ScanReport) => [...renderJsonLines(report)].map((line) => JSON.parse(line));

const allFields = finding("missing-blob", {
  repository: "a",
  tag: "1",
  digest: "sha256:x",
  parent: "sha256:y",
  role: "layer",
  platform: "linux/amd64",
});

describe.each(Object.entries(SAMPLES))("the JSON of %s", (_, report) => {
  it("is what the report says, and valid by the published schema", () => {
    const parsed = JSON.parse(json(report));
    expect(parsed).toEqual({ ...report, findings: [...report.findings] });
    expect(isReport(parsed), ajv.errorsText(isReport.errors)).toBe(true);
  });

  it("is valid line by line, with a summary at the end", () => {
    for (const line of lines(report)) expect(isLine(line), ajv.errorsText(isLine.errors)).toBe(true);
    expect(lines(report).at(-1)).toMatchObject({ type: "summary", verdict: report.verdict, ...report.summary });
    expect(
      lines(report)
        .slice(0, -1)
        .map((line) => line.type),
    ).not.toContain("summary");
  });

  it("is safe to show in a terminal", () => {
    for (const text of [json(report), [...renderJsonLines(report)].join("")]) {
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  });
});

describe("json", () => {
  it("gives a line a finding, in pieces of a few thousand characters", () => {
    const chunks = [...renderJson(incident)];
    expect(chunks.length).toBeGreaterThan(200);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(10_000);
    expect(json(incident).match(/^ {4}\{"id":.*\},?$/gm)).toHaveLength([...incident.findings].length);
  });

  it("keeps hostile names exact", () => {
    expect(JSON.parse(json(hostile)).findings[0].repository).toBe(HOSTILE);
  });
});

describe("jsonl", () => {
  it("gives roots, findings, broken tags, what was unreadable, then the summary", () => {
    expect(new Set(lines(incident).map((line) => line.type))).toEqual(
      new Set(["root", "finding", "brokenTag", "summary"]),
    );
    expect(lines(incomplete)[1]).toEqual({
      type: "unreadable",
      root: "data",
      path: "docker/registry/v2/blobs/sha256/10",
      error: "EIO: i/o error, scandir",
    });
    expect(lines(incomplete).at(-1)).toMatchObject({ schemaVersion: 1, command: "scan", dryRun: false });
  });

  it("is an object a line", () => {
    for (const chunk of renderJsonLines(hostile)) expect(chunk).toMatch(/^\{"type":"\w+",.*\}\n$/);
  });
});

describe("the published schema", () => {
  it("refuses a report with a field of another name or type", () => {
    const report = JSON.parse(json(incident));
    expect(isReport({ ...report, brokentags: [] })).toBe(false);
    expect(isReport({ ...report, verdict: "healthy" })).toBe(false);
    const { summary: _, ...without } = report;
    expect(isReport(without)).toBe(false);
  });

  it("knows every code and refuses others", () => {
    for (const code of FINDING_CODES) {
      expect(isLine({ type: "finding", ...allFields, code })).toBe(true);
    }
    expect(isLine({ type: "finding", ...allFields, code: "missing-layer" })).toBe(false);
  });
});
