// Every option once: how it is written, what help says of it, and the type of its value.
import { type Command, Option } from "commander";
import { FAIL_ON } from "./contract/finding.ts";
import type { RegistryConfig } from "./contract/registry-config.ts";
import type { Accepted } from "./inspect/accepted.ts";
import {
  choice,
  collect,
  count,
  countOr,
  duration,
  flag,
  list,
  type OptionEntry,
  optional,
  share,
  size,
  text,
} from "./option-kinds.ts";
import type { WantedPlatforms } from "./registry/serve/child-needs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How old a manifest must be by default to be deleted, in milliseconds. */
export const RECLAIM_AGE = DAY;
const FORMATS = ["text", "json", "jsonl"] as const;

/** By the name under which commands know them. */
const OPTIONS = {
  failOn: choice("--fail-on <severity>", "fail when there are findings this severe", FAIL_ON, "error"),
  state: text("--state <file>", "remember complete runs there, and tell what changed since the last"),
  metrics: text(
    "--metrics <file.prom>",
    "write metrics for node_exporter's textfile collector there; a new file is readable for all",
  ),
  verifyContent: flag("--verify-content", "hash every blob, not manifests and configs alone (reads the whole store)"),
  maxTime: optional(
    duration("--max-time <duration>", "with --verify-content: read content until so long after the run began", 0, ""),
  ),
  contentRecord: text(
    "--content-record <file>",
    "what scans with --verify-content remember (<state>.content): say when content was last verified",
  ),
  maxBytes: size("--max-bytes <n>", "with --verify-content: read no more than so much content: 500G"),
  verifyImageContent: flag("--verify-content", "hash every blob of the image, not manifests and configs alone"),
  staleUploadAge: duration(
    "--stale-upload-age <duration>",
    "how old an unfinished upload must be to be reported",
    7 * DAY,
    "7d",
  ),
  allowBroken: flag(
    "--allow-broken",
    "let damage pass that is there already, never damage that the garbage collection would do",
  ),
  quietPeriod: duration(
    "--quiet-period <duration>",
    "how old all must be that the garbage collection would delete, and any upload",
    HOUR,
    "1h",
  ),
  maxDelete: share("--max-delete <share>", "undecided when more of the blobs, or of their bytes, would go", 0.5, "50%"),
  asUser: text(
    "--as-user <user>",
    "who serves the registry (name, uid or uid:gid): what that user may not read is damage",
  ),
  asCollector: text(
    "--as-user <user>",
    "who serves and collects (name, uid or uid:gid): stop where that user may not read or delete",
  ),
  index: text("--index <file>", "take from there what has not changed since the last complete run; write it again"),
  readIndex: text("--index <file>", "take from there what has not changed since the last complete scan wrote it"),
  trustIndex: flag("--trust-index", "let the gate rest on what --index holds, not on what it reads alone"),
  indexFullEvery: countOr(
    "--index-full-every <n>",
    "read all again after so many runs or days, whichever comes first",
    7,
  ),
  recheck: text(
    "--recheck <report>",
    "only say whether anything moved since the gate that wrote this JSON report said go",
  ),
  recheckAge: duration("--recheck-age <duration>", "how old the report of a recheck may be", 6 * HOUR, "6h"),
  by: choice("--by <what>", "what a line is about", ["repository", "tag"], "repository"),
  sort: choice("--sort <key>", "what the lines are sorted by", ["total", "unique", "name"], "total"),
  top: count("--top <n>", "only so many lines"),
  restores: list(
    "--restore <repo:tag@digest>",
    "bring this image back in the script: its links, and the tag (repeatable)",
  ),
  script: text("--script <file>", "write a shell script there that does what can be done without a client"),
  quarantine: text("--quarantine <folder>", "where the script moves things (default: <script>.quarantine)"),
  olderThan: duration("--older-than <duration>", "how old a manifest must be to be deleted", RECLAIM_AGE, "24h"),
  explain: flag("--explain", "say of each manifest that no tag names and that is kept what it is kept for"),
  list: text("--list <file>", "write what to delete there, repository@digest a line"),
  deleteScript: text("--script <file>", "write a shell script there that deletes it over the registry's API"),
  offlineScript: text(
    "--offline-script <file>",
    "write a shell script there that moves it into a quarantine while the registry is stopped",
  ),
  offlineQuarantine: text(
    "--quarantine <folder>",
    "where the offline script moves things (default: <offline-script>.quarantine)",
  ),
  format: choice("--format <format>", "how to print the report", FORMATS, "text"),
  imageFormat: choice("--format <format>", "how to print the report", [...FORMATS, "dot", "mermaid"], "text"),
  registry: choice(
    "--registry <version>",
    "the registry that serves the storage: 2 for 2.8.3, 3 for 3.1",
    ["2", "3"],
    "2",
  ),
  caches: list("--cache <name>", "treat this root as a pull-through cache (repeatable)"),
  authoritative: list("--authoritative <name>", "treat this root as an authoritative one (repeatable)"),
  registryConfigFile: text(
    "--registry-config <file>",
    "the registry's own config.yml: which root it serves, and whether that is a cache",
  ),
  maxIops: count("--max-iops <n>", "make at most so many calls a second to the disk, with one thread"),
  maxBytesPerSecond: size(
    "--max-bytes-per-second <n>",
    "read at most so many bytes of files a second, with one thread: 50M",
  ),
  config: text("--config <file>", "the configuration file (default: /etc/regfsck.yaml, where there is one)"),
  report: text("--report <file>", "also write the report there: JSON lines for *.jsonl, a page for *.html, else JSON"),
  dryRun: flag("--dry-run", "write nothing anywhere; say what would have been written"),
  quiet: flag("--quiet", "print nothing when the exit code is 0, else at most 50 lines"),
  full: flag("--full", "print every entry of every list, however many there are"),
  progress: choice("--progress <when>", "the progress line on standard error", ["auto", "always", "never"], "auto"),
  color: { flags: "--no-color", help: "no colours (as NO_COLOR does; FORCE_COLOR asks for them)", otherwise: true },
  allowEmpty: flag("--allow-empty", "accept a root that holds nothing at all"),
  allowNothing: flag("--allow-empty", "accept a registry that lists no tag at all"),
  jobs: count("--jobs <n>", "read with this many threads (default: as many as help)"),
  repositories: list("--repo <glob>", "only repositories whose name matches (repeatable)"),
  deleteUntagged: flag("-m, --delete-untagged", "collect as garbage-collect -m does: untagged manifests are deleted"),
  keepTags: count("--keep-tags <n>", "remove all but the n newest tags of each repository first"),
  removeTags: list("--remove-tag <repo:tag>", "remove this tag first (repeatable)"),
  removeTagsFrom: text("--remove-tags-from <file>", "remove the tags that this file lists first, one a line"),
  deletes: list(
    "--delete <image>",
    "a client deletes repo:tag or repo@digest over HTTP first, with every tag of that digest (repeatable)",
  ),
  deletesFrom: text("--delete-from <file>", "a client deletes what this file lists first, one a line"),
  verifyAskedContent: flag(
    "--verify-content",
    "read and hash every blob, not manifests and configs alone (transfers all of it)",
  ),
  servedRoot: text("--root <path>", "on the registry's machine: compare with the storage root that it serves"),
  username: text("--username <name>", "log in as this user (default: what docker login left in ~/.docker/config.json)"),
  passwordStdin: flag("--password-stdin", "read the password of --username from standard input"),
  ca: text("--ca <file.pem>", "trust these certificates, and no others, for TLS"),
  timeLimit: optional(
    duration("--max-time <duration>", "begin no image after so long; with --state the next run goes on there", 0, ""),
  ),
  timeout: duration("--timeout <duration>", "how long to wait for an answer", 30_000, "30s"),
  connections: count("--connections <n>", "ask so many things at once, at most (default: 8)"),
  maxRequests: count("--max-requests <n>", "make at most so many requests a second"),
} as const;

