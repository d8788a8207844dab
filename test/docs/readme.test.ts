// What the README shows is what the program prints.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { run } from "../worlds/program.ts";

const page = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

it("shows how the report on the bundled incident begins", () => {
  const shown = /^```\n(5 of [^`]+)\.\.\.\n```$/m.exec(page)?.[1];
  expect(run("scan", "test-fixtures/incident").stdout.startsWith(shown ?? "nothing is shown")).toBe(true);
});
