// Options and configuration file together: an option that was given beats the file.

import type { Config } from "../contract/config-file.ts";
import { UsageError } from "../contract/errors.ts";
import type { ConfiguredOptions } from "./common-options.ts";

/**
 * The options of a command with what the file says where no option was given (`isGiven` tells).
 * Throws a UsageError when there is no path at all.
 */
export function applyConfig<T extends { readonly paths: readonly string[] }>(
  options: T,
  config: Config,
  command: string,
  isGiven: (option: string) => boolean,
): T & ConfiguredOptions {
  const paths = options.paths.length > 0 ? options.paths : (config.roots ?? []).map(({ path }) => path);
  if (paths.length === 0) throw new UsageError("give a storage root, or a configuration file with roots");
  const cleanUp = config["clean-up"] ?? {};
  // Each command has files of its own: a gate must not write over what a scan wrote.
  const files = command === "gate" ? (config.gate ?? {}) : command === "scan" ? config : {};
  const fromFile = {
    failOn: config["fail-on"],
    state: files.state,
    metrics: files.metrics,
    report: files.report,
    keepTags: cleanUp["keep-tags"],
    deleteUntagged: cleanUp["delete-untagged"],
  };
  const configured = Object.entries(fromFile).filter(([option, value]) => value !== undefined && !isGiven(option));
  return {
    ...options,
    ...Object.fromEntries(configured),
    paths,
    kinds: new Map((config.roots ?? []).flatMap(({ path, kind }) => (kind ? [[path, kind] as const] : []))),
    accepted: config.accepted ?? [],
  };
}
