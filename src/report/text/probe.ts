// A probe for a person: verdict, what was asked, broken images with what the registry answers, the rest in groups.
import type { Finding } from "../../contract/finding.ts";
import type { ProbeFinding, ProbeReport, RegistryReport } from "../../contract/probe.ts";
import { escapeText } from "../../text/escape.ts";
import { type Page, paragraph, row, someOf } from "../../text/page.ts";
import { formatCount, formatDuration, formatNumberOf } from "../../text/quantities.ts";
import { countedBy, probeAnswer } from "../answers.ts";
import { renderCauses } from "./causes.ts";
import { namePrefix } from "./finding.ts";
import { renderHistory } from "./history.ts";
import { renderBrokenImages } from "./images.ts";
import { sortFindings } from "./scan.ts";
import { answerLine, renderAccepted, renderFound, renderUnreadable } from "./totals.ts";

/** Bounded, as the text of a scan is. */
export function* renderProbeText(report: ProbeReport, page: Page): Generator<string> {
  const { breaking, rest, accepted } = sortFindings(report, page);
  const prefix = namePrefix(report);
  yield* answerLine(page, probeAnswer(report));
  yield* renderCauses(page, report);
  yield "\n";
  for (const registry of report.roots) yield* renderRegistry(page, countedBy(report), registry);
  yield* renderFound(page, report);
  yield* paragraph(page, tookText(report), { first: 0 });
  yield* renderHistory(page, report);
  yield* renderBrokenImages(page, report, breaking, answerLabel);
  yield* renderDisk(page, report.disk);
  yield* rest.render(page, prefix);
  yield* renderUnreadable(page, report);
  yield* rest.renderNotes(page, prefix);
  yield* renderAccepted(page, accepted);
}

function* renderRegistry(page: Page, unit: string, { name, url, counts }: RegistryReport): Generator<string> {
  yield* row(page, 0, [{ text: "Asked" }, { text: name, paint: page.colour.bold }, { text: url }]);
  const unchecked = counts.tags - counts.checked;
  const parts = [
    formatNumberOf(counts.repositories, "repository", "repositories"),
    `${formatNumberOf(counts.tags, unit)}${unchecked > 0 ? ` (${formatCount(counts.checked)} checked)` : ""}`,
    formatNumberOf(counts.manifests, "manifest"),
    formatNumberOf(counts.blobs, "blob"),
    formatNumberOf(counts.requests, "request"),
  ];
  yield* paragraph(page, parts.join(", "), { first: 2 });
}

/** How many images are named of each reason. */
const MAX_NAMES = 8;

function* renderDisk(page: Page, disk: ProbeReport["disk"]): Generator<string> {
  if (!disk) return;
  const { root, agreed, differences } = disk;
  yield "\n";
  yield* row(page, 0, [{ text: "Compared with the disk" }, { text: root.path, paint: page.colour.bold }]);
  const alike = `the same on both sides: ${formatNumberOf(agreed.pullable, "image")} pullable, ${formatCount(agreed.broken)} broken`;
  yield* paragraph(page, alike, { first: 2 });
  for (const [reason, { said, fix, next }] of Object.entries(REASONS)) {
    const images = differences
      .filter((difference) => difference.reason === reason)
      .map(({ image }) => escapeText(image));
    if (images.length === 0) continue;
    const names = someOf(page, images, MAX_NAMES);
    yield* paragraph(page, `${reason}: ${said}: ${names}`, { first: 2, rest: 4, paint: page.colour.red });
    yield* paragraph(page, `fix: ${fix}`, { first: 4, rest: 6, paint: page.colour.green });
    yield* paragraph(page, `next: ${next(root.path)}`, { first: 4, rest: 6, keep: true });
  }
}

const REASONS = {
  "descriptor-cache": {
    said: "the disk says broken, and the registry serves it: its descriptor cache remembers what is gone",
    fix: "repair from the disk first, then restart the registry: from then on it answers what the disk says",
    next: (root: string) => `regfsck plan ${root}`,
  },
  "other-storage": {
    said: "disk and registry are about different things: it serves another storage, or something answers in its place",
    fix: "compare the registry's rootdirectory, and what is mounted there for its process, with this root; look at proxies in between",
    next: (root: string) => `findmnt --target ${root}`,
  },
} as const satisfies Record<NonNullable<ProbeReport["disk"]>["differences"][number]["reason"], object>;

function tookText({ durationMs, contentVerified, dryRun }: ProbeReport): string {
  const what = contentVerified ? "All content was read and hashed. " : "";
  return `${what}Took ${formatDuration(durationMs)}.${dryRun ? " Dry run: nothing was written." : ""}`;
}

/** What the registry answered, in the fewest words. */
function answerLabel(finding: Finding): string {
  const { answer, status } = finding as ProbeFinding;
  const words = LABELS[answer];
  return [status ?? "", words].filter((part) => part !== "").join(", ");
}

const LABELS: Readonly<Record<ProbeFinding["answer"], string>> = {
  "not-found": "",
  "server-error": "",
  "cut-off": "cut off",
  "wrong-content": "wrong content",
  "wrong-size": "wrong size",
  invalid: "cannot be read",
  "no-digest": "invalid digest",
};
