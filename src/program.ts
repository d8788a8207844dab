// The command line: commands, their help and their options. What a command does is loaded when it is asked for.
import { Argument, Command } from "commander";
import { UsageError } from "./contract/errors.ts";
import { type ExitCodes, examplesText, exitCodesText, PROGRAM_HELP } from "./help.ts";
import { addOptions, type CommandName, isGiven, type OptionsOf, readOptions, SHELLS, type Shell } from "./options.ts";
import type { Terminal } from "./output/terminal.ts";
import { statPath } from "./scan/fs/storage-fs.ts";
import { type Limits, throttled } from "./scan/fs/throttled-fs.ts";
import { escapeText } from "./text/escape.ts";
import { nearestNames } from "./text/nearest-names.ts";

/** The options that say how a terminal is to be used. */
export interface TerminalOptions {
  readonly color: boolean;
  readonly progress: "auto" | "always" | "never";
  readonly quiet: boolean;
  readonly full: boolean;
}

export interface ProgramHost {
  readonly version: string;
  terminal(options: TerminalOptions): Terminal;
  /** Runs the command of this line in a thread of its own and gives its exit code; undefined where that cannot be, or is so already. */
  apart?(terminal: Terminal): Promise<number | undefined>;
  /** Told the exit code of a command that ended. */
  ended(code: number): void;
}

/** Paths are the first operand of every command; `more` are what the second one holds. */
type CommandRun<Name extends CommandName> = (
  options: OptionsOf<Name>,
  terminal: Terminal,
  more: readonly string[],
) => Promise<number>;

interface CommandEntry<Name extends CommandName> {
  readonly description: string;
  readonly operands: readonly (readonly [name: string, help: string])[];
  readonly codes: ExitCodes;
  readonly examples: readonly [string, string];
  readonly run: CommandRun<Name>;
}

const PATHS = ["[path...]", "storage roots, or folders with storage roots up to three levels down"] as const;
const PATH = ["<path>", "a storage root, or a folder with storage roots up to three levels down"] as const;

const URL_OPERAND = ["<url>", "the registry's address: https://HOST, https://HOST:PORT"] as const;

