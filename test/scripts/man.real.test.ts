// The manual page: sound for the programs that show it, and complete.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { EXAMPLES } from "../../scripts/package/man-words.ts";
import { programLine, shareFiles } from "../../scripts/package/share.ts";
import { EXIT } from "../../src/commands/exit-code.ts";
import { FINDING_CODES } from "../../src/contract/finding.ts";
import { OFFERS } from "../../src/shells/command-line.ts";

const program = programLine("1.2.3");
const page = shareFiles("1.2.3", "2026-01-31")["man/man1/regfsck.1"]!;

function feed(command: string, args: readonly string[]) {
  const { error, stdout, stderr } = spawnSync(command, args, { input: page, encoding: "utf8" });
  if (error) throw error;
  return { stdout, stderr };
}

/** As a person sees it, in lines that are never broken. */
const shown = feed("groff", ["-man", "-ww", "-Tascii", "-P-cbou", "-rLL=999n"]);

describe("regfsck(1)", () => {
  it("gives groff and mandoc nothing to warn of", () => {
    expect(shown.stderr).toBe("");
    expect(feed("mandoc", ["-T", "lint", "-W", "warning"])).toEqual({ stdout: "", stderr: "" });
  });

  it("shows the name, version, date and what it is for", () => {
    expect(shown.stdout).toMatch(/^REGFSCK\(1\) +User Commands +REGFSCK\(1\)$/m);
    expect(shown.stdout).toMatch(/^regfsck 1\.2\.3 +2026-01-31 +REGFSCK\(1\)$/m);
    expect(shown.stdout).toContain(`NAME\n       regfsck - ${program.description}\n`);
  });

  it("has every command with its operands, and what its exit codes mean", () => {
    const commands = program.commands.filter(({ name }) => name !== "help");
    expect(commands.length).toBeGreaterThan(3);
    for (const { name, description, note, operands } of commands) {
      const words = operands.map(({ value, required, repeatable }) => {
        const word = `${value.name}${repeatable ? " ..." : ""}`;
        return required ? word : `[${word}]`;
      });
      expect(shown.stdout).toContain(`regfsck ${name} [options] ${words.join(" ")}\n`);
      expect(shown.stdout).toContain(
        `\n   regfsck ${name}\n       ${description[0]!.toUpperCase()}${description.slice(1)}.`,
      );
      expect(note).toMatch(/^Exit codes: 0 /);
      expect(shown.stdout).toContain(note);
    }
  });

  it("has every option with its choices and default", () => {
    const line = "       --fail-on severity\n              Fail when there are findings this severe. ";
    expect(shown.stdout).toContain(`${line}One of error, warning, info, never. Default: error.\n`);
    expect(shown.stdout).toContain("       -m, --delete-untagged\n");
    for (const { flags, value } of program.commands.flatMap(({ options }) => options)) {
      // What a short one does stands beside it.
      const option = `\n       ${flags.join(", ")}${value ? ` ${value.name}` : ""}`;
      expect(
        [`${option}\n`, `${option} `].some((text) => shown.stdout.includes(text)),
        option,
      ).toBe(true);
    }
  });

  it("has every exit code and every finding", () => {
    const [, codes] = /\nEXIT STATUS\n([\s\S]*?)\nFINDINGS\n/.exec(shown.stdout)!;
    const numbers = [...codes!.matchAll(/^ {7}(\d+) /gm)].map(([, code]) => Number(code));
    expect(numbers).toEqual([...Object.values(EXIT), EXIT.findings | EXIT.incomplete].sort((a, b) => a - b));
    for (const code of FINDING_CODES) expect(shown.stdout).toMatch(new RegExp(`^ {7}${code} \\(`, "m"));
  });

  it.each(EXAMPLES)("has an example for %j with options that there are", (_, line) => {
    expect(shown.stdout).toContain(`\n           ${line}\n`);
    const [, name, ...words] = line.split(/ [|&] ?/)[0]!.split(" ");
    const command = program.commands.find((some) => some.name === name)!;
    const flags = words.filter((word) => word.startsWith("-"));
    expect(command.options.flatMap((option) => option.flags)).toEqual(expect.arrayContaining(flags));
  });

  it("knows what can be offered for every value", () => {
    const values = program.commands.flatMap(({ options, operands }) => [...options, ...operands]);
    const unknown = values.filter(({ value }) => typeof value?.offer === "string" && !(value.name in OFFERS));
    expect(unknown.map(({ value }) => `add ${value!.name} to OFFERS in src/shells/command-line.ts`)).toEqual([]);
  });
});
