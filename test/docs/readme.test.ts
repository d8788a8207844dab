// What the README shows is what the program prints.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { run } from "../worlds/program.ts";

const page = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

it("shows how the report on the bundled incident begins", () => {
  const shown = /^```\n(5 of [^`]+)\.\.\.\n```$/m.exec(page)?.[1];
  // Where the checkout lies, and when it was made, is another matter.
  const printed = run("scan", "test-fixtures/incident")
    .stdout.replace(process.cwd(), "/opt/regfsck")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "2026-04-19 03:25 UTC");
  expect(printed.startsWith(shown ?? "nothing is shown")).toBe(true);
});
