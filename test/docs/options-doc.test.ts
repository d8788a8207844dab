// Options, and pages that speak of them: none that no page explains, none of regfsck's lines with one that there is not.
import { describe, expect, it } from "vitest";
import { createProgram } from "../../src/program.ts";
import { filesBelow, textOf } from "./pages.ts";

const host = { version: "0.0.0", terminal: () => expect.unreachable(), ended: () => {} };
const program = createProgram(host);
const commands = program.commands.filter((command) => command.options.length > 0);
const flagsOf = (name: string | undefined) =>
  (commands.find((command) => command.name() === name) ??
    commands.find((command) => command.name() === "scan"))!.options.flatMap(({ long, short }) =>
    [long, short].filter((flag) => flag !== undefined && flag !== null),
  );

const pages = filesBelow("README.md", "docs").filter((path) => path.endsWith(".md") && !path.includes("/internals/"));
const scripts = filesBelow("docs/cron", "docs/compose", "docs/ci", "docs/systemd");

/** Each `regfsck COMMAND ...` of a page or script up to the end of its part of the line, lines that go on put together. */
function linesOf(text: string): { readonly command: string; readonly flags: readonly string[] }[] {
  const joined = text.replaceAll(/\\\n\s*/g, "");
  const names = commands.map((command) => command.name()).join("|");
  return [...joined.matchAll(new RegExp(`\\bregfsck (${names})\\b([^\\n\`|;&]*)`, "g"))].map(([, command, rest]) => ({
    command: command!,
    flags: [...rest!.replace(/ #.*$/, "").matchAll(/(?<= )--?[a-z][a-z-]*/g)].map(([flag]) => flag),
  }));
}

describe("options", () => {
  it("are each explained on a page", () => {
    const text = pages.map(textOf).join("\n");
    const all = new Set(commands.flatMap((command) => command.options.map(({ long }) => long!)));
    expect(all.size).toBeGreaterThan(40);
    expect([...all].filter((flag) => !new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(text))).toEqual([]);
  });

  it.each([...pages, ...scripts])("in the lines of %s are those of their commands", (path) => {
    const wrong = linesOf(textOf(path)).flatMap(({ command, flags }) =>
      flags.filter((flag) => !flagsOf(command).includes(flag) && flag !== "--help").map((flag) => `${command} ${flag}`),
    );
    expect(wrong).toEqual([]);
  });
});

it("no page says a word twice in a row", () => {
  const twice = [...pages, "CHANGELOG.md", "CONTRIBUTING.md"].flatMap((path) =>
    [
      ...textOf(path)
        .replace(/^( *)```[\s\S]*?^\1```$/gm, "")
        .matchAll(/(?<![\w`:./|-])([a-z]{2,})[ \n]+\1(?![\w`:./|-])/g),
    ].map(([words]) => `${path}: ${words}`),
  );
  expect(twice).toEqual([]);
});
