// Options and configuration file together: an option that was given beats the file.
import type { Config } from "../contract/config-file.ts";
import { UsageError } from "../contract/errors.ts";
import type { Configured } from "../options.ts";
import { readInput } from "../output/input-file.ts";

/** Read where no other is named. */
const MACHINE_CONFIG = "/etc/regfsck.yaml";
const MOST_BYTES = 1 << 20;

/** The file that is named, else the one of this machine, else nothing. Throws a UsageError where it cannot be read, or is not valid. */
export async function readConfig(named: string | undefined): Promise<Config> {
  const file = named ?? MACHINE_CONFIG;
  // As a file that says nothing: so a run does without this machine's.
  if (file === "/dev/null") return {};
  let source: string;
  try {
    source = readInput(file, MOST_BYTES);
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UsageError(`--config ${file}: ${(error as Error).message}`);
  }
  const { parseConfig } = await import("../contract/config-file.ts");
  return parseConfig(source, file);
}

/**
 * The options of a command with what the file says where no option was given (`isGiven` tells); `given` are the paths of
 * the command line. Throws a UsageError where there is no path at all, or an empty one.
 */
export function configure<Options extends object>(
  options: Options,
  given: readonly string[],
  config: Config,
  command: string,
  isGiven: (option: string) => boolean,
): Options & Configured {
  if (given.some((path) => path === "")) throw new UsageError("a path is empty");
  const paths = given.length > 0 ? given : (config.roots ?? []).map(({ path }) => path);
  if (paths.length === 0)
    throw new UsageError("give a storage root (regfsck --help has examples) or a configuration file with roots");
  const cleanUp = config["clean-up"] ?? {};
  // Each command has files of its own: a gate must not write over what a scan wrote.
  const files = command === "gate" ? (config.gate ?? {}) : command === "scan" ? config : {};
  const fromFile = {
    registry: config.registry === undefined ? undefined : String(config.registry),
    failOn: config["fail-on"],
    state: files.state,
    metrics: files.metrics,
    report: files.report,
    // A gate reads all, unless it is told otherwise where it is called.
    index: config.index,
    readIndex: command === "gate" && !isGiven("trustIndex") ? undefined : config.index,
    indexFullEvery: config["index-full-every"],
    keepTags: cleanUp["keep-tags"],
    deleteUntagged: cleanUp["delete-untagged"],
  };
  const configured = Object.entries(fromFile).filter(
    ([option, value]) => value !== undefined && option in options && !isGiven(option),
  );
  return {
    ...options,
    ...Object.fromEntries(configured),
    paths,
    kinds: new Map((config.roots ?? []).flatMap(({ path, kind }) => (kind ? [[path, kind] as const] : []))),
    accepted: config.accepted ?? [],
    platforms: config.platforms ?? [],
    scanState: config.state,
  };
}