const COMMANDS: { readonly [Name in CommandName]: CommandEntry<Name> } = {
  scan: {
    description: "check storage roots; report what is damaged and which images it breaks",
    operands: [PATHS],
    codes: { 0: "complete, and nothing at or above --fail-on", 4: "findings", 8: "incomplete", 12: "both" },
    examples: [
      "regfsck scan /opt/registry/data",
      "regfsck scan --quiet --report scan.json --state state.json /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/scan.ts")).scan(options, terminal),
  },
  forecast: {
    description: "what tonight's clean-up would delete, and which images that would break",
    operands: [PATHS],
    codes: {
      0: "the garbage collection harms no image",
      4: "it would harm an image, or abort",
      8: "incomplete",
      12: "both",
    },
    examples: ["regfsck forecast -m /opt/registry/data", "regfsck forecast -m --keep-tags 3 /opt/registry/data"],
    run: async (options, terminal) => (await import("./commands/forecast.ts")).forecast(options, terminal),
  },
  gate: {
    description: "scan and forecast as one yes/no for cron: exit 0 means go",
    operands: [PATHS],
    codes: { 0: "go", 4: "stop", 8: "undecided (treat as stop)" },
    examples: [
      "regfsck gate -m --quiet --report gate.json /opt/registry/data",
      "regfsck gate -m --recheck gate.json /opt/registry/data",
    ],
    run: async (options, terminal) => {
      const { recheck } = options;
      if (recheck === undefined) return (await import("./commands/gate.ts")).gate(options, terminal);
      return (await import("./commands/recheck-gate.ts")).recheckGate({ ...options, recheck }, terminal);
    },
  },
  verify: {
    description: "one image and all that it references, as the registry would serve it",
    operands: [PATH, ["<image...>", "repository:tag or repository@digest"]],
    codes: { 0: "every image is pullable", 4: "one is broken", 8: "something could not be read", 12: "both" },
    examples: [
      "regfsck verify /opt/registry/data team/api:1.4.2",
      "regfsck verify --format dot /opt/registry/data team/api:1.4.2",
    ],
    run: async (options, terminal, images) =>
      (await import("./commands/verify.ts")).verify({ ...options, images }, terminal),
  },
  why: {
    description: "who references a blob, up to the tags, and whether a garbage collection would take it",
    operands: [PATH, ["<digest...>", "full, or the first hex digits of one (at least 4)"]],
    codes: { 0: "answered", 8: "something could not be read" },
    examples: ["regfsck why /opt/registry/data sha256:4bf5", "regfsck why --format json /opt/registry/data 4bf5 9c21"],
    run: async (options, terminal, digests) =>
      (await import("./commands/why.ts")).why({ ...options, digests }, terminal),
  },
  usage: {
    description: "space by repository and tag: unique, shared, reclaimable",
    operands: [PATHS],
    codes: { 0: "answered", 8: "something could not be read" },
    examples: [
      "regfsck usage --top 10 --sort unique /opt/registry/data",
      "regfsck usage --by tag --repo 'team/**' /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/usage.ts")).usage(options, terminal),
  },
  reclaim: {
    description: "what can be deleted without breaking anything, how, and what it frees",
    operands: [PATHS],
    codes: { 0: "nothing to delete", 4: "something to delete", 8: "nothing is certain", 12: "both, of several roots" },
    examples: [
      "regfsck reclaim /opt/registry/data",
      "regfsck reclaim --keep-tags 10 --script delete.sh /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/reclaim.ts")).reclaim(options, terminal),
  },
  probe: {
    description: "ask a running registry over HTTP: can every image, or these, be pulled",
    operands: [
      URL_OPERAND,
      ["[image...]", "repository:tag or repository@digest; all of the catalogue where none is given"],
    ],
    codes: {
      0: "every image is pullable",
      4: "one is broken",
      8: "the registry did not answer about something",
      12: "both",
    },
    examples: [
      'regfsck probe https://registry.example.com "team/api@$DIGEST"',
      "regfsck probe --repo 'team/**' https://registry.example.com",
    ],
    run: async (options, terminal, images) =>
      (await import("./commands/probe.ts")).probe({ ...options, images }, terminal),
  },
  plan: {
    description: "how to fix what is broken, as steps and as a script for a person to review and run",
    operands: [PATHS],
    codes: { 0: "nothing to fix", 4: "something to fix", 8: "incomplete", 12: "both" },
    examples: ["regfsck plan /opt/registry/data", "regfsck plan --script fix.sh /opt/registry/data"],
    run: async (options, terminal) => (await import("./commands/plan.ts")).plan(options, terminal),
  },
};

/** What a line without a command is. */
const DEFAULT_COMMAND = "scan";

export function createProgram(host: ProgramHost): Command {
  const program = new Command("regfsck")
    .description(
      "fsck for container registries: checks the storage of registry:2.8.3 and registry:3, and never writes there",
    )
    .version(host.version)
    .addHelpText("after", `\n${PROGRAM_HELP}`)
    .configureOutput({ outputError: (text, write) => write(usageLine(text)) })
    .exitOverride();
  for (const name of Object.keys(COMMANDS) as CommandName[]) addCommand(program, name, COMMANDS[name], host);
  addCompletion(program, host);
  addHelp(program, host);
  addComplete(program, host);
  return program;
}

/** Commander's words about a wrong command line, with its guess at what was meant, as one line. */
function usageLine(text: string): string {
  const words = text
    .replace(/^error: /, "")
    .trim()
    .replaceAll("\n", " ");
  return `regfsck: ${escapeText(words)} (regfsck <command> --help lists the options)\n`;
}

