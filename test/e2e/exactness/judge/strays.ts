// Judges `stray-entry` and `unseen-repository` by the registry's own collection, run on skeletons of the root: with the
// entry and without it. Both ways, so an entry that stops collection and is not reported comes out too.

import { rm } from "node:fs/promises";
import { repositoriesOnDisk } from "../client/names.ts";
import { makeScratch } from "../scratch.ts";
import { collectDry, type DryRun } from "./collect.ts";
import type { Difference } from "./difference.ts";
import type { Finding, Report } from "./report.ts";
import { makeSkeleton } from "./skeleton.ts";
import { describeFinding } from "./tags.ts";

export interface StrayVerdicts {
  confirmed: Finding[];
  differences: Difference[];
}

const limitMs = 20_000;

/** `mayHide` names the repositories that hold something, so that hiding them from collection is a loss. */
export async function judgeStrays(
  root: string,
  report: Report,
  mayHide: (repository: string) => boolean,
): Promise<StrayVerdicts> {
  const of = (...codes: string[]) => report.findings.filter((finding) => codes.includes(finding.code));
  const strays = of("stray-entry");
  const otherwiseReported = of("malformed-link").map((finding) => finding.path);
  const verdicts: StrayVerdicts = { confirmed: [], differences: [] };
  const contradict = (finding: Finding, why: string) =>
    verdicts.differences.push({ sort: "finding contradicted", text: `${describeFinding(finding)}: ${why}` });

  const without = await collectBoth(root, [...strays.map((finding) => finding.path), ...otherwiseReported]);
  const stopped = without.find((run) => run.exitCode !== 0);
  if (stopped !== undefined) {
    verdicts.differences.push({ sort: "stop of collection not reported", text: reasonOf(stopped) });
    return verdicts;
  }

  const stopping: string[] = [];
  for (const finding of strays) {
    const others = strays.filter((other) => other !== finding).map((other) => other.path);
    const runs = await collectBoth(root, [...others, ...otherwiseReported]);
    const aborts = runs.some((run) => run.exitCode !== 0);
    const hides = lacking(without[0], runs[0]).length > 0;
    if (aborts) stopping.push(finding.path);
    if (aborts || hides) verdicts.confirmed.push(finding);
    else contradict(finding, "collection gets past it and sees every repository");
  }

  const unseen = of("unseen-repository");
  const [seenBy] = await collectBoth(root, [...stopping, ...otherwiseReported]);
  const seen = new Set(seenBy.repositories);
  for (const finding of unseen) {
    if (seen.has(finding.repository ?? "")) contradict(finding, "collection sees it");
    else verdicts.confirmed.push(finding);
  }
  for (const name of repositoriesOnDisk(root)) {
    const reported = unseen.some((finding) => finding.repository === name);
    if (!seen.has(name) && !reported && mayHide(name)) {
      verdicts.differences.push({
        sort: "unseen repository not reported",
        text: `${name}; seen: ${[...seen].join(" ")}`,
      });
    }
  }
  return verdicts;
}

async function collectBoth(root: string, leaveOut: string[]): Promise<[DryRun, DryRun]> {
  const skeleton = await makeScratch("exactness-skeleton");
  const gone = (path: string) => leaveOut.some((left) => path === left || path.startsWith(`${left}/`));
  try {
    makeSkeleton(root, skeleton, gone);
    return [await collectDry(skeleton, false, limitMs), await collectDry(skeleton, true, limitMs)];
  } finally {
    await rm(skeleton, { recursive: true, force: true });
  }
}

function lacking(all: DryRun, some: DryRun): string[] {
  return all.repositories.filter((name) => !some.repositories.includes(name));
}

function reasonOf(run: DryRun): string {
  return `exit ${run.exitCode} after ${run.repositories.join(" ")}: ${run.stderr.trim().split("\n").slice(0, 3).join(" | ")}`;
}
