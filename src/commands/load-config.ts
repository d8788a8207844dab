// The configuration file of a run: the one that was asked for, else the one of this machine, else none.
import { existsSync, readFileSync } from "node:fs";
import type { Config } from "../contract/config-file.ts";
import { UsageError } from "../contract/errors.ts";

/** Read where no other is named. */
const MACHINE_CONFIG = "/etc/regfsck.yaml";

/** Throws a UsageError when a named file cannot be read, or is not valid. */
export async function loadConfig(named: string | undefined): Promise<Config> {
  if (named === undefined && !existsSync(MACHINE_CONFIG)) return {};
  const file = named ?? MACHINE_CONFIG;
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--config ${file}: ${(error as Error).message}`);
  }
  const { parseConfig } = await import("../contract/config-file.ts");
  return parseConfig(source, file);
}