function addCommand<Name extends CommandName>(
  program: Command,
  name: Name,
  { description, operands, codes, examples, run }: CommandEntry<Name>,
  host: ProgramHost,
): void {
  const command = program.command(name, { isDefault: name === DEFAULT_COMMAND }).description(description);
  for (const [operand, help] of operands) command.argument(operand, help);
  addOptions(command, name);
  command.addHelpText(
    "after",
    `\n${examplesText(examples)}\n${exitCodesText({ ...codes, 16: "wrong usage", 32: "interrupted" })}`,
  );
  command.action(async (paths: string | string[], more: unknown) => {
    const given = readOptions(command, name);
    const asked = host.terminal(given);
    if (name === DEFAULT_COMMAND) refuseUnknownCommand(program, asked);
    const limits: Limits = given;
    const storageFs = throttled(asked.fs, limits);
    const code = storageFs === asked.fs ? undefined : await host.apart?.(asked);
    if (code !== undefined) return host.ended(code);
    // One for all that the command does, so that there is one limit.
    const terminal = { ...asked, fs: storageFs };
    const { configure, readConfig } = await import("./commands/configuration.ts");
    const config = await readConfig(given.config);
    const { readRegistryConfig } = await import("./inspect/registry-root.ts");
    const registryConfig = await readRegistryConfig(terminal.fs, given.registryConfigFile);
    const configured = configure(given, [paths].flat(), config, name, (option) => isGiven(command, option));
    const options = { ...configured, registryConfig };
    host.ended(await run(options as OptionsOf<Name>, terminal, Array.isArray(more) ? more : []));
  });
}

/** Throws a UsageError for a line that begins with a word which is neither a command nor a path that exists. */
function refuseUnknownCommand(program: Command, { fs }: Terminal): void {
  const [word] = program.args;
  if (word === undefined || word === DEFAULT_COMMAND || !/^[^-/][^/]*$/.test(word)) return;
  const { stat, code } = statPath(fs, word);
  if (stat !== undefined || code !== undefined) return;
  throw unknownCommand(program, word);
}

function unknownCommand(program: Command, word: string): UsageError {
  const names = program.commands.map((command) => command.name()).filter((name) => !name.startsWith("_"));
  const [nearest] = nearestNames(word, names);
  const guess = nearest === undefined ? "" : `: did you mean ${nearest}?`;
  return new UsageError(`unknown command ${JSON.stringify(word)}${guess} (regfsck --help lists the commands)`);
}

/** Commander's own takes the exit code that the process would have, which is not 0 before a command has ended. */
function addHelp(program: Command, host: ProgramHost): void {
  program
    .command("help")
    .description("display help for command")
    .argument("[command]", "which; all of them in short where none is given")
    .addHelpText(
      "after",
      `\n${examplesText(["regfsck help scan", "regfsck help probe"])}\n${exitCodesText({ 0: "printed", 16: "no such command" })}`,
    )
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command === undefined) throw unknownCommand(program, name ?? "");
      command.outputHelp();
      host.ended(0);
    });
}

function addCompletion(program: Command, host: ProgramHost): void {
  program
    .command("completion")
    .description("print the completion script of a shell")
    .addArgument(new Argument("<shell>", "which").choices(SHELLS))
    .addHelpText(
      "after",
      `\n${examplesText(COMPLETION_EXAMPLES)}\n${exitCodesText({ 0: "printed", 16: "wrong usage" })}`,
    )
    .action(async (shell: Shell) => {
      const { completions } = await import("./shells/index.ts");
      const terminal = host.terminal({ color: false, progress: "never", quiet: false, full: false });
      await terminal.write(completions(program)[shell]);
      host.ended(0);
    });
}

const COMPLETION_EXAMPLES = [
  "regfsck completion bash > /etc/bash_completion.d/regfsck",
  "regfsck completion fish > ~/.config/fish/completions/regfsck.fish",
] as const;

/** What the shells' completions call while a line is typed. */
function addComplete(program: Command, host: ProgramHost): void {
  program
    .command("__complete", { hidden: true })
    .argument("<what>")
    .argument("<prefix>")
    .argument("[path...]")
    .action(async (what: string, prefix: string, paths: string[]) => {
      const { complete } = await import("./commands/complete.ts");
      const terminal = host.terminal({ color: false, progress: "never", quiet: true, full: false });
      host.ended(await complete(what, prefix, paths, terminal));
    });
}
