// The command line: commands, options, their help. What a command does is loaded when it is asked for.
import { Command, Option } from "commander";
import { applyConfig } from "./config/apply-config.ts";
import { USAGE_BY, USAGE_SORT } from "./config/usage-options.ts";
import { VERIFY_FORMATS } from "./config/verify-options.ts";
import { UsageError } from "./contract/errors.ts";
import type { Terminal } from "./output/terminal.ts";
import {
  addCleanUp,
  addCommon,
  addReading,
  addRepositories,
  addShared,
  age,
  exitCodes,
  failOn,
  positive,
} from "./shared-options.ts";
import { escapeText } from "./text/escape.ts";

/** The options that say how a terminal is to be used. */
export interface TerminalOptions {
  readonly color: boolean;
  readonly progress: "auto" | "always" | "never";
  readonly quiet: boolean;
}

export interface ProgramHost {
  readonly version: string;
  terminal(options: TerminalOptions): Terminal;
  /** Told the exit code of a command that ended. */
  ended(code: number): void;
}

const METRICS = "write metrics for node_exporter's textfile collector there";
const STATE = "remember complete runs there, and tell what changed since the last";
const DAY = 86_400_000;
const HOUR = 3_600_000;

export function createProgram(host: ProgramHost): Command {
  const program = new Command("regfsck")
    .description("fsck for container registries: checks the storage of registry:2.8.3 and never writes there")
    .version(host.version)
    .configureOutput({ outputError: (text, write) => write(usageLine(text)) })
    .exitOverride();
  addScan(program, host);
  addForecast(program, host);
  addGate(program, host);
  addVerify(program, host);
  addWhy(program, host);
  addUsage(program, host);
  addPlan(program, host);
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

function addScan(program: Command, host: ProgramHost): void {
  const command = program
    .command("scan", { isDefault: true })
    .description("check storage roots; report what is damaged and which images it breaks")
    .addOption(failOn())
    .option("--state <file>", STATE)
    .option("--metrics <file.prom>", METRICS)
    .option("--verify-content", "hash every blob, not manifests alone (reads the whole store)", false)
    .addOption(
      age("--stale-upload-age <duration>", "how old an unfinished upload must be to be reported", 7 * DAY, "7d"),
    )
    .addHelpText("after", exitCodes("nothing at or above --fail-on", "findings", "incomplete"));
  addRepositories(addCommon(command)).action(async (paths: string[], options) => {
    const { scan } = await import("./commands/scan.ts");
    host.ended(await scan(await configured(command, paths, options), host.terminal(options)));
  });
}

function addForecast(program: Command, host: ProgramHost): void {
  const command = program
    .command("forecast")
    .description("what tonight's clean-up would delete, and which images that would break")
    .addHelpText("after", exitCodes("the collection breaks nothing", "it would break a tag, or abort", "incomplete"));
  addRepositories(addCleanUp(addCommon(command))).action(async (paths: string[], options) => {
    const { forecast } = await import("./commands/forecast.ts");
    host.ended(await forecast(await configured(command, paths, options), host.terminal(options)));
  });
}

function addGate(program: Command, host: ProgramHost): void {
  const command = program
    .command("gate")
    .description("scan and forecast as one yes/no for cron: exit 0 means go")
    .addOption(failOn())
    .option("--state <file>", STATE)
    .option("--metrics <file.prom>", METRICS)
    .option("--allow-broken", "let damage pass that is there already, never damage that the collection would do", false)
    .addOption(age("--quiet-period <duration>", "how long ago the last write to any upload must be", HOUR, "1h"))
    .option("--recheck <report>", "only tell whether anything moved since the gate that wrote this JSON report said go")
    .addHelpText("after", exitCodes("go", "stop", "undecided (treat as stop)"));
  addCleanUp(addCommon(command)).action(async (paths: string[], options) => {
    const gateOptions = await configured(command, paths, options);
    const terminal = host.terminal(options);
    if (gateOptions.recheck !== undefined) {
      const { recheckGate } = await import("./commands/recheck-gate.ts");
      host.ended(await recheckGate(gateOptions, terminal));
    } else {
      const { gate } = await import("./commands/gate.ts");
      host.ended(await gate(gateOptions, terminal));
    }
  });
}

function addVerify(program: Command, host: ProgramHost): void {
  const command = program
    .command("verify")
    .description("one image and all that it references, as the registry would serve it")
    .argument("<path>", "a storage root, or a folder with storage roots up to three levels down")
    .argument("<image...>", "repository:tag or repository@digest")
    .option("--verify-content", "hash every blob of the image, not manifests alone", false)
    .addHelpText("after", exitCodes("every image is whole", "one is broken", "something could not be read"));
  addShared(command, VERIFY_FORMATS).action(async (path: string, images: string[], options) => {
    const { verify } = await import("./commands/verify.ts");
    const verifyOptions = { ...(await configured(command, [path], options)), images, report: options.report };
    host.ended(await verify(verifyOptions, host.terminal(options)));
  });
}

function addWhy(program: Command, host: ProgramHost): void {
  const command = program
    .command("why")
    .description("who references a blob, up to the tags, and whether a collection would take it")
    .argument("<path>", "a storage root, or a folder with storage roots up to three levels down")
    .argument("<digest...>", "whole, or the first hex digits of one (at least 4)")
    .addHelpText("after", exitCodes("answered", "never", "something could not be read"));
  addReading(addShared(command)).action(async (path: string, digests: string[], options) => {
    const { why } = await import("./commands/why.ts");
    const whyOptions = { ...(await configured(command, [path], options)), digests, report: options.report };
    host.ended(await why(whyOptions, host.terminal(options)));
  });
}

function addUsage(program: Command, host: ProgramHost): void {
  const command = program
    .command("usage")
    .description("space by repository and tag: unique, shared, reclaimable")
    .addOption(new Option("--by <what>", "what a line is about").choices(USAGE_BY).default("repository"))
    .addOption(new Option("--sort <key>", "what the lines are sorted by").choices(USAGE_SORT).default("total"))
    .option("--top <n>", "only so many lines", positive)
    .addHelpText("after", exitCodes("answered", "never", "something could not be read"));
  addRepositories(addCommon(command)).action(async (paths: string[], options) => {
    const { usage } = await import("./commands/usage.ts");
    const usageOptions = { ...(await configured(command, paths, options)), report: options.report };
    host.ended(await usage(usageOptions, host.terminal(options)));
  });
}

function addPlan(program: Command, host: ProgramHost): void {
  const command = program
    .command("plan")
    .description("how to mend what is broken, as steps and as a script for a person to review and run")
    .option("--script <file>", "write a shell script there that does what can be done without a client")
    .option("--quarantine <folder>", "where the script moves things (default: <script>.quarantine)")
    .option("--verify-content", "hash every blob, not manifests alone (reads the whole store)", false)
    .addHelpText("after", exitCodes("nothing to mend", "something to mend", "incomplete"));
  addRepositories(addCommon(command)).action(async (paths: string[], options) => {
    const { plan } = await import("./commands/plan.ts");
    const planOptions = { ...(await configured(command, paths, options)), report: options.report };
    host.ended(await plan(planOptions, host.terminal(options)));
  });
}

/** What the shells' completions call while a line is typed. */
function addComplete(program: Command, host: ProgramHost): void {
  program
    .command("__complete", { hidden: true })
    .argument("<what>")
    .argument("<prefix>")
    .argument("[path...]")
    .action(async (what: string, prefix: string, paths: string[]) => {
      const { complete } = await import("./completion/complete.ts");
      const terminal = host.terminal({ color: false, progress: "never", quiet: true });
      host.ended(await complete(what, prefix, paths, terminal));
    });
}

/** The options of a command, with what the configuration file says where no option was given. */
// biome-ignore lint/suspicious/noExplicitAny: as withLists.
async function configured(command: Command, paths: string[], options: any): Promise<any> {
  const { loadConfig } = await import("./commands/load-config.ts");
  const config = await loadConfig(options.config);
  const isGiven = (option: string) => command.getOptionValueSource(option) === "cli";
  return applyConfig(withLists(paths, options), config, command.name(), isGiven);
}

/** The options of a command, with lists under their plural names. */
// biome-ignore lint/suspicious/noExplicitAny: commander types parsed options as any; each is validated by its Option.
function withLists(paths: string[], { repo, cache, removeTag, ...rest }: any): any {
  if (paths.some((path) => path === "")) throw new UsageError("a path is empty");
  return { ...rest, paths, repositories: repo ?? [], caches: cache, removeTags: removeTag ?? [] };
}
