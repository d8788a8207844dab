// What the page about content shows is what the program prints, but for days and how long it took.
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { textOf } from "./pages.ts";

it("shows the report of a second night", () => {
  const [, command, shown] = /^\$ regfsck (scan --verify-content --max-bytes .*)\n([\s\S]*?)^\.\.\.$/m.exec(
    textOf("docs/content.md"),
  ) as unknown as [string, string, string];
  const state = join(temporaryFolder(), "state.json");
  const args = command.replace("/tmp/state.json", state).split(" ");
  run(...args);
  const { code, stdout } = run(...args);
  expect(code).toBe(0);
  const timeless = (text: string) =>
    text
      .replace(/\d{4}-\d\d-\d\d/g, "DAY")
      .replace(/\(\d+\.\d s(, [\d.]+ \w+\s+a\s+second)?\)/, "(TIME)")
      .replaceAll(process.cwd(), "/opt/regfsck")
      .replace(/\s+/g, " ");
  expect(timeless(stdout)).toContain(timeless(shown));
});
