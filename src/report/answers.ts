// The answer of a report in one sentence, for a terminal and for a page alike, and whether it is good.
import type { ForecastReport } from "../contract/forecast.ts";
import type { GateReport } from "../contract/gate.ts";
import type { ProbeReport } from "../contract/probe.ts";
import { namedRegistry, REGISTRIES } from "../contract/run.ts";
import type { ScanReport } from "../contract/scan.ts";
import { escapeText } from "../text/escape.ts";
import { formatBytes, formatCount, formatList, formatNumberOf } from "../text/quantities.ts";
import { countedTags, imagesOf } from "./counted-tags.ts";
import { harmedImages } from "./gc-words.ts";

export interface Answer {
  /** One sentence without a full stop. What it names from disk is escaped. */
  readonly words: string;
  readonly tone: "good" | "doubtful" | "bad";
}

/**
 * Whether images are broken. It goes by the counts: "clean" never stands for broken images, whatever the verdict permits.
 * `otherErrors` counts those that break no image.
 */
export function scanAnswer(report: ScanReport, otherErrors: number): Answer {
  const tags = report.roots.reduce((sum, root) => sum + root.counts.tags, 0);
  const found = findings(report, tags, otherErrors);
  const incomplete = report.verdict.includes("incomplete") ? `incomplete: ${incompleteness(report)}` : undefined;
  const warned = severities(report.summary);
  const clean = `clean: no broken image among ${formatNumberOf(tags, "tag")}${warned === "" ? "" : ` (${warned})`}`;
  const said = [found, incomplete].filter((part) => part !== undefined).join("; ");
  const isBad = report.summary.error > 0 || report.summary.brokenTags > 0;
  return { words: said === "" ? clean : said, tone: isBad ? "bad" : said === "" ? "good" : "doubtful" };
}

/** Undefined when nothing was found that counts. */
function findings({ summary, verdict, brokenTags }: ScanReport, tags: number, otherErrors: number): string | undefined {
  const { brokenTags: broken, error } = summary;
  if (broken > 0) {
    const besides = otherErrors > 0 ? `, and ${formatNumberOf(otherErrors, "error")} besides` : "";
    return `${formatCount(broken)} of ${formatNumberOf(tags, "tag")} ${broken === 1 ? "is" : "are"} broken${imagesOf(brokenTags)}${besides}`;
  }
  return error > 0 || verdict.startsWith("findings") ? `no broken image, but ${severities(summary)}` : undefined;
}

function incompleteness({ roots, unreadable }: ScanReport): string {
  if (unreadable.length > 0) return `${formatNumberOf(unreadable.length, "place")} could not be read`;
  const empty = roots.find(({ counts }) => counts.repositories === 0 && counts.blobs === 0);
  if (empty) return `${escapeText(empty.path)} is empty; is it mounted?`;
  return "not all could be checked";
}

/** `2 errors, 12 warnings`; info is left out. "" when there is none. */
function severities({ error, warning, info }: ScanReport["summary"]): string {
  const counts = [
    error > 0 ? formatNumberOf(error, "error") : "",
    warning > 0 ? formatNumberOf(warning, "warning") : "",
  ];
  const said = counts.filter((text) => text !== "").join(", ");
  return said === "" && info > 0 ? formatNumberOf(info, "note") : said;
}

/** What garbage collection would do. It goes by what the roots hold: "breaks nothing" never stands beside a break. */
export function forecastAnswer(report: ForecastReport): Answer {
  const { roots, unreadable } = report;
  const unseen = roots.reduce((sum, root) => sum + root.unseenRepositories.length, 0);
  const harm = harmOf(report);
  const incomplete = report.verdict.includes("incomplete")
    ? `incomplete: ${unreadable.length > 0 ? `${formatNumberOf(unreadable.length, "place")} could not be read` : "not all could be read"}`
    : "";
  const { name, breaks } = subjectOf(report);
  const blind = `, but does not see ${formatNumberOf(unseen, "repository", "repositories")}`;
  const harmless = incomplete === "" ? `${name} ${breaks} nothing${unseen > 0 ? blind : ""}` : "";
  const refused = refusedWords(report);
  const said = [refused, harm === "" ? harmless : `${name} would ${harm}`, incomplete].filter((part) => part !== "");
  const tone = harm + refused !== "" ? "bad" : incomplete !== "" || unseen > 0 ? "doubtful" : "good";
  return { words: said.join("; "), tone };
}

/** The subject of a forecast: "garbage collection", "the deletes, the tag clean-up and garbage collection with -m". */
function subjectOf({ registry, roots }: Pick<ForecastReport, "registry" | "roots">): {
  readonly name: string;
  readonly breaks: string;
} {
  const deletesUntagged = roots.some(({ deleteUntagged }) => deleteUntagged);
  const named = namedRegistry(registry);
  const whose = named === undefined ? "" : ` of ${named}`;
  const before = [
    ...(roots.some(({ deletes }) => deletes.length > 0) ? ["the deletes"] : []),
    ...(roots.some(({ keepTags, removedTags }) => keepTags !== null || removedTags.length > 0)
      ? ["the tag clean-up"]
      : []),
  ];
  const collection = `garbage collection${deletesUntagged ? " with -m" : ""}${whose}`;
  return before.length > 0
    ? { name: `${before.join(", ")} and ${collection}`, breaks: "break" }
    : { name: collection, breaks: "breaks" };
}

/** "" where nothing is refused. */
function refusedWords({ registry, roots }: ForecastReport): string {
  const tags = roots.reduce((sum, { refusedTags }) => sum + refusedTags.length, 0);
  if (tags === 0) return "";
  return `registry ${registry} refuses ${formatNumberOf(tags, "tag")} that registry ${registryBefore(registry)} serves`;
}