type OptionName = keyof typeof OPTIONS;

/** The shells that `completion` writes for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const SETTING = [
  "registry",
  "registryConfigFile",
  "caches",
  "authoritative",
  "maxIops",
  "maxBytesPerSecond",
  "config",
] as const;
const OUTPUT = ["report", "dryRun", "quiet", "full", "progress", "color"] as const;
const SHARED = ["format", ...SETTING, ...OUTPUT] as const;
const READING = [...SHARED, "allowEmpty", "jobs"] as const;
const CLEAN_UP = ["deleteUntagged", "keepTags", "removeTags", "removeTagsFrom", "deletes", "deletesFrom"] as const;

/** The options of each command, in the order of its help. */
export const COMMAND_OPTIONS = {
  scan: [
    ...(["failOn", "state", "metrics", "index", "indexFullEvery", "verifyContent", "maxTime", "maxBytes"] as const),
    ...(["staleUploadAge", "asUser", ...READING, "repositories"] as const),
  ],
  forecast: ["readIndex", "indexFullEvery", ...READING, ...CLEAN_UP, "repositories"],
  gate: [
    "failOn",
    "state",
    "metrics",
    "readIndex",
    "trustIndex",
    "indexFullEvery",
    "allowBroken",
    "quietPeriod",
    "maxDelete",
    "contentRecord",
    "asCollector",
    "recheck",
    "recheckAge",
    ...READING,
    ...CLEAN_UP,
  ],
  verify: ["verifyImageContent", "contentRecord", "asUser", "imageFormat", ...SETTING, ...OUTPUT],
  why: ["readIndex", "indexFullEvery", ...READING],
  usage: ["readIndex", "indexFullEvery", "by", "sort", "top", ...READING, "repositories"],
  reclaim: [
    "olderThan",
    "explain",
    "list",
    "deleteScript",
    "offlineScript",
    "offlineQuarantine",
    ...READING,
    "keepTags",
    "removeTags",
    "removeTagsFrom",
  ],
  probe: [
    "failOn",
    "state",
    "metrics",
    "timeLimit",
    "verifyAskedContent",
    "servedRoot",
    "username",
    "passwordStdin",
    "ca",
    "timeout",
    "connections",
    "maxRequests",
    "format",
    "registry",
    "registryConfigFile",
    "config",
    ...OUTPUT,
    "allowNothing",
    "repositories",
  ],
  plan: [
    "readIndex",
    "indexFullEvery",
    "restores",
    "script",
    "quarantine",
    "verifyContent",
    "contentRecord",
    ...READING,
    "repositories",
  ],
} as const satisfies Record<string, readonly OptionName[]>;

