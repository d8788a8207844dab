import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { ForecastReport } from "../../src/contract/forecast.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { inChunks, renderJson } from "../../src/report/json.ts";
import { renderJsonLines } from "../../src/report/jsonl.ts";
import { breaking, FORECASTS, forecastReport, halfWay, hostileForecast, rootForecast } from "./sample-forecasts.ts";
import { HOSTILE, sha256 } from "./sample-reports.ts";

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const isReport = ajv.compile(jsonSchemas()["forecast.schema.json"]!);
const isLine = ajv.compile(jsonSchemas()["forecast-line.schema.json"]!);

const json = (report: ForecastReport) => [...renderJson(report)].join("");
const lines = (report: ForecastReport): { type: string }[] =>
  [...renderJsonLines(report)]
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe.each(Object.entries(FORECASTS))("the JSON of a forecast: %s", (_, report) => {
  it("is what the report says, and valid by the published schema", () => {
    const parsed = JSON.parse(json(report));
    expect(parsed).toEqual(report);
    expect(isReport(parsed), ajv.errorsText(isReport.errors)).toBe(true);
  });

  it("is valid line by line, with one summary, at the end", () => {
    for (const line of lines(report)) expect(isLine(line), ajv.errorsText(isLine.errors)).toBe(true);
    expect(lines(report).filter(({ type }) => type === "summary")).toEqual([lines(report).at(-1)]);
  });

  it("is safe to show in a terminal", () => {
    for (const text of [json(report), [...renderJsonLines(report)].join("")]) {
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  });
});

describe("the JSON of a forecast", () => {
  it("gives each entry of a list a line of its own", () => {
    expect(json(breaking).match(/^ {8}"sha256:[0-9a-f]{64}",?$/gm)).toHaveLength(3000);
    expect(json(breaking).match(/^ {8}\{"repository":.*\},?$/gm)).toHaveLength(503);
    expect(json(breaking)).toMatch(/^ {6}"deletedBytes": \d+,$/m);
  });

  it("comes in few chunks, none of them large, however much is deleted", () => {
    const digest = sha256("one of many");
    const report = forecastReport([rootForecast({ deletedBlobs: Array.from({ length: 100_000 }, () => digest) })]);
    for (const pieces of [renderJson(report), renderJsonLines(report)]) {
      const chunks = [...inChunks(pieces)];
      expect(chunks.length).toBeGreaterThan(50);
      expect(chunks.length).toBeLessThan(1000);
      expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(100_000);
    }
  });

  it("keeps hostile names exact", () => {
    expect(JSON.parse(json(hostileForecast)).roots[0].breaks[0].repository).toBe(HOSTILE);
  });
});

describe("the lines of a forecast", () => {
  it("begin with the roots, their lists left out, and name the root of every entry", () => {
    expect(Object.keys(lines(breaking)[0]!).join(" ")).toBe(
      "type name path kind deleteUntagged keepTags outcome abort marked deletedBytes safeToFreeBytes reclaimable",
    );
    const types = [...new Set(lines(halfWay).map(({ type }) => type))];
    expect(types).toEqual(["root", "break", "abort", "unseenRepository", "removedTag", "deletedManifest", "summary"]);
    expect(lines(halfWay)).toContainEqual({ type: "removedTag", root: "private", image: "team/api:0.9" });
    expect(lines(breaking)).toContainEqual({ type: "deletedBlob", root: "data", digest: sha256("blob 2999") });
  });

  it("end with the sums", () => {
    expect(lines(breaking).at(-1)).toMatchObject({
      type: "summary",
      command: "forecast",
      verdict: "findings",
      breaks: 503,
      aborts: 0,
      removedTags: 1200,
      deletedManifests: 14_436,
      deletedBlobs: 3000,
      unseenRepositories: 1,
    });
  });
});

describe("the published schema of a forecast", () => {
  it("refuses a report with a field of another name or type", () => {
    const report = JSON.parse(json(breaking));
    expect(isReport({ ...report, verdict: "healthy" })).toBe(false);
    expect(isReport({ ...report, summary: {} })).toBe(false);
    expect(isReport({ ...report, command: "scan" })).toBe(false);
    const { breaks: _, ...root } = report.roots[0];
    expect(isReport({ ...report, roots: [root] })).toBe(false);
  });
});
