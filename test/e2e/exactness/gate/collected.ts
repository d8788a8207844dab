// What a root has for its users, and what the real clean-up and the real collection leave of it, on a copy.
import { execFile } from "node:child_process";
import { chmodSync, lstatSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withRegistry } from "../../../../scripts/registry/server.ts";
import { connectTo } from "../client/http.ts";
import { makeImmutableAs, makeMutable } from "../damage/immutable.ts";
import { runToEnd } from "../judge/report.ts";
import { makeScratch } from "../scratch.ts";
import { base } from "../storage.ts";
import type { OptionSet } from "./option-sets.ts";
import { type ServedByImage, servedByImage } from "./served.ts";
import { type StoredByTag, storedByTag } from "./stored.ts";

const limitMs = 20_000;

/** What users have of the root, and of the other root that shares its store. */
export interface Possessions {
  served: ServedByImage[];
  stored: StoredByTag[];
}

export interface Collected {
  exitCode: number | "timeout";
  stderr: string;
  after: Possessions;
  /** Paths of the files that are gone, relative to the root, without those of the clean-up. */
  deleted: string[];
}

export async function possessionsOf(root: string, patienceMs: number): Promise<Possessions> {
  const found: Possessions = { served: [], stored: [] };
  for (const each of [root, `${root}/twin`]) {
    if (lstatSync(join(each, base), { throwIfNoEntry: false }) === undefined) continue;
    found.stored.push(storedByTag(each));
    found.served.push(
      await withRegistry({ root: each }, async (url) => {
        const client = connectTo(url, patienceMs);
        try {
          return await servedByImage(client, each);
        } finally {
          client.close();
        }
      }),
    );
  }
  return found;
}

/** Removes the folders of tags as clean-up scripts do, collects as the user whom the root belongs to, and looks again. */
export async function collectCopy(
  root: string,
  before: Possessions,
  { removes, untagged }: Pick<OptionSet, "removes" | "untagged">,
  patienceMs: number,
): Promise<Collected> {
  const copy = await makeScratch("exactness-gate");
  const config = `${copy}.yml`;
  try {
    await promisify(execFile)("cp", ["-a", `${root}/.`, copy]);
    // One that was reached by a second path may be gone by then.
    for (const folder of removes) await rm(join(copy, folder), { recursive: true, force: true });
    makeImmutableAs(root, copy);
    const had = await filesIn(copy);
    await writeFile(config, JSON.stringify({ version: "0.1", storage: { filesystem: { rootdirectory: copy } } }));
    chmodSync(config, 0o644);
    const user = String(lstatSync(root).uid);
    const asUser = ["--reuid", user, "--regid", user, "--clear-groups", "docker-registry"];
    const flags = ["garbage-collect", config, ...(untagged ? ["-m"] : [])];
    const { exitCode, stderr } = await runToEnd("setpriv", [...asUser, ...flags], limitMs);
    const left = new Set(await filesIn(copy));
    const deleted = had.filter((path) => !left.has(path));
    // The links of a removed tag are gone with it, but nobody is asked about them again.
    const untouched = exitCode !== 0 || deleted.length === 0;
    return { exitCode, stderr, after: untouched ? before : await possessionsOf(copy, patienceMs), deleted };
  } finally {
    makeMutable(copy);
    await rm(copy, { recursive: true, force: true });
    await rm(config, { force: true });
  }
}

async function filesIn(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("find", [root, "!", "-type", "d", "-printf", "%P\\0"], {
    encoding: "latin1",
    maxBuffer: 1 << 26,
  });
  return stdout.split("\0");
}
