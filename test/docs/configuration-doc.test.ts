import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/contract/config-file.ts";
import { UsageError } from "../../src/contract/errors.ts";

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const [, example] = /^```yaml\n([\s\S]*?)^```$/m.exec(page)!;
const said = (source: string) => {
  try {
    return parseConfig(source, "/etc/regfsck.yaml");
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

describe("docs/configuration.md", () => {
  it("has an example that is valid, with every field", () => {
    const config = parseConfig(example!, "example");
    expect(Object.keys(config).sort()).toEqual(
      [
        "accepted",
        "clean-up",
        "fail-on",
        "gate",
        "index",
        "index-full-every",
        "metrics",
        "platforms",
        "registry",
        "report",
        "roots",
        "state",
      ].sort(),
    );
    // Each field has a row in a table.
    const fields = (value: object, prefix: string): string[] =>
      Object.entries(value).flatMap(([name, field]) =>
        Array.isArray(field) && typeof field[0] === "object"
          ? field.flatMap((entry) => fields(entry, `${prefix}${name}[].`))
          : typeof field === "object" && !Array.isArray(field)
            ? fields(field, `${prefix}${name}.`)
            : [prefix + name],
      );
    for (const field of fields(config, "")) {
      expect(page).toMatch(new RegExp(`^\\| .*\`${field.replace("accepted[].", "").replace(/[[\]]/g, "\\$&")}\``, "m"));
    }
  });

  it("shows the lines that mistakes in it get", () => {
    const shown = [...page.matchAll(/^regfsck: (\/etc\/regfsck.yaml.*)$/gm)].map(([, line]) => line);
    const blank = (lines: number) => "\n".repeat(lines - 1);
    expect(shown).toEqual([
      said(`${blank(15)}fail_on: error`),
      said(`${blank(6)}roots:\n  - path: /a\n  - path: /b\n    kind: mirror`),
      said(`${blank(31)}accepted:\n  - tag: a\n    reason: a\n    until: soon`),
      said(`${blank(32)}platforms:\n  - repository: a\n    wanted: [linux/amd64, arm64]`),
    ]);
  });
});
