// The command line: commands, their help and their options. What a command does is loaded when it is asked for.
import { Argument, Command } from "commander";
import { UsageError } from "./contract/errors.ts";
import { addOptions, type CommandName, isGiven, type OptionsOf, readOptions, SHELLS, type Shell } from "./options.ts";
import type { Terminal } from "./output/terminal.ts";
import { statPath } from "./scan/fs/storage-fs.ts";
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
  /** What 0, 4 and 8 mean. */
  readonly codes: readonly [clean: string, findings: string, incomplete: string];
  readonly examples: readonly [string, string];
  readonly run: CommandRun<Name>;
}

const PATHS = ["[path...]", "storage roots, or folders with storage roots up to three levels down"] as const;
const PATH = ["<path>", "a storage root, or a folder with storage roots up to three levels down"] as const;

const COMMANDS: { readonly [Name in CommandName]: CommandEntry<Name> } = {
  scan: {
    description: "check storage roots; report what is damaged and which images it breaks",
    operands: [PATHS],
    codes: ["nothing at or above --fail-on", "findings", "incomplete"],
    examples: [
      "regfsck scan /opt/registry/data",
      "regfsck scan --quiet --report scan.json --state state.json /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/scan.ts")).scan(options, terminal),
  },
  forecast: {
    description: "what tonight's clean-up would delete, and which images that would break",
    operands: [PATHS],
    codes: ["the garbage collection breaks nothing", "it would break a tag, or abort", "incomplete"],
    examples: ["regfsck forecast -m /opt/registry/data", "regfsck forecast -m --keep-tags 3 /opt/registry/data"],
    run: async (options, terminal) => (await import("./commands/forecast.ts")).forecast(options, terminal),
  },
  gate: {
    description: "scan and forecast as one yes/no for cron: exit 0 means go",
    operands: [PATHS],
    codes: ["go", "stop", "undecided (treat as stop)"],
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
    codes: ["every image is pullable", "one is broken", "something could not be read"],
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
    codes: ["answered", "never", "something could not be read"],
    examples: ["regfsck why /opt/registry/data sha256:4bf5", "regfsck why --format json /opt/registry/data 4bf5 9c21"],
    run: async (options, terminal, digests) =>
      (await import("./commands/why.ts")).why({ ...options, digests }, terminal),
  },
  usage: {
    description: "space by repository and tag: unique, shared, reclaimable",
    operands: [PATHS],
    codes: ["answered", "never", "something could not be read"],
    examples: [
      "regfsck usage --top 10 --sort unique /opt/registry/data",
      "regfsck usage --by tag --repo 'team/**' /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/usage.ts")).usage(options, terminal),
  },
  reclaim: {
    description: "what can be deleted without breaking anything, how, and what it frees",
    operands: [PATHS],
    codes: ["nothing to delete", "something to delete", "nothing is certain"],
    examples: [
      "regfsck reclaim /opt/registry/data",
      "regfsck reclaim --keep-tags 10 --script delete.sh /opt/registry/data",
    ],
    run: async (options, terminal) => (await import("./commands/reclaim.ts")).reclaim(options, terminal),
  },
  plan: {
    description: "how to fix what is broken, as steps and as a script for a person to review and run",
    operands: [PATHS],
    codes: ["nothing to fix", "something to fix", "incomplete"],
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
    .configureOutput({ outputError: (text, write) => write(usageLine(text)) })
    .exitOverride();
  for (const name of Object.keys(COMMANDS) as CommandName[]) addCommand(program, name, COMMANDS[name], host);
  addCompletion(program, host);
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
  const [clean, findings, incomplete] = codes;
  command.addHelpText(
    "after",
    `\nExamples:\n${examples.map((line) => `  ${line}\n`).join("")}\n` +
      `Exit codes: 0 ${clean}; 4 ${findings}; 8 ${incomplete}; 16 wrong usage; 32 interrupted.`,
  );
  command.action(async (paths: string | string[], more: unknown) => {
    const given = readOptions(command, name);
    const terminal = host.terminal(given);
    if (name === DEFAULT_COMMAND) refuseUnknownCommand(program, terminal);
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
  const [nearest] = nearestNames(word, [...Object.keys(COMMANDS), "completion", "help"]);
  const guess = nearest === undefined ? "" : `: did you mean ${nearest}?`;
  throw new UsageError(`unknown command ${JSON.stringify(word)}${guess} (regfsck --help lists the commands)`);
}

function addCompletion(program: Command, host: ProgramHost): void {
  program
    .command("completion")
    .description("print the completion script of a shell")
    .addArgument(new Argument("<shell>", "which").choices(SHELLS))
    .addHelpText(
      "after",
      `\nExamples:\n${COMPLETION_EXAMPLES.map((line) => `  ${line}\n`).join("")}\nExit codes: 0 printed; 16 wrong usage.`,
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
