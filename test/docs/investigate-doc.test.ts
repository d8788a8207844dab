import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { schemaNames, unnamedIn } from "./pages.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const text = page("investigate.md") + page("space.md");

/** What differs from run to run is taken out. */
function withoutTimes(printed: string): string {
  return printed.replace(/since [\d-]+ [\d:]+ UTC/g, "since TIME").replace(/(in|Took) [\d.]+ s\./g, "$1 TIME.");
}

/** The program's output as the page shows it; a line of three dots stands for any lines. */
function pattern(shown: string): RegExp {
  const exactly = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(
    `^${withoutTimes(shown)
      .split(/^\.\.\.\n/m)
      .map(exactly)
      .join("(?:.*\n)*?")}$`,
  );
}

describe("docs/investigate.md and docs/space.md", () => {
  const examples = [...text.matchAll(/^```console\n\$ regfsck (.*)\n([\s\S]*?)^```$/gm)];

  it.each(examples.map(([, command, shown]) => [command!, shown!]))(
    "shows what a run prints: %s",
    async (command, shown) => {
      const args = command.split(" ").map((word) => word.replace(/^test-fixtures\//, `${repository}test-fixtures/`));
      // Threads need the built program.
      const { printed } = await runProgram(nodeFs, args[0] === "verify" ? args : [...args, "--jobs", "1"]);
      expect(withoutTimes(printed)).toMatch(pattern(shown));
    },
  );

  it("has examples of each command", () => {
    expect(new Set(examples.map(([, command]) => command!.split(" ")[0]))).toEqual(new Set(["verify", "why", "usage"]));
  });

  it("names every field, with what json.md says of all reports", () => {
    const files = ["verify", "why", "usage"].flatMap((command) => [
      `${command}.schema.json`,
      `${command}-line.schema.json`,
    ]);
    expect(unnamedIn(text + page("json.md"), schemaNames(...files))).toEqual([]);
  });
});
