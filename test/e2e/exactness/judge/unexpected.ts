// Judges `stray-entry` and `unseen-repository` by the registry's own collection, run on skeletons of the root: with the
// entry and without it. Both ways, so an entry that stops collection and is not reported comes out too.

import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { withRegistry } from "../../../../scripts/registry/server.ts";
import { repositoriesOnDisk } from "../client/names.ts";
import { makeScratch } from "../scratch.ts";
import { base, repositoriesBase } from "../storage.ts";
import { collectDry, collectReally, type DryRun } from "./collect.ts";
import type { Difference } from "./difference.ts";
import type { Finding, Report } from "./report.ts";
import { makeSkeleton } from "./skeleton.ts";
import { describeFinding } from "./tags.ts";

export interface UnexpectedVerdicts {
  confirmed: Finding[];
  differences: Difference[];
}

const limitMs = 20_000;

/** `mayHide` names the repositories that hold something, so that hiding them from collection is a loss. */
export async function judgeUnexpected(
  root: string,
  report: Report,
  mayHide: (repository: string) => boolean,
): Promise<UnexpectedVerdicts> {
  const of = (...codes: string[]) => report.findings.filter((finding) => codes.includes(finding.code));
  const unexpected = of("stray-entry");
  // Other words for what stops a walk: a link that is none, a tag that is no folder, a folder that cannot be read.
  const otherwiseReported = [...of("malformed-link", "dangling-tag"), ...report.unreadable].map((at) => at.path);
  const verdicts: UnexpectedVerdicts = { confirmed: [], differences: [] };
  const contradict = (finding: Finding, why: string) =>
    verdicts.differences.push({ sort: "finding contradicted", text: `${describeFinding(finding)}: ${why}` });

  const stopped = (await collectBoth(root, [...unexpected.map((finding) => finding.path), ...otherwiseReported])).find(
    (run) => run.exitCode !== 0,
  );
  if (stopped !== undefined) {
    verdicts.differences.push({ sort: "stop of collection not reported", text: reasonOf(stopped) });
    return verdicts;
  }

  for (const finding of unexpected) {
    // Not even those that name the same entry in other words, or one above or below it: it has to stay.
    const others = [...unexpected.map((other) => other.path), ...otherwiseReported].filter(
      (path) => path !== finding.path && !path.startsWith(`${finding.path}/`) && !finding.path.startsWith(`${path}/`),
    );
    const folder = finding.path.split("/").slice(0, -1).join("/");
    // A dry run deletes nothing, so it does not come to what has to be deleted elsewhere than where it lies.
    const isDisplaced = finding.message.startsWith("a blob outside the folder of its digest");
    const runs = await collectBoth(root, others, finding.path, isDisplaced ? collectReally : collectDry);
    const aborts = runs.some((run) => run.exitCode !== 0);
    if (aborts || (isNameSpace(folder) && !seesProbe(runs[0]))) verdicts.confirmed.push(finding);
    else contradict(finding, "collection gets past it and goes on behind it");
  }

  const unseen = of("unseen-repository");
  const seen = await catalogueOf(root);
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

/**
 * What the registry's walk over repositories comes to. Its catalogue takes the same walk as collection, and nothing but a
 * loop of links makes that one fail, so loops are left out.
 */
async function catalogueOf(root: string): Promise<Set<string>> {
  const skeleton = await makeScratch("exactness-skeleton");
  try {
    makeSkeleton(root, skeleton, (path) => isLoop(join(root, path)));
    return await withRegistry({ root: skeleton }, async (url) => {
      const answer = await fetch(`${url}/v2/_catalog?n=1000`);
      const { repositories } = (await answer.json()) as { repositories: string[] };
      return new Set(repositories);
    });
  } finally {
    await rm(skeleton, { recursive: true, force: true });
  }
}

// A repository that sorts behind every other entry of its folder: a walk that does not come to it has stopped early.
const probe = "zzzz-probe";

/** A file there stops no walk, but whatever looks for a blob: so there has to be a manifest, in a repository of its own. */
const storeOfAll = `${base}/blobs/sha256`;

function addRevision(skeleton: string): void {
  const repository = join(skeleton, repositoriesBase, probe);
  const hex = "0".repeat(64);
  const revision = join(repository, "_manifests/revisions/sha256", hex);
  for (const folder of ["_layers", "_manifests/tags"]) mkdirSync(join(repository, folder), { recursive: true });
  mkdirSync(revision, { recursive: true });
  writeFileSync(join(revision, "link"), `sha256:${hex}`);
}

function isNameSpace(folder: string): boolean {
  return folder.startsWith(repositoriesBase) && !folder.split("/").some((part) => part.startsWith("_"));
}

function seesProbe(run: DryRun): boolean {
  return run.repositories.some((name) => name.split("/").at(-1) === probe);
}

/** `about`: the entry in whose folder the probe lies. Tags that are no folder answer 500 even where collection finds no revision to look them up for. */
async function collectBoth(
  root: string,
  leaveOut: string[],
  about?: string,
  collect = collectDry,
): Promise<[DryRun, DryRun]> {
  const skeleton = await makeScratch("exactness-skeleton");
  // A report may name the link that cannot be reached because a file stands where a folder should be: that file then.
  const gone = (path: string) =>
    leaveOut.some((left) => path === left || path.startsWith(`${left}/`)) ||
    (leaveOut.some((left) => left.startsWith(`${path}/`)) && !isFolder(join(root, path)));
  try {
    makeSkeleton(root, skeleton, gone, about);
    const behind = about?.split("/").slice(0, -1).join("/");
    if (behind !== undefined && isNameSpace(behind)) {
      await mkdir(join(skeleton, behind, probe, "_layers"), { recursive: true });
    }
    if (about === storeOfAll) addRevision(skeleton);
    return [await collect(skeleton, false, limitMs), await collect(skeleton, true, limitMs)];
  } finally {
    await rm(skeleton, { recursive: true, force: true });
  }
}

function reasonOf(run: DryRun): string {
  return `exit ${run.exitCode} after ${run.repositories.join(" ")}: ${run.stderr.trim().split("\n").slice(0, 3).join(" | ")}`;
}

function isLoop(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ELOOP";
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
