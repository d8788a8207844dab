import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { ABORT_REASONS } from "../../src/report/gc-words.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { REPOSITORY } from "./pages.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const common = page("json.md");

/** The names of all fields in the schemas, and the types of all lines. */
function names(...files: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    JSON.stringify(jsonSchemas()[file], (key, value) => {
      if (key === "properties") {
        for (const name of Object.keys(value)) found.add(name);
        if (typeof value.type?.const === "string") found.add(value.type.const);
      }
      return value;
    });
  }
  return found;
}

describe("docs/forecast.md", () => {
  const text = page("forecast.md");

  it("explains every reason to abort, in their order", () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason!);
    expect(rows.filter((row) => (ABORT_REASONS as readonly string[]).includes(row))).toEqual(ABORT_REASONS);
  });

  it("names every field and line, with what json.md says of all reports", () => {
    const all = [...names("forecast.schema.json", "forecast-line.schema.json")];
    expect(all.filter((name) => !new RegExp(`\\b${name}\\b`).test(text + common))).toEqual([]);
  });
});

describe("the examples of docs/forecast.md", () => {
  it.each(consoleExamples(page("forecast.md")))("show what a run prints: $command", async ({ command, shown }) => {
    const args = command.split(" ").map((word) => word.replace(/^test-fixtures\//, `${REPOSITORY}test-fixtures/`));
    // Threads need the built program.
    const { printed } = await runProgram(nodeFs, [...args, "--jobs", "1"]);
    expect(printed).toMatch(shown);
  });
});

describe("docs/gate.md", () => {
  it("names every field and line but those of scans, with what the pages on JSON and forecasts say", () => {
    const text = page("gate.md") + page("forecast.md") + common;
    const ofScans = names("report.schema.json", "report-line.schema.json");
    const own = [...names("gate.schema.json", "gate-line.schema.json")].filter((name) => !ofScans.has(name));
    expect(own.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });
});
