// Damage that only a collection runs into: what nobody may change or delete, root neither (`chattr +i`).
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DamageKind, linkClasses, pathsLike } from "./site.ts";

const places: Record<string, RegExp> = {
  data: /\/data$/,
  "blob-folder": /\/blobs\/[^/]+\/[^/]+\/[0-9a-f]{64}$/,
  shard: /\/blobs\/[^/]+\/[0-9a-f]{2}$/,
  "revision-link": linkClasses.revision,
  "revision-folder": /\/revisions\/[^/]+\/[0-9a-f]{64}$/,
  revisions: /\/revisions\/[^/]+$/,
  "layer-link": linkClasses.layer,
  "layer-folder": /\/_layers\/[^/]+\/[0-9a-f]{64}$/,
  "current-link": linkClasses.current,
  "history-link": linkClasses.history,
  "history-folder": /\/index\/[^/]+\/[0-9a-f]{64}$/,
  history: /\/index\/[^/]+$/,
  tag: /\/tags\/[^/]+$/,
};

/** Which paths of a root are immutable, one JSON string a line: a copy of the root is not told by itself. */
const listOf = (root: string) => `${root}.immutable`;

function pathsOf(root: string): string[] {
  const text = existsSync(listOf(root)) ? readFileSync(listOf(root), "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as string);
}

export const immutableDamages: DamageKind[] = Object.entries(places).map(([place, pattern]) => ({
  name: `${place}-immutable`,
  last: true,
  apply: (site) => {
    const kinds = new Map(site.entries.map(({ path, kind }) => [path, kind]));
    const path = site.choose(pathsLike(site, pattern).filter((one) => /^(?:file|folder)$/.test(kinds.get(one)!)));
    if (path === undefined) return undefined;
    const { root } = site.storage;
    execFileSync("chattr", ["+i", site.storage.absolute(path)]);
    appendFileSync(listOf(root), `${JSON.stringify(path)}\n`);
    return path;
  },
}));

/** Makes the same immutable in a copy of the root, where it is there. */
export function makeImmutableAs(root: string, copy: string): void {
  for (const path of pathsOf(root)) {
    if (!existsSync(join(copy, path))) continue;
    execFileSync("chattr", ["+i", join(copy, path)]);
    appendFileSync(listOf(copy), `${JSON.stringify(path)}\n`);
  }
}

/** Makes all of a root changeable again, so that it can be removed. */
export function makeMutable(root: string): void {
  for (const path of pathsOf(root)) {
    if (existsSync(join(root, path))) execFileSync("chattr", ["-i", join(root, path)]);
  }
  rmSync(listOf(root), { force: true });
}
