// Compares the tags that a client cannot pull with `brokenTags`, and checks that the report agrees with itself.
import { canAskRepository, canAskTag } from "../client/names.ts";
import type { TagWalk, Walk } from "../client/walk.ts";
import { base, repositoriesBase } from "../storage.ts";
import type { Difference } from "./difference.ts";
import type { Finding, ProgramRun, Report } from "./report.ts";

export function compareTags(walk: Walk, report: Report): Difference[] {
  const broken = new Map(walk.tags.filter((tag) => tag.failures.length > 0).map((tag) => [nameOf(tag), tag]));
  const reported = new Set(report.brokenTags.filter(canBeAsked).map(nameOf));
  const missed = [...broken].filter(([name]) => !reported.has(name));
  const invented = [...reported].filter((name) => !broken.has(name));
  return [
    ...missed.map(
      ([name, tag]): Difference => ({ sort: "broken tag not reported", text: `${name}: ${failuresOf(tag)}` }),
    ),
    ...invented.map(
      (name): Difference => ({ sort: "whole tag called broken", text: `${name}: ${findingsFor(report, name)}` }),
    ),
  ];
}

/** Tags that the report calls broken but that no client can name: the registry has no say in them. */
export function tagsBeyondAsking(report: Report): string[] {
  return report.brokenTags.filter((tag) => !canBeAsked(tag)).map(nameOf);
}

/** What a root may lack so much of that nothing can be said. */
export const wholeRootFolders: ReadonlySet<string> = new Set([
  base,
  repositoriesBase,
  `${base}/blobs`,
  `${base}/blobs/sha256`,
]);

/** Whether the exit code, the verdict, the findings and the broken tags of one run fit together. */
/** `mayBeUnread` says of a path that nothing can be known of it. */
export function checkRun(run: ProgramRun, mayBeUnread: (path: string) => boolean = () => false): Difference[] {
  const { report, exitCode, stderr } = run;
  if (report === undefined || /^\s+at /m.test(stderr)) {
    return [{ sort: "crash", text: `exit ${exitCode}\n${stderr}\n${run.stdout.slice(0, 500)}` }];
  }
  const differences: Difference[] = [];
  const unread = report.unreadable.length > 0;
  // Without these folders nothing can be said about a root, so calling it incomplete is right. Everything else that
  // the damages do can be read by root: a loop of links, say, is there to be reported.
  const deeper = report.unreadable.filter(({ path }) => !wholeRootFolders.has(path) && !mayBeUnread(path));
  if (deeper.length > 0)
    differences.push({ sort: "unread", text: deeper.map((at) => `${at.path}: ${at.error}`).join("; ") });
  const wanted = (report.summary.error > 0 ? 4 : 0) + (unread ? 8 : 0);
  // An empty root is incomplete although nothing in it was unreadable.
  const empty = !unread && report.findings.length === 0 && exitCode === 8;
  if (exitCode !== wanted && !empty) {
    differences.push({ sort: "exit code", text: `exit ${exitCode}, not ${wanted} (verdict ${report.verdict})` });
  }
  return [
    ...differences,
    ...contradictions(report).map((text): Difference => ({ sort: "report at odds with itself", text })),
  ];
}

function contradictions(report: Report): string[] {
  const ids = new Set(report.findings.map((finding) => finding.id));
  const broken = new Set(report.brokenTags.map(nameOf));
  return [
    ...(ids.size === report.findings.length ? [] : ["two findings have one id"]),
    ...report.brokenTags
      .filter((tag) => tag.findings.length === 0 || tag.findings.some((id) => !ids.has(id)))
      .map((tag) => `${nameOf(tag)} is broken by no finding of the report`),
    ...report.findings.flatMap((finding) =>
      finding.affects
        .filter((name) => !broken.has(name))
        .map((name) => `${finding.id} breaks ${name}, which is not broken`),
    ),
  ];
}

function nameOf(tag: { repository: string; tag: string }): string {
  return `${tag.repository}:${tag.tag}`;
}

function canBeAsked(tag: { repository: string; tag: string }): boolean {
  return canAskRepository(tag.repository) && canAskTag(tag.tag);
}

function failuresOf(tag: TagWalk): string {
  return tag.failures.map((failure) => `${failure.role} ${failure.digest} ${failure.reason}`).join("; ");
}

function findingsFor(report: Report, name: string): string {
  return report.findings
    .filter((finding) => finding.affects.includes(name))
    .map(describeFinding)
    .join("; ");
}

export function describeFinding(finding: Finding): string {
  const subject = [finding.repository, finding.tag, finding.role, finding.digest].filter(Boolean).join(" ");
  return `${finding.code} ${subject}${finding.parent ? ` of ${finding.parent}` : ""} at ${JSON.stringify(finding.path)}`;
}
