// Plans for a damaged root, runs the script on it, and asks the registry what became of the images.
import { readdirSync, realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brokenTagsOf, walkRegistry } from "../exactness/client/walk.ts";
import { outsideOf } from "../exactness/damage/outside.ts";
import type { Difference } from "../exactness/judge/difference.ts";
import { looksUnmounted } from "../exactness/judge/mounts.ts";
import { type ProgramRun, program, runToEnd } from "../exactness/judge/report.ts";
import type { Comparison, ComparisonResult } from "../exactness/round.ts";
import { base } from "../exactness/storage.ts";
import type { Worlds } from "../exactness/world.ts";
import { type Entry, entriesBelow, lostContents, stateBelow } from "./files.ts";
import { healableImages } from "./healable.ts";

interface Plan {
  roots: {
    path: string;
    fixedByScript: string[];
    fixedByPush: string[];
    fixedByHand: string[];
    unrecoverable: string[];
  }[];
  steps: { kind: string; affects: string[] }[];
  unreadable: { path: string; error: string }[];
  left: { root: string; code: string; count: number }[];
  script: string | null;
  summary: Record<string, number>;
}

/** A busy machine is no difference. */
const patienceMs = 600_000;
/** Where nothing can be read because it is gone or no folder; what is there may be called unread, and no script repairs it. */
const structure = /\/v2(\/repositories|\/blobs(\/sha256)?)?$/;

/** `shell` is the command that runs the script, in words. */
export function comparePlan(worlds: Worlds, [shell = "sh", ...shellOptions]: readonly string[]): Comparison {
  return async ({ root, world, client, walk }) => {
    // The quarantine on the root's own file system, or, where there are two, on another.
    const folder = await mkdtemp(join(walk.tags.length % 2 === 0 ? dirname(root) : tmpdir(), "regfsck-plan-"));
    // Of some roots there is another that has half of the blobs.
    const donors = walk.tags.length % 4 === 0 ? [await worlds.copyOf(world)] : [];
    try {
      for (const donor of donors) await removeHalf(donor);
      const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
      const differ = (text: string, found: readonly string[]) => {
        if (found.length === 0) return;
        const difference: Difference = { sort: "plan", text: `${text}: ${found.slice(0, 5).join(", ")}` };
        result.differences.push(difference);
      };
      const before = new Set([...brokenTagsOf(walk), ...brokenInReport(await scanWithContent(root))]);
      const files = entriesBelow(root);
      const state = stateBelow(root);
      const beside = () => stateBelow(outsideOf(root));
      const outside = beside();
      const healable = await healableImages(root, donors);
      const script = join(folder, "fix.sh");
      const plan = await planFor([root, ...donors], script);
      if (typeof plan === "string") {
        differ("the plan failed", [plan]);
        return result;
      }
      differ("planning changed the root", changesIn(state, stateBelow(root)));
      for (const { kind } of plan.steps) result.counts[`step ${kind}`] = (result.counts[`step ${kind}`] ?? 0) + 1;
      result.counts["broken and healable"] = healable.filter((image) => before.has(image)).length;
      const { fixedByScript, fixedByPush, fixedByHand, unrecoverable } = plan.roots.find(({ path }) => path === root)!;
      result.counts["healed by script"] = fixedByScript.length;
      result.counts["left to people"] = fixedByPush.length + fixedByHand.length + unrecoverable.length;
      if (plan.script !== null) {
        const dry = await runToEnd(shell, [...shellOptions, script, "--as-root"], patienceMs);
        differ("a dry run fails", dry.exitCode === 0 ? [] : [`${dry.exitCode} ${dry.stderr}`]);
        differ("a dry run changed the root", changesIn(state, stateBelow(root)));
        const applied = await runToEnd(shell, [...shellOptions, script, "--as-root", "--apply"], patienceMs);
        differ("the script fails", applied.exitCode === 0 ? [] : [`${applied.exitCode} ${applied.stderr}`]);
        const quarantine = entriesBelow(`${script}.quarantine/moved`);
        const fixed = stateBelow(root);
        differ(
          "gone",
          lostContents(files, [...entriesBelow(root), ...quarantine]).map(({ path }) => path),
        );
        differ("the script changed what lies beside the root", changesIn(outside, beside()));
        const again = await runToEnd(shell, [...shellOptions, script, "--as-root", "--apply"], patienceMs);
        const idle = again.exitCode === 0 && /\n0 done, \d+ in order already, 0 refused\n$/.test(`\n${again.stdout}`);
        differ("a second run does something", idle ? [] : [again.stdout + again.stderr]);
        differ("a second run changed the root", changesIn(fixed, stateBelow(root)));
      }
      const after = brokenTagsOf(await walkRegistry(client, root));
      differ(
        "not healed",
        after.filter((image) => fixedByScript.includes(image)),
      );
      // What is behind symbolic links is left to people, and with it the images that want it.
      const isBehindLinks = plan.left.some(({ code }) => code === "symlink");
      if (isBehindLinks) result.counts["roots with steps left for symbolic links"] = 1;
      // Of a store that is elsewhere no image is judged.
      const isElsewhere = plan.left.some(({ code }) => /^(store-|partial-restore)/.test(code));
      differ(
        "healable and not healed",
        isBehindLinks || isElsewhere ? [] : healable.filter((image) => after.includes(image)),
      );
      differ(
        "broken now",
        after.filter((image) => !before.has(image)),
      );
      const known = new Set([...fixedByScript, ...fixedByPush, ...fixedByHand, ...unrecoverable]);
      differ(
        "broken and in no list",
        after.filter((image) => !isElsewhere && !known.has(image) && !isReachedInCircles(root, image)),
      );
      const next = await planFor([root, ...donors], join(folder, "next.sh"));
      // What lay hidden may have to be tidied up next; but for images the script did all that it can at once.
      const more =
        typeof next === "string" ? [next] : next.steps.filter(isForImages).map((step) => JSON.stringify(step));
      differ("a second plan has more for images", more);
      return result;
    } finally {
      for (const made of [folder, ...donors]) await rm(made, { recursive: true, force: true });
    }
  };
}

