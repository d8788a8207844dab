// The manual page regfsck(1), in man(7) macros, made from the command line and the words of man-words.ts.
import { CHECKS } from "../../src/checks/index.ts";
import type { CommandLine, OperandLine, OptionLine, ProgramLine } from "../../src/shells/command-line.ts";
import {
  DESCRIPTION,
  ENVIRONMENT,
  EXAMPLES,
  EXIT_STATUS,
  FILES,
  FINDINGS,
  type Item,
  SEE_ALSO,
  SEVERITIES,
} from "./man-words.ts";

/** The page; `date` as YYYY-MM-DD. */
export function manPage(program: ProgramLine, date: string): string {
  const { name, version } = program;
  const commands = program.commands.filter((command) => command.name !== "help");
  const lines = [
    '.\\" Made from the definitions of the commands: what is changed here is lost.',
    `.TH ${name.toUpperCase()} 1 ${date} "${name} ${version}" "User Commands"`,
    ".SH NAME",
    `${name} \\- ${roff(program.description)}`,
    ".SH SYNOPSIS",
    commands.map((command) => synopsis(name, command)).join("\n.br\n"),
    ".SH DESCRIPTION",
    DESCRIPTION.map(prose).join("\n.PP\n"),
    ".SH COMMANDS",
    ...commands.flatMap((command) => [`.SS ${name} ${command.name}`, ...aboutCommand(command)]),
    ".SH OPTIONS",
    ...optionsByUse(commands).flatMap(([users, options]) => [`.SS ${users}`, ...options.flatMap(aboutOption)]),
    ".SH EXIT STATUS",
    ...EXIT_STATUS.flatMap(item),
    ".SH FINDINGS",
    prose(FINDINGS),
    ...Object.entries(CHECKS).flatMap(([code, { severity, meaning }]) => [
      ".TP",
      `${bold(code)} (${SEVERITIES[severity]})`,
      sentence(meaning),
    ]),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(item),
    ".SH FILES",
    ...FILES.flatMap(item),
    ".SH EXAMPLES",
    EXAMPLES.map(example).join("\n.PP\n"),
    ".SH SEE ALSO",
    SEE_ALSO.map(([page, section]) => `.BR ${page} (${section})`).join(" ,\n"),
  ];
  return `${lines.join("\n")}\n`;
}

function synopsis(program: string, { name, operands }: CommandLine): string {
  return `${bold(`${program} ${name}`)} [${italic("options")}] ${operands.map(operand).join(" ")}`;
}

function operand({ value, required, repeatable }: OperandLine): string {
  const text = `${italic(value.name)}${repeatable ? " ..." : ""}`;
  return required ? text : `[${text}]`;
}

function aboutCommand({ description, operands, note }: CommandLine): string[] {
  return [
    sentence(description),
    ...operands.flatMap(({ value, description }) => [".TP", italic(value.name), roff(description)]),
    ...(note === "" ? [] : [".PP", roff(note)]),
  ];
}

/** The options that the same commands take, under a heading that names them; each once, those of most commands first. */
function optionsByUse(commands: readonly CommandLine[]): [heading: string, options: OptionLine[]][] {
  const users = new Map<string, { option: OptionLine; names: string[] }>();
  for (const { name, options } of commands) {
    for (const option of options) {
      const same = JSON.stringify(option);
      const known = users.get(same) ?? { option, names: [] };
      users.set(same, { option, names: [...known.names, name] });
    }
  }
  // `completion` has none but --help.
  const withOptions = commands.filter(({ options }) => options.length > 1).length;
  const groups = new Map<string, OptionLine[]>();
  for (const { option, names } of [...users.values()].sort((a, b) => b.names.length - a.names.length)) {
    const heading = names.length === withOptions ? "All commands" : names.join(", ");
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return [...groups];
}

function aboutOption({ flags, value, description, byDefault }: OptionLine): string[] {
  const term = flags.map(bold).join(", ");
  const words = [sentence(description)];
  if (value && typeof value.offer !== "string") words.push(`One of ${value.offer.map(bold).join(", ")}.`);
  if (byDefault !== undefined) words.push(`Default: ${bold(byDefault)}.`);
  return [".TP", value ? `${term} ${italic(value.name)}` : term, words.join(" ")];
}

function item([term, text]: Item): string[] {
  return [".TP", prose(/^[\d_]/.test(term) ? term : `*${term}*`), prose(text)];
}

function example([purpose, line]: Item): string {
  return [prose(purpose), ".PP", ".RS 4", ".EX", literal(line), ".EE", ".RE"].join("\n");
}

function sentence(text: string): string {
  return `${roff(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

/** Text with `*bold*` and `_italic_` words. */
function prose(text: string): string {
  return text
    .split(/(\*[^*]+\*|\b_[^_]+_\b|(?<!\w)_[^_]+_(?!\w))/)
    .map((part, index) => (index % 2 === 0 ? roff(part) : (part[0] === "*" ? bold : italic)(part.slice(1, -1))))
    .join("");
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`;
}

/** A line to be typed: quotes stay what they are. */
function literal(line: string): string {
  return roff(line).replaceAll("'", "\\(aq").replaceAll("~", "\\(ti").replaceAll("^", "\\(ha").replaceAll("`", "\\(ga");
}

/** A line that begins with a full stop or an apostrophe would be a request. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
