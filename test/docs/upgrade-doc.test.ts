import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { consoleExamples } from "../worlds/console-examples.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";

const page = readFileSync(new URL("../../docs/upgrade.md", import.meta.url), "utf8");
const recorded = fileURLToPath(
  new URL("../recorded/registry-3/roots/028-upgrade-layers-linked.tar.gz", import.meta.url),
);

describe("docs/upgrade.md", () => {
  it.each(consoleExamples(page).map(({ command, shown }) => [command, shown] as const))(
    "shows what %s prints",
    async (command, shown) => {
      const { printed, exitCode } = await runProgram(unpackedWorld(recorded).fs, command.split(" "));
      expect(printed).toMatch(shown);
      expect(exitCode).toBe(4);
    },
  );

  it("says what to do about every reason to refuse a tag", () => {
    const reasons = JSON.stringify(jsonSchemas()["forecast.schema.json"]).match(
      /"reason":\{"type":"string","enum":\["schema1"[^\]]*\]/,
    )?.[0];
    const named = [...reasons!.matchAll(/"([a-z0-9-]+)"/g)]
      .map(([, name]) => name!)
      .filter((name) => !["reason", "type", "string", "enum"].includes(name));
    expect(named).toHaveLength(3);
    for (const name of named) expect(page).toContain(`\`${name}\``);
  });
});