/** Whether the way to an image's repository comes back to a folder that it has passed: such names have no end, and are listed once. */
function isReachedInCircles(root: string, image: string): boolean {
  const parts = image.slice(0, image.lastIndexOf(":")).split("/");
  const folders = ["", ...parts].map((_, index) => join(root, base, "repositories", ...parts.slice(0, index)));
  return new Set(folders.map((folder) => realpathSync(folder))).size < folders.length;
}

/** The plan, or what went wrong instead. */
async function planFor(roots: readonly string[], script: string): Promise<Plan | string> {
  const args = [program, "plan", "--format", "json", "--script", script, ...roots];
  const { exitCode, stdout, stderr } = await runToEnd(process.execPath, args, patienceMs);
  if (exitCode === "timeout" || ![0, 4, 8, 12].includes(exitCode)) return `exit ${exitCode}: ${stderr.slice(0, 2000)}`;
  const plan = JSON.parse(stdout) as Plan;
  const isRight = (path: string) => structure.test(path) || roots.some((root) => looksUnmounted(root, path));
  const unread = plan.unreadable.filter(({ path }) => !isRight(path));
  if (unread.length > 0) return `unread: ${unread.map(({ path, error }) => `${path} ${error}`).join(", ")}`;
  return plan;
}

function isForImages({ kind, affects }: Plan["steps"][number]): boolean {
  return affects.length > 0 && ["clean", "copy", "folder", "relink"].includes(kind);
}

async function removeHalf(root: string): Promise<void> {
  const blobs = join(root, base, "blobs/sha256");
  for (const two of readdirSync(blobs)) {
    if (Number.parseInt(two, 16) % 2 === 0) await rm(join(blobs, two), { recursive: true });
  }
}

async function scanWithContent(root: string): Promise<ProgramRun["report"]> {
  const args = [program, "scan", "--format", "json", "--verify-content", root];
  const { stdout } = await runToEnd(process.execPath, args, patienceMs);
  return JSON.parse(stdout);
}

function brokenInReport(report: ProgramRun["report"]): string[] {
  return (report?.brokenTags ?? []).map(({ repository, tag }) => `${repository}:${tag}`);
}

function changesIn(before: readonly Entry[], after: readonly Entry[]): string[] {
  const texts = (entries: readonly Entry[]) => new Set(entries.map(({ path, content }) => `${path} ${content}`));
  const [was, is] = [texts(before), texts(after)];
  return [...[...was].filter((text) => !is.has(text)), ...[...is].filter((text) => !was.has(text))];
}
