// The command line as plain data, read from the program's own definitions: what manual and completions are made from.
import type { Argument, Command, Option } from "commander";
import { isRepeatable } from "../options.ts";

/** What a shell offers for a value: some of what there is, certain words, or nothing. */
export type Offer = "files" | "folders" | "images" | "repositories" | "roots" | "nothing" | readonly string[];

export interface Value {
  /** As help calls it: `file`. */
  readonly name: string;
  readonly offer: Offer;
}

export interface OptionLine {
  /** `-m`, `--delete-untagged`. */
  readonly flags: readonly string[];
  /** Undefined for a switch. */
  readonly value: Value | undefined;
  readonly repeatable: boolean;
  readonly description: string;
  /** In words; undefined where it says nothing that the description does not. */
  readonly byDefault: string | undefined;
}

export interface OperandLine {
  readonly value: Value;
  readonly required: boolean;
  /** Only the last one can be. */
  readonly repeatable: boolean;
  readonly description: string;
}

export interface CommandLine {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionLine[];
  readonly operands: readonly OperandLine[];
  /** What its help says at the end, about exit codes. */
  readonly note: string;
}

export interface ProgramLine {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Those that stand without a command. */
  readonly options: readonly OptionLine[];
  readonly commands: readonly CommandLine[];
  /** The command that a line without one is taken for. */
  readonly defaultCommand: CommandLine;
}

/** What is offered for each value, by the name that help gives it. `nothing` is what a shell cannot know. */
export const OFFERS: Readonly<Record<string, Offer>> = {
  path: "folders",
  folder: "folders",
  file: "files",
  "file.prom": "files",
  "file.pem": "files",
  url: "nothing",
  report: "files",
  image: "images",
  "repo:tag": "images",
  "repo:tag@digest": "nothing",
  glob: "repositories",
  name: "roots",
  digest: "nothing",
  duration: "nothing",
  n: "nothing",
  version: "nothing",
  user: "nothing",
  share: "nothing",
};

/** `regfsck <path>` is `regfsck scan <path>`. */
const DEFAULT_COMMAND = "scan";

/** The program is not to be used for anything else afterwards. */
export function describeProgram(program: Command): ProgramLine {
  const help = program.createHelp();
  const names = help.visibleCommands(program).map((command) => command.name());
  const commands = help.visibleCommands(program).map((command) => describeCommand(command, names));
  return {
    name: program.name(),
    description: program.description(),
    version: program.version() ?? "",
    options: help.visibleOptions(program).map(describeOption),
    commands,
    defaultCommand: commands.find(({ name }) => name === DEFAULT_COMMAND)!,
  };
}

function describeCommand(command: Command, commands: readonly string[]): CommandLine {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(describeOption),
    operands: command.registeredArguments.map((argument) => describeOperand(argument, commands)),
    note: exitCodesNote(textAfterHelp(command)),
  };
}

function describeOption(option: Option): OptionLine {
  const [, name] = /[<[]([^\]>]+?)(?:\.\.\.)?[\]>]/.exec(option.flags) ?? [];
  const { defaultValue, defaultValueDescription } = option;
  const says = name !== undefined && defaultValue !== undefined;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    value: name === undefined ? undefined : { name, offer: option.argChoices ?? offerFor(name) },
    repeatable: isRepeatable(option),
    description: option.description,
    byDefault: says ? (defaultValueDescription ?? String(defaultValue)) : undefined,
  };
}

function describeOperand(argument: Argument, commands: readonly string[]): OperandLine {
  const name = argument.name();
  return {
    value: { name, offer: argument.argChoices ?? (name === "command" ? commands : offerFor(name)) },
    required: argument.required,
    repeatable: argument.variadic,
    description: argument.description,
  };
}

function offerFor(name: string): Offer {
  return OFFERS[name] ?? "nothing";
}

/** What help says of exit codes, as one sentence: `Exit codes: 0 go; 4 stop.`; "" where it says nothing. */
function exitCodesNote(help: string): string {
  const [, lines] = /^Exit codes:\n((?: +\d+ .*\n?)+)/m.exec(help) ?? [];
  if (lines === undefined) return "";
  const codes = lines.trim().split("\n");
  return `Exit codes: ${codes.map((line) => line.trim().replace(/ +/, " ")).join("; ")}.`;
}

/** What `addHelpText` added: commander tells it only while it prints help. */
function textAfterHelp(command: Command): string {
  let printed = "";
  command.configureOutput({ writeOut: (text) => (printed += text) });
  command.outputHelp();
  return printed.slice(command.helpInformation().length).trim();
}