export type CommandName = keyof typeof COMMAND_OPTIONS;
type Value<Entry> = Entry extends { readonly otherwise: infer Otherwise } ? Otherwise : never;

type Values<Name extends OptionName> = { readonly [Each in Name]: Value<(typeof OPTIONS)[Each]> };

/** What the command line says, by option; some of them every command has. */
type Given<Command extends CommandName> = Values<(typeof COMMAND_OPTIONS)[Command][number]> &
  Values<(typeof SETTING)[number] | (typeof OUTPUT)[number]>;

/** What command line and configuration file say together of any command. */
export interface Configured {
  /** At least one. */
  readonly paths: readonly string[];
  /** Absolute or relative paths of roots whose kind the file gives. */
  readonly kinds: ReadonlyMap<string, "authoritative" | "cache">;
  readonly accepted: readonly Accepted[];
  readonly platforms: readonly WantedPlatforms[];
  /** The state file of scans, by the configuration file. */
  readonly scanState: string | undefined;
  /** The configuration of the registry that serves one of the roots. */
  readonly registryConfig?: RegistryConfig | undefined;
}

/** All that a command goes by. Durations are milliseconds. */
export type OptionsOf<Command extends CommandName> = Given<Command> & Configured;

/** Help shows a command's own options first, then these. */
const GROUPS: readonly (readonly [heading: string, options: readonly OptionName[]])[] = [
  ["Clean-up that it is about:", CLEAN_UP],
  ["Registry and configuration:", ["registry", "registryConfigFile", "caches", "authoritative", "config"]],
  ["Reading:", ["maxIops", "maxBytesPerSecond", "jobs", "allowEmpty", "allowNothing", "repositories"]],
  ["Output:", ["format", "imageFormat", ...OUTPUT]],
];

/** The commands whose report can be a page. */
const WITH_PAGE: readonly CommandName[] = ["scan", "forecast", "gate", "usage"];
const PLAIN_REPORT = { help: "also write the report there: JSON lines for *.jsonl, else JSON" };

export function addOptions(command: Command, name: CommandName): void {
  const entry = (option: OptionName): OptionEntry<unknown> =>
    option === "report" && !WITH_PAGE.includes(name) ? { ...OPTIONS.report, ...PLAIN_REPORT } : OPTIONS[option];
  const groupOf = (option: OptionName) => GROUPS.findIndex(([, options]) => options.includes(option));
  const options = COMMAND_OPTIONS[name].toSorted((a, b) => groupOf(a) - groupOf(b));
  for (const option of options) {
    const made = commanderOption(entry(option));
    const heading = GROUPS[groupOf(option)]?.[0];
    command.addOption(heading === undefined ? made : made.helpGroup(heading));
  }
}

/** The values of the command's options, after commander has read the command line. */
export function readOptions<Name extends CommandName>(command: Command, name: Name): Given<Name> {
  const values = COMMAND_OPTIONS[name].map((option) => {
    const entry: OptionEntry<unknown> = OPTIONS[option];
    return [option, command.getOptionValue(commanderOption(entry).attributeName()) ?? entry.otherwise];
  });
  return Object.fromEntries(values) as Given<Name>;
}

/** Whether the command line itself gives the option; false for a name that is none of the command's. */
export function isGiven(command: Command, name: string): boolean {
  if (!(name in OPTIONS)) return false;
  const attribute = commanderOption(OPTIONS[name as OptionName]).attributeName();
  return command.getOptionValueSource(attribute) === "cli";
}

/** Whether an option may be given several times. */
export function isRepeatable(option: Option): boolean {
  return option.parseArg === (collect as Option["parseArg"]);
}

function commanderOption({ flags, help, otherwise, shown, choices, parse }: OptionEntry<unknown>): Option {
  const option = new Option(flags, help);
  if (choices) option.choices(choices);
  if (parse) option.argParser(parse);
  if (shown !== undefined) option.default(otherwise, shown);
  return option;
}
