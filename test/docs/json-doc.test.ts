import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderJsonLines } from "../../src/report/jsonl.ts";
import { filesBelow, schemaNames, schemaValues, textOf, unnamedIn } from "./pages.ts";

const text = readFileSync(new URL("../../docs/json.md", import.meta.url), "utf8");
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isReport = ajv.compile(jsonSchemas()["report.schema.json"]!);
const isLine = ajv.compile(jsonSchemas()["report-line.schema.json"]!);

/** The text of the only block of this language. */
function example(language: string): string {
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((block) => block[1] === language);
  expect(blocks).toHaveLength(1);
  return blocks[0]![2]!;
}

describe("docs/json.md", () => {
  it("shows a report that is valid, and written as the program writes it", () => {
    const report = JSON.parse(example("json"));
    expect(isReport(report), ajv.errorsText(isReport.errors)).toBe(true);
    expect([...renderJson(report)].join("")).toBe(example("json"));
  });

  it("shows lines that are valid, and say the same as the report", () => {
    const lines = example("jsonl").trimEnd().split("\n");
    for (const line of lines) expect(isLine(JSON.parse(line)), ajv.errorsText(isLine.errors)).toBe(true);
    const { durationMs, startedAt, runId } = JSON.parse(lines.at(-1)!);
    const report = { ...JSON.parse(example("json")), durationMs, startedAt, runId };
    expect([...renderJsonLines(report)].map((line) => line.trimEnd())).toEqual(lines);
  });

  it("leaves no value of a field unexplained, with the other pages", () => {
    const pages = filesBelow("docs").filter((path) => path.endsWith(".md") && !path.includes("/internals/"));
    const all = pages.map(textOf).join("\n");
    expect([...schemaValues()].filter((value) => !all.includes(`\`${value}\``))).toEqual([]);
  });

  it("names every field", () => {
    expect(unnamedIn(text, schemaNames("report.schema.json", "report-line.schema.json"))).toEqual([]);
  });
});
