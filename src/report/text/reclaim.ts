// What can be deleted, for a person: how much it frees, where it is, what stays and why, and last, nearest to the prompt,
// how to go on.

import type { KeptReport, ReclaimReport, RootReclaimReport } from "../../contract/reclaim.ts";
import { shortDigest } from "../../layout/digest.ts";
import { shellWord } from "../../recovery/shell-text.ts";
import { rulesNamed } from "../../registry/rules.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { renderNotFound } from "./forecast-deletes.ts";
import { renderTook, renderUnreadable, rootRow } from "./totals.ts";

/** Entries shown of each list. */
const MAX_REPOSITORIES = 15;
const MAX_TAGS = 20;
const MAX_STAYING = 10;

/** With `explain`, each manifest that is kept without a tag is named. */
export interface ReclaimPage extends Page {
  readonly explain?: boolean;
}

export function* renderReclaimText(report: ReclaimReport, page: ReclaimPage): Generator<string> {
  const prefix = namePrefix(report);
  yield* renderAnswer(page, report);
  yield* renderRefused(page, report, prefix);
  yield* renderRepositories(page, report, prefix);
  yield* renderTags(page, report, prefix);
  yield* renderKept(page, report, prefix);
  yield* renderUnreadable(page, report);
  yield* renderNotFound(page, report);
  yield* renderNext(page, report);
  yield "\n";
  for (const root of report.roots) {
    yield* rootRow(page, "Reclaim", root, report.roots.length > 1);
    yield* paragraph(page, figures(root), { first: 2 });
  }
  yield* renderTook(page, report);
}

function* renderAnswer(page: Page, { summary, verdict, roots }: ReclaimReport): Generator<string> {
  const { yellow, green, bold } = page.colour;
  const { manifests, freedBytes } = summary;
  const isRefused = roots.some(({ refused }) => refused.length > 0);
  const found =
    manifests > 0
      ? `${formatNumberOf(manifests, "manifest")} can be deleted without breaking anything: garbage collection without -m then frees ${formatBytes(freedBytes)}`
      : isRefused
        ? "nothing is offered to be deleted"
        : "nothing to delete";
  const text =
    verdict.includes("incomplete") && !isRefused ? `${found}; incomplete: not everything could be read` : found;
  const paint = verdict === "clean" ? green : yellow;
  yield* paragraph(page, text, { first: 0, rest: 2, paint: (line) => bold(paint(line)) });
}

function* renderRefused(page: Page, { roots }: ReclaimReport, prefix: NamePrefix): Generator<string> {
  for (const { name, refused } of roots) {
    for (const reason of refused) {
      yield* paragraph(page, `- ${prefix(name).replace(/\/$/, ": ")}${reason}`, {
        first: 2,
        rest: 4,
        paint: page.colour.yellow,
      });
    }
  }
}

function* renderRepositories(page: Page, { roots }: ReclaimReport, prefix: NamePrefix): Generator<string> {
  const groups = roots.flatMap(({ name, manifests }) =>
    [...groupBy(manifests, ({ repository }) => repository)].map(([repository, all]) => ({
      text: prefix(name) + repository,
      count: formatNumberOf(all.length, "manifest"),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    })),
  );
  if (groups.length === 0) return;
  groups.sort((a, b) => b.bytes - a.bytes);
  const shown = groups.slice(0, limit(page, MAX_REPOSITORIES));
  const width = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);
  const pads = [width(shown.map(({ bytes }) => formatBytes(bytes))), width(shown.map(({ count }) => count))] as const;
  yield "\n";
  for (const { text, count, bytes } of shown) {
    yield* row(page, 2, [
      { text: formatBytes(bytes).padStart(pads[0]) },
      { text: count.padStart(pads[1]) },
      { text, paint: page.colour.bold },
    ]);
  }
  yield* more(page, 2, groups.length - shown.length);
}

const STAY_WORDS: Record<RootReclaimReport["stayingTags"][number]["reason"], string> = {
  "pushed-last": "pushed after every other tag of its repository",
  "same-digest": "what it names is needed",
};

/** What more there is to say of a tag whose manifest is needed. */
function aloneWords({ registry }: ReclaimReport): string {
  return rulesNamed(registry).deletesTags
    ? "; a client can delete the tag alone, by its name"
    : ", and the registry deletes no tag alone";
}

function* renderTags(page: Page, report: ReclaimReport, prefix: NamePrefix): Generator<string> {
  const { roots } = report;
  const gone = roots.flatMap(({ name, manifests }) =>
    manifests.flatMap(({ tags }) => tags.map((tag) => prefix(name) + tag)),
  );
  if (gone.length > 0) {
    const names = gone.slice(0, limit(page, MAX_TAGS));
    const rest = gone.length > names.length ? ` … and ${formatCount(gone.length - names.length)} more` : "";
    yield "\n";
    yield* paragraph(
      page,
      `With them ${gone.length === 1 ? "goes" : "go"} ${formatNumberOf(gone.length, "tag")}: ${names.join(", ")}${rest}`,
      {
        first: 0,
        rest: 2,
      },
    );
  }
  const staying = roots.flatMap(({ name, stayingTags }) =>
    stayingTags.map(({ image, reason }) => {
      const more = reason === "same-digest" ? aloneWords(report) : "";
      return `${prefix(name)}${image} stays: ${STAY_WORDS[reason]}${more}`;
    }),
  );
  if (staying.length > 0 && gone.length === 0) yield "\n";
  for (const text of staying.slice(0, limit(page, MAX_STAYING))) {
    yield* paragraph(page, escapeText(text), { first: 2, rest: 4 });
  }
  yield* more(page, 2, staying.length - limit(page, MAX_STAYING));
}

