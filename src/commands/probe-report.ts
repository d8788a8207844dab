// From probed images to the report of a probe.
import { FINDING_CODES } from "../contract/finding.ts";
import type { ProbedImageReport, ProbeFinding, ProbeReport } from "../contract/probe.ts";
import type { ProbeState } from "../contract/probe-state.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { type Accepted, acceptanceOf } from "../inspect/accepted.ts";
import { manifestPath } from "../probe/address.ts";
import { findCauses } from "../probe/causes.ts";
import { brokenPlatforms, FindingList, imageText, isBroken } from "../probe/findings.ts";
import type { ProbedImage } from "../probe/walk.ts";
import { compareWithState } from "../report/history.ts";
import type { Probed } from "./probe-ask.ts";
import type { Comparison } from "./probe-disk.ts";
import { type Memory, nextState } from "./probe-memory.ts";
import { type Run, reportHead, verdictOf } from "./run.ts";

export interface ProbeReportOptions {
  readonly accepted: readonly Accepted[];
  readonly verifyAskedContent: boolean;
}

/** Everything that was found, as the contract names it, and what is to be remembered. */
export function probeReport(
  probed: Probed & { readonly compared: Comparison | undefined },
  memory: Memory,
  { accepted, verifyAskedContent }: ProbeReportOptions,
  run: Run,
): { readonly report: ProbeReport; readonly state: ProbeState } {
  const { address, targets, gone, counts, compared } = probed;
  const images = inOrderOf(targets, probed.images);
  const list = new FindingList(address.name);
  const found = new Map(images.map((image) => [image, list.add(image)]));
  const firstSeen = new Map(memory.state?.findings.map((finding) => [finding.id, finding.firstSeen]));
  const findings = list.all().map((finding) => finish(finding, accepted, firstSeen.get(finding.id), run.startedAt));
  findings.sort((a, b) => FINDING_CODES.indexOf(a.code) - FINDING_CODES.indexOf(b.code));
  const brokenTags = images.filter(isBroken).map((image) => ({
    root: address.name,
    repository: image.target.repository,
    tag: image.target.tag ?? null,
    digest: image.digest ?? null,
    platforms: brokenPlatforms(image),
    findings: [...new Set(found.get(image)!.breaking)],
  }));
  const summary = { ...countFindings(findings), brokenTags: brokenTags.length };
  const unreadable = unreadableOf(address.name, probed);
  const isComplete = unreadable.length === 0;
  const isMasked = compared?.disk.differences.some(({ reason }) => reason === "descriptor-cache") ?? false;
  const startedAt = new Date(run.startedAt).toISOString();
  const left = targets.images.filter((target) => !gone.includes(target));
  const all = new Map([...found].map(([image, { all }]) => [image, all]));
  const state = nextState(memory, { address, targets: left, images, found: all, findings, isComplete, startedAt });
  const { registry: _, ...head } = reportHead("probe", run);
  return {
    state,
    report: {
      ...head,
      verdict: verdictOf(summary.error + summary.warning > 0 || isMasked, !isComplete),
      contentVerified: verifyAskedContent,
      roots: [
        {
          name: address.name,
          url: address.url,
          counts: { repositories: targets.repositories, tags: targets.tags, checked: images.length, ...counts },
        },
      ],
      causes: findCauses(address.name, images, findings, compared?.disk.root.path),
      brokenTags,
      findings,
      images: images.map(imageReport),
      unreadable,
      ...(compared && { disk: compared.disk }),
      ...(isComplete && historyOf(memory, state)),
      summary,
    },
  };
}

/** Nothing before the first run that left nothing open. What is known of images that were left out counts as it was. */
function historyOf({ state: last }: Memory, { findings }: ProbeState): Pick<ProbeReport, "history"> {
  if (last === undefined || last.completedAt === null) return {};
  return { history: compareWithState(findings, { completedAt: last.completedAt, findings: last.findings }) };
}

/** As the registry lists them, whatever came first. */
function inOrderOf({ images: targets }: Probed["targets"], images: readonly ProbedImage[]): ProbedImage[] {
  const byTarget = new Map(images.map((image) => [image.target, image]));
  return targets.flatMap((target) => byTarget.get(target) ?? []);
}

function finish(
  finding: ProbeFinding,
  accepted: readonly Accepted[],
  firstSeen: string | undefined,
  now: number,
): ProbeFinding {
  const acceptance = acceptanceOf(finding, accepted, now);
  return {
    ...finding,
    ...(acceptance && { accepted: { reason: acceptance.reason, until: acceptance.until } }),
    ...(firstSeen !== undefined && { firstSeen }),
  };
}

function countFindings(findings: readonly ProbeFinding[]) {
  const counts = { error: 0, warning: 0, info: 0, accepted: 0 };
  for (const { severity, accepted } of findings) counts[accepted ? "accepted" : severity]++;
  return counts;
}

/** Each thing once, though several images need it. */
function unreadableOf(
  root: string,
  { targets, images, gone, due, compared }: Parameters<typeof probeReport>[0],
): UnreadableReport[] {
  const places = new Map(targets.unreadable.map((entry) => [entry.path, entry]));
  for (const { unknown } of images) {
    for (const { path, error } of unknown) if (!places.has(path)) places.set(path, { root, path, error });
  }
  const reached = new Set([...images.map(({ target }) => target), ...gone]);
  for (const target of due) {
    if (reached.has(target)) continue;
    const path = manifestPath(target.repository, target.digest ?? target.tag!);
    places.set(path, { root, path, error: "not reached within --max-time" });
  }
  const others = compared?.disk.differences.filter(({ reason }) => reason === "other-storage") ?? [];
  const error = `the registry is about another storage than ${compared?.disk.root.path}, or something answers in its place`;
  for (const { image } of others) places.set(image, { root, path: image, error });
  return [...places.values(), ...(compared?.unreadable ?? [])];
}

function imageReport(image: ProbedImage): ProbedImageReport {
  const { target, digest, unknown, parts, bytes } = image;
  const state = isBroken(image) ? "broken" : unknown.length > 0 ? "unknown" : "pullable";
  return {
    image: imageText(target),
    repository: target.repository,
    tag: target.tag ?? null,
    digest: digest ?? null,
    state,
    platforms: brokenPlatforms(image),
    parts,
    bytes,
  };
}
