import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { STEP_KINDS } from "../../src/recovery/steps.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { schemaNames, unnamedIn } from "./pages.ts";

const docs = new URL("../../docs/", import.meta.url);
const page = readFileSync(new URL("plan.md", docs), "utf8");

describe("docs/plan.md", () => {
  const examples = consoleExamples(page);

  it.each(examples.map(({ command, shown }) => [command, shown]))(
    "shows what a run prints: %s",
    async (command, shown) => {
      const roots = fileURLToPath(new URL("../test-fixtures/", docs));
      const args = command.replaceAll("test-fixtures/", roots).split(" ");
      expect((await runProgram(nodeFs, [...args, "--jobs", "1"])).printed).toMatch(shown);
    },
  );

  it("has examples", () => {
    expect(examples).toHaveLength(3);
  });

  it("tells of each kind of step", () => {
    for (const kind of STEP_KINDS) expect(page).toContain(`| \`${kind}\` |`);
  });

  it("names every field, with what json.md says of all reports", () => {
    const text = page + readFileSync(new URL("json.md", docs), "utf8");
    expect(unnamedIn(text, schemaNames("plan.schema.json", "plan-line.schema.json"))).toEqual([]);
  });
});
