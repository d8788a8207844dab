import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ABORT_REASONS } from "../../src/report/gc-words.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { REPOSITORY, schemaNames, unnamedIn } from "./pages.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const common = page("json.md");

describe("docs/forecast.md", () => {
  const text = page("forecast.md");

  it("explains every reason to abort, in their order", () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason!);
    expect(rows.filter((row) => (ABORT_REASONS as readonly string[]).includes(row))).toEqual(ABORT_REASONS);
  });

  it("names every field and line, with what json.md says of all reports", () => {
    expect(unnamedIn(text + common, schemaNames("forecast.schema.json", "forecast-line.schema.json"))).toEqual([]);
  });
});

describe("the examples of docs/forecast.md and docs/gate.md", () => {
  const examples = ["forecast.md", "gate.md"].flatMap((name) => consoleExamples(page(name)));

  it.each(examples)("show what a run prints: $command", async ({ command, shown }) => {
    const args = command.split(" ").map((word) => word.replace(/^test-fixtures\//, `${REPOSITORY}test-fixtures/`));
    // Threads need the built program.
    const { printed } = await runProgram(nodeFs, [...args, "--jobs", "1"]);
    expect(printed).toMatch(shown);
  });
});

describe("docs/gate.md", () => {
  it("names every field and line but those of scans, with what the pages on JSON and forecasts say", () => {
    const text = page("gate.md") + page("forecast.md") + common;
    const ofScans = schemaNames("report.schema.json", "report-line.schema.json");
    const own = [...schemaNames("gate.schema.json", "gate-line.schema.json")].filter((name) => !ofScans.has(name));
    expect(unnamedIn(text, own)).toEqual([]);
  });
});
