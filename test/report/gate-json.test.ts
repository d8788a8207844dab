import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { GateReport } from "../../src/contract/gate.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderJsonLines } from "../../src/report/jsonl.ts";
import { GATES, stop } from "./sample-forecasts.ts";

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const isReport = ajv.compile(jsonSchemas()["gate.schema.json"]!);
const isLine = ajv.compile(jsonSchemas()["gate-line.schema.json"]!);

const json = (report: GateReport) => [...renderJson(report)].join("");
const lines = (report: GateReport): { type: string }[] =>
  [...renderJsonLines(report)]
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe.each(Object.entries(GATES))("the JSON of a gate: %s", (_, report) => {
  it("is what the report says, and valid by the published schema", () => {
    const parsed = JSON.parse(json(report));
    expect(parsed).toEqual({ ...report, scan: { ...report.scan, findings: [...report.scan.findings] } });
    expect(isReport(parsed), ajv.errorsText(isReport.errors)).toBe(true);
  });

  it("is valid line by line, with one summary, at the end, that holds the decision", () => {
    for (const line of lines(report)) expect(isLine(line), ajv.errorsText(isLine.errors)).toBe(true);
    expect(lines(report).filter(({ type }) => type === "summary")).toEqual([lines(report).at(-1)]);
    const { decision, reasons, fingerprints } = report;
    expect(lines(report).at(-1)).toMatchObject({ command: "gate", decision, reasons, fingerprints });
  });

  it("is safe to show in a terminal", () => {
    for (const text of [json(report), [...renderJsonLines(report)].join("")]) {
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  });
});

describe("the JSON of a gate", () => {
  it("holds the reports of scan and forecast as these commands print them, indented", () => {
    const indented = (chunks: Iterable<string>) => [...chunks].join("").trimEnd().replaceAll("\n", "\n  ");
    expect(json(stop)).toContain(`\n  "scan": ${indented(renderJson(stop.scan))},\n`);
    expect(json(stop)).toContain(`\n  "forecast": ${indented(renderJson(stop.forecast))}\n}\n`);
  });
});

describe("the lines of a gate", () => {
  it("are those of the scan, then those of the forecast", () => {
    expect([...new Set(lines(stop).map(({ type }) => type))]).toEqual([
      "root",
      "finding",
      "brokenTag",
      "scanSummary",
      "forecastRoot",
      "break",
      "unseenRepository",
      "removedTag",
      "deletedManifest",
      "deletedBlob",
      "forecastSummary",
      "summary",
    ]);
  });
});

describe("the published schema of a gate", () => {
  it("refuses another decision, and a report without its halves", () => {
    const report = JSON.parse(json(stop));
    expect(isReport({ ...report, decision: "maybe" })).toBe(false);
    const { scan: _, ...half } = report;
    expect(isReport(half)).toBe(false);
  });
});
