import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "../../src/contract/finding.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { textOf } from "./pages.ts";

const docs = new URL("../../docs/", import.meta.url);
const repository = fileURLToPath(new URL("..", docs));
const page = readFileSync(new URL("recovery.md", docs), "utf8");

describe("docs/recovery.md", () => {
  const alerts = page.split(/^## /m).filter((section) => /^(?:Registry|Regfsck)\w+\n/.test(section));

  it.each(alerts.map((section) => [section.slice(0, section.indexOf("\n")), section]))(
    "says of %s what to run, what that shows and when it ends",
    (_, section) => {
      expect(section).toMatch(/\*\*First command\*\*\n\n```sh\n/);
      expect(section).toContain("**What it shows**");
      expect(section).toContain("**It ends**");
    },
  );

  it("says of each code what fixes it, and of no other, in the order in which findings are reported", () => {
    const listed = [...page.matchAll(/^\| \[([a-z-]+)\]\(findings\.md#\1\) \|/gm)].map(([, code]) => code);
    expect(listed).toEqual([...FINDING_CODES]);
  });

  it("quotes of a gate's reasons what a gate says", () => {
    const rows = page.split("## RegistryCleanUpStopped\n")[1]!.split("\n**It ends**")[0]!;
    const quoted = [...rows.matchAll(/^\| ([^|]*`[^|]*?) \|/gm)].flatMap(
      ([, cell]) => cell!.match(/(?<=`)[^`]{2,}(?=`)/g)!,
    );
    // What stands for a name or a number is left out.
    const parts = quoted.flatMap((text) => text.split(/\.\.\.|\b[A-Z]+\b|\b\d+h\b/).map((part) => part.trim()));
    const said = ["decide.ts", "../report/history.ts"].map((file) => textOf(`src/commands/${file}`)).join("\n");
    expect(quoted.length).toBeGreaterThan(10);
    expect(parts.filter((part) => part.length > 5 && !said.includes(part))).toEqual([]);
  });

  it.each(consoleExamples(page).map(({ command, shown }) => [command, shown]))(
    "shows what a run prints: %s",
    async (command, shown) => {
      const args = command.replaceAll("test-fixtures/", `${repository}test-fixtures/`).split(" ");
      expect((await runProgram(nodeFs, [...args, "--jobs", "1"])).printed).toMatch(shown);
    },
  );
});
