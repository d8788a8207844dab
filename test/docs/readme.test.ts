// What the README shows is what the program prints; `...` stands for lines that are left out.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { run } from "../worlds/program.ts";

const page = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

it("shows the report on the bundled incident", () => {
  const shown = /^```\n(5 of [^`]+)```$/m.exec(page)![1]!;
  // Where the checkout lies, and when it was made, is another matter.
  let printed = run("scan", "test-fixtures/incident")
    .stdout.replace(process.cwd(), "/opt/regfsck")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "2026-04-19 03:25 UTC");
  for (const part of shown.split("...\n").filter((part) => part !== "")) {
    expect(printed).toContain(part);
    printed = printed.slice(printed.indexOf(part) + part.length);
  }
});