const KEPT_WORDS: Record<KeptReport["reason"], string> = {
  child: "a kept index needs it",
  referrer: "it refers to a kept image",
  young: "pushed too lately",
  "layer-link": "something kept has a layer of the same digest, whose link the delete would take",
  repair: "a broken image could be repaired from it",
  damaged: "its repository is damaged, so that nobody can say what needs it",
  shared: "its repository shares directories with another",
};

function* renderKept(page: ReclaimPage, { roots }: ReclaimReport, prefix: NamePrefix): Generator<string> {
  const kept = roots.flatMap(({ name, kept: all }) =>
    all.map((one) => ({ ...one, name: prefix(name) + one.repository })),
  );
  if (kept.length === 0) return;
  yield "\n";
  const hint = page.explain ? "" : " (--explain names each)";
  yield* paragraph(page, `Kept, though no tag names ${kept.length === 1 ? "it" : "them"}${hint}`, {
    first: 0,
    paint: page.colour.bold,
  });
  for (const [reason, all] of groupBy(kept, ({ reason }) => reason)) {
    const words = KEPT_WORDS[reason as KeptReport["reason"]];
    yield* paragraph(page, `${formatNumberOf(all.length, "manifest")}: ${words}${damagedBy(page, all)}`, {
      first: 2,
      rest: 4,
    });
    for (const { name, digest, by } of page.explain ? all : []) {
      yield* row(page, 4, [
        { text: `${name}@${shortDigest(digest)}` },
        {
          text: by === undefined ? "" : `for ${by.includes("@") || !by.startsWith("sha") ? by : shortDigest(by)}`,
          paint: page.colour.dim,
        },
      ]);
    }
  }
}

/** The first repository that cannot be judged, so that somebody repairs it. */
function damagedBy({ explain }: ReclaimPage, [first]: readonly (KeptReport & { readonly name: string })[]): string {
  return explain || first?.reason !== "damaged" ? "" : ` (${first.by ?? first.name}; regfsck scan says what is wrong)`;
}

function* renderNext(page: Page, report: ReclaimReport): Generator<string> {
  const { summary, list, script, offlineScript, quarantine, dryRun } = report;
  if (summary.manifests === 0) return;
  yield "\n";
  if (script === null && offlineScript === null && list === null) {
    const text =
      "To go on: --script FILE writes a shell script that deletes them over the registry's API, --list FILE a list of them.";
    yield* paragraph(page, text, { first: 0, rest: 2, paint: page.colour.bold });
    return;
  }
  if (list !== null) yield* paragraph(page, `The list is in ${list}.`, { first: 0, rest: 2 });
  const read = dryRun ? "without --dry-run it is written; read it, then" : "read it, then";
  if (script !== null) {
    yield* paragraph(page, `To go on: ${read}`, { first: 0, paint: page.colour.bold });
    yield* commands(page, [
      [`sh ${shellWord(script)} URL`, "shows what it would delete"],
      [`sh ${shellWord(script)} --apply URL`, "deletes it"],
    ]);
  }
  if (offlineScript !== null) {
    yield* paragraph(page, `For a registry that is stopped: ${read}`, { first: 0, paint: page.colour.bold });
    yield* commands(page, [
      [`sh ${shellWord(offlineScript)}`, "shows what it would move"],
      [`sh ${shellWord(offlineScript)} --apply`, `moves it to ${quarantine}`],
    ]);
  }
  const then =
    "Then regfsck gate, stop the registry, regfsck gate --recheck, garbage-collect without -m, and start it.";
  yield* paragraph(page, then, { first: 0, rest: 2 });
}

function* commands(page: Page, lines: readonly (readonly [command: string, what: string])[]): Generator<string> {
  const pad = lines.reduce((most, [command]) => Math.max(most, command.length), 0);
  for (const [command, what] of lines) {
    yield* row(page, 2, [
      { text: command, pad },
      { text: `# ${what}`, paint: page.colour.dim },
    ]);
  }
}

function figures({ kind, refused, manifests, freedBytes, freedAnywayBytes }: RootReclaimReport): string {
  if (kind === "cache") return "a pull-through cache deletes by itself what expires";
  if (refused.length > 0) return "nothing is offered";
  const anyway = freedAnywayBytes === freedBytes ? "all" : formatBytes(freedAnywayBytes);
  const without = freedAnywayBytes === 0 || manifests.length === 0 ? "" : `, ${anyway} of it without any delete`;
  return `deletes ${formatNumberOf(manifests.length, "manifest")}; garbage collection without -m then frees ${formatBytes(freedBytes)}${without}`;
}