/** The release from which one upgrades to this one; itself for the first. */
export function registryBefore(registry: ForecastReport["registry"]): string {
  return REGISTRIES[REGISTRIES.indexOf(registry) - 1] ?? registry;
}

/** What deletes and garbage collection would do that they should not; "" for nothing. */
function harmOf({ roots, verdict }: ForecastReport): string {
  const aborting = roots.filter(({ outcome }) => outcome === "aborts");
  const halfWay = aborting.some(({ deletedManifests }) => deletedManifests.length > 0);
  const breaks = roots.flatMap(({ name: root, breaks }) => breaks.map((one) => ({ root, ...one })));
  const atOnce = breaks.filter(({ phase }) => phase === "delete").length;
  const when = atOnce === 0 ? "" : atOnce === breaks.length ? " at once" : ` (${formatCount(atOnce)} at once)`;
  const failing = roots.flatMap(({ deletes }) => deletes.filter(({ answer }) => answer === "fails-half-way"));
  const harms = roots.flatMap(({ losesRepair }) => losesRepair);
  const where = roots.length > 1 ? ` in ${formatCount(aborting.length)} of ${formatCount(roots.length)} roots` : "";
  const harm = [
    aborting.length > 0 ? `abort${halfWay ? " half-way" : ""}${where}` : "",
    breaks.length > 0 ? `break ${countedTags(breaks)}${when}` : "",
    harms.length > 0 ? `delete more of ${harmedImages(harms)}` : "",
    failing.length > 0 ? `fail half-way in ${formatNumberOf(failing.length, "delete")}` : "",
  ];
  const shown = harm.filter((part) => part !== "").join(" and ");
  // With --repo the images of other repositories are not listed, but they count.
  const isRefusing = roots.some(({ refusedTags }) => refusedTags.length > 0);
  return shown === "" && !isRefusing && verdict.startsWith("findings")
    ? "break images of repositories that --repo leaves out"
    : shown;
}

/** Whether garbage collection may run. */
export function gateAnswer({ decision, reasons, scan, forecast }: GateReport): Answer {
  const count = formatNumberOf(reasons.length, "reason");
  const { brokenTags } = scan.summary;
  const already =
    brokenTags > 0
      ? `; ${formatNumberOf(brokenTags, "tag")}${imagesOf(scan.brokenTags)} ${brokenTags === 1 ? "is" : "are"} broken already, and garbage collection does not change that`
      : "";
  const deletes = forecast.roots.some((root) => root.deletes.length > 0);
  const answers = {
    go: {
      words: `GO: ${deletes ? "the deletes and garbage collection break" : "garbage collection breaks"} nothing${already}`,
      tone: "good",
    },
    stop: { words: `STOP: ${count} against garbage collection`, tone: "bad" },
    undecided: { words: `UNDECIDED, so do not run garbage collection: ${count}`, tone: "doubtful" },
  } as const satisfies Record<GateReport["decision"], Answer>;
  return answers[decision];
}

/** Whether what was asked for can be pulled: of one image by name, of many by their number. */
export function probeAnswer(report: ProbeReport): Answer {
  const { brokenTags, unreadable, summary } = report;
  const masked = report.disk?.differences.filter(({ reason }) => reason === "descriptor-cache").length ?? 0;
  const found =
    brokenTags.length > 0
      ? brokenWords(report)
      : summary.error > 0
        ? "no broken image, but errors"
        : masked > 0
          ? `no broken image yet, but ${formatNumberOf(masked, "image")} that the disk lacks parts of`
          : undefined;
  const incomplete = unreadable.length > 0 ? `incomplete: ${unansweredWords(report)}` : undefined;
  const said = [found, incomplete].filter((part) => part !== undefined).join("; ");
  const tone = found !== undefined ? "bad" : said === "" ? "good" : "doubtful";
  return { words: said === "" ? pullableWords(report) : said, tone };
}

/** What is counted: tags, as a scan counts them, unless an image was asked for by digest. */
export function countedBy({ images }: Pick<ProbeReport, "images">): "tag" | "image" {
  return images.every(({ tag }) => tag !== null) ? "tag" : "image";
}

function brokenWords({ brokenTags, images }: ProbeReport): string {
  const [image, ...others] = images;
  if (image === undefined || others.length > 0) {
    const broken = brokenTags.length;
    return `${formatCount(broken)} of ${formatNumberOf(images.length, countedBy({ images }))} ${broken === 1 ? "is" : "are"} broken`;
  }
  const platforms = image.platforms.length === 0 ? "it" : formatList(image.platforms.map((name) => escapeText(name)));
  return `${escapeText(image.image)} is broken: ${platforms} cannot be pulled`;
}

function unansweredWords({ unreadable: [first, ...others] }: ProbeReport): string {
  if (first === undefined || others.length > 0)
    return `the registry gave no answer about ${formatCount(others.length + 1)} places`;
  return `${escapeText(first.path)}: ${escapeText(first.error)}`;
}

function pullableWords({ images, summary }: ProbeReport): string {
  const [image, ...others] = images;
  const warned = summary.warning > 0 ? ` (${formatNumberOf(summary.warning, "warning")})` : "";
  if (image !== undefined && others.length === 0)
    return `${escapeText(image.image)} is pullable: ${formatNumberOf(image.parts, "part")} of ${formatBytes(image.bytes)}${warned}`;
  return `clean: no broken image among ${formatNumberOf(images.length, countedBy({ images }))}${warned}`;
}
