import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { schemaNames, unnamedIn } from "./pages.ts";

const docs = new URL("../../docs/", import.meta.url);
const page = readFileSync(new URL("reclaim.md", docs), "utf8");
describe("docs/reclaim.md", () => {
  const examples = consoleExamples(page);

  it.each(examples.map(({ command, shown }) => [command, shown]))(
    "shows what a run prints: %s",
    async (command, shown) => {
      const roots = fileURLToPath(new URL("../test-fixtures/", docs));
      const args = command.replaceAll("test-fixtures/", roots).split(" ");
      expect((await runProgram(nodeFs, [...args, "--jobs", "1"])).printed).toMatch(shown);
    },
  );

  it("has an example", () => {
    expect(examples).toHaveLength(1);
  });

  it("names every field, with what json.md says of all reports", () => {
    const text = page + readFileSync(new URL("json.md", docs), "utf8");
    expect(unnamedIn(text, schemaNames("reclaim.schema.json", "reclaim-line.schema.json"))).toEqual([]);
  });

  it("says of each reason what it is", () => {
    const reasons: string[] = [];
    JSON.stringify([jsonSchemas()["reclaim.schema.json"], jsonSchemas()["reclaim-line.schema.json"]], (key, value) => {
      if (key === "reason") reasons.push(...(value.enum ?? []));
      return value;
    });
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
  });
});
