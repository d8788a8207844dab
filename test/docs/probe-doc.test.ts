// What docs/probe.md shows is what the program prints, and it names every field of the report.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schemaNames, unnamedIn } from "./pages.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const text = page("probe.md");

it("names every field, with what json.md says of all reports", () => {
  const names = schemaNames("probe.schema.json", "probe-line.schema.json");
  expect(unnamedIn(text + page("json.md"), names)).toEqual([]);
});
