// What the tests of states have in common: a root that was pushed to the real registry two days ago, the gate's answer, and
// what the real collection does.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { run } from "../../worlds/program.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { collectCopy, possessionsOf } from "../exactness/gate/collected.ts";
import { makeOld } from "../exactness/gate/compare-gate.ts";
import { harmOf } from "../exactness/gate/harm.ts";

const patienceMs = 5_000;

/** Images by `repository:tag`; by `repository` alone, untagged. */
export async function pushedRoot(images: Record<string, Image>, folder = temporaryFolder()): Promise<string> {
  const root = join(folder, "registry");
  mkdirSync(root, { recursive: true });
  await withRegistry({ root }, async (url) => {
    for (const [name, image] of Object.entries(images)) {
      const [repository = "", tag] = name.split(":");
      await pushImage(url, repository, image, tag);
    }
  });
  await makeOld(root);
  return root;
}

/** The exit code and the text of a gate. */
export function gate(...args: string[]) {
  const { code, stdout, stderr } = run("gate", ...args);
  return { code, text: (stdout + stderr).replace(/\s+/g, " ") };
}

/**
 * What the real collection then takes, by a client's eyes and in the store; undefined for nothing. First a clean-up removes
 * the directories of the tags `removes`, of which nobody misses those that are `meant`.
 */
export async function harmOfCollection(root: string, untagged: boolean, removes: string[] = [], meant = removes) {
  const before = await possessionsOf(root, patienceMs);
  return harmOf(
    root,
    { removes: meant, untagged },
    before,
    await collectCopy(root, before, { untagged, removes }, patienceMs),
  );
}

/** Makes `path` a symbolic link to `target`, so that two paths lead there. */
export function link(target: string, path: string): void {
  execFileSync("ln", ["-s", "-r", target, path]);
}
