// The registry's own configuration (config.yml), as far as it tells what a verdict should be about.
import { parseDocument } from "yaml";
import { z } from "zod";
import { UsageError } from "./errors.ts";

export interface RegistryConfig {
  /** `storage.filesystem.rootdirectory`, the program's own default where the file does not say. */
  readonly rootDirectory: string;
  /** Whether it is a pull-through cache (`proxy.remoteurl`). */
  readonly isCache: boolean;
  /** Whether it remembers in memory which blobs there are (`storage.cache.blobdescriptor`, formerly `layerinfo`). */
  readonly cachesDescriptors: boolean;
  /** Whether it refuses pushes (`storage.maintenance.readonly.enabled`). */
  readonly isReadOnly: boolean;
  /** Whether it lets clients delete (`storage.delete.enabled`). */
  readonly allowsDelete: boolean;
  /**
   * The platforms, `os/arch`, without which it takes no index (`validation.manifests.indexes.platforms: list`, of registry 3);
   * undefined where it asks for all, or for none: then nothing tells which are meant.
   */
  readonly indexPlatforms: readonly string[] | undefined;
}

/** Where registry 2.8.3 stores, if its configuration names no folder. */
const DEFAULT_ROOT = "/var/lib/registry";

const switched = z.looseObject({ enabled: z.boolean().optional() }).nullish();

const CONFIG = z.looseObject({
  version: z.union([z.string(), z.number()]),
  storage: z.union([
    z.literal("filesystem").transform(() => ({ filesystem: null })),
    z.looseObject({ filesystem: z.looseObject({ rootdirectory: z.string().min(1).optional() }).nullable() }),
  ]),
  proxy: z.looseObject({ remoteurl: z.string().nullish() }).nullish(),
  validation: z.looseObject({ manifests: z.looseObject({ indexes: z.unknown() }).nullish() }).nullish(),
});

const INDEXES = z.looseObject({
  platforms: z.string().transform((text) => text.toLowerCase()),
  platformlist: z.array(z.looseObject({ architecture: z.string(), os: z.string() })).nullish(),
});

const STORAGE_PARTS = z.object({
  cache: z.looseObject({ blobdescriptor: z.string().nullish(), layerinfo: z.string().nullish() }).nullish(),
  maintenance: z.looseObject({ readonly: switched }).nullish(),
  delete: switched,
});

/**
 * Reads a registry's configuration. The environment's `REGISTRY_...` variables, which beat the file, are not in it.
 * Throws a UsageError for what is not YAML, or not the configuration of a registry that stores in a file system.
 */
export function parseRegistryConfig(source: string, file: string): RegistryConfig {
  const document = parseDocument(source, { prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) throw new UsageError(`--registry-config ${file}: ${syntax.message}`);
  const config = CONFIG.safeParse(document.toJS({ maxAliasCount: 100 }));
  const parts = config.success ? STORAGE_PARTS.safeParse(config.data.storage) : config;
  const given = config.data?.validation?.manifests?.indexes ?? undefined;
  const indexes = INDEXES.optional().safeParse(given);
  if (!config.success || !parts.success || !indexes.success) {
    const [issue] = (parts.error ?? config.error ?? indexes.error)?.issues ?? [];
    const field = issue?.path.join(".") || "the file";
    throw new UsageError(`--registry-config ${file}: not the configuration of a registry on a file system (${field})`);
  }
  const { cache, maintenance, delete: deletes } = parts.data;
  return {
    rootDirectory: config.data.storage.filesystem?.rootdirectory ?? DEFAULT_ROOT,
    isCache: Boolean(config.data.proxy?.remoteurl),
    cachesDescriptors: Boolean(cache?.blobdescriptor || cache?.layerinfo),
    isReadOnly: maintenance?.readonly?.enabled === true,
    allowsDelete: deletes?.enabled === true,
    indexPlatforms:
      indexes.data?.platforms === "list"
        ? indexes.data.platformlist?.map(({ os, architecture }) => `${os}/${architecture}`)
        : undefined,
  };
}
