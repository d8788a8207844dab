// --registry-config: what the registry's own configuration says of the roots that a command was asked about.
import { resolve } from "node:path";
import { UsageError } from "../contract/errors.ts";
import type { RegistryConfig } from "../contract/registry-config.ts";
import { readText } from "../scan/fs/read-text.ts";
import { type StorageFs, statPath } from "../scan/fs/storage-fs.ts";

const MOST_BYTES = 1 << 20;

/** Reads the file that the option named; undefined where it named none. Throws a UsageError for what is no such file. */
export async function readRegistryConfig(
  storageFs: StorageFs,
  file: string | undefined,
): Promise<RegistryConfig | undefined> {
  if (file === undefined) return undefined;
  const { parseRegistryConfig } = await import("../contract/registry-config.ts");
  let source: string;
  try {
    source = readText(storageFs, file, MOST_BYTES);
  } catch (error) {
    throw new UsageError(`--registry-config ${file}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  return parseRegistryConfig(source, file);
}

/** Whether the configuration speaks of this root: its folder leads there, or it is a container's and this the only root. */
export function speaksOf(storageFs: StorageFs, config: RegistryConfig, path: string, isOnlyRoot: boolean): boolean {
  const own = identityOf(storageFs, resolve(config.rootDirectory));
  return own === undefined ? isOnlyRoot : own === identityOf(storageFs, path);
}

/**
 * Why a go about these roots says nothing about the garbage collection that uses this configuration: its folder is on this
 * machine, and none of the roots. A path that is not here is a container's.
 */
export function otherRootReason(
  storageFs: StorageFs,
  config: RegistryConfig | undefined,
  roots: readonly { readonly path: string }[],
): string | undefined {
  if (config === undefined || roots.some(({ path }) => speaksOf(storageFs, config, path, true))) return undefined;
  return `the registry's configuration is about ${config.rootDirectory}, which is none of the roots asked about; give that root`;
}

/** What two paths share that lead to one directory; undefined where there is none. */
function identityOf(storageFs: StorageFs, path: string): string | undefined {
  const { stat } = statPath(storageFs, path);
  return stat && `${stat.dev} ${stat.ino}`;
}
