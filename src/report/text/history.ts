// What changed since the last complete run, as lines of the text report.
import type { Finding } from "../../contract/finding.ts";
import type { ScanReport } from "../../contract/scan.ts";
import { limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatCount } from "../../text/quantities.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";

/** New findings named, and resolved ones. */
const MAX_NAMED = 5;

/** Nothing where the last run is not known. New findings are named only among others: else the report names them. */
export function* renderHistory(
  page: Page,
  report: Pick<ScanReport, "history" | "findings" | "startedAt"> & { readonly roots: readonly unknown[] },
): Generator<string> {
  if (!report.history) return;
  const { new: fresh, since, persisting, oldest, resolved } = report.history;
  const known = persisting > 0 ? `, ${formatCount(persisting)} known since ${day(oldest ?? since)}` : "";
  const clock = since > report.startedAt ? " (in the future: a clock was or is wrong)" : "";
  const text = `Since ${day(since)}${clock}: ${formatCount(fresh)} new${known}, ${formatCount(resolved.length)} resolved.`;
  yield "\n";
  yield* paragraph(page, text, { first: 0, rest: 2 });
  const prefix = namePrefix(report);
  if (fresh > 0 && persisting > 0) {
    for (const finding of firstNew(report.findings)) {
      yield* row(page, 2, [{ text: "new", pad: 8 }, { text: finding.code }, { text: aboutWhat(finding, prefix) }]);
    }
    yield* more(page, 2, fresh - limit(page, MAX_NAMED));
  }
  for (const { code, root, path } of resolved.slice(0, limit(page, MAX_NAMED))) {
    yield* row(page, 2, [{ text: "resolved" }, { text: code }, { text: prefix(root) + path }]);
  }
  yield* more(page, 2, resolved.length - limit(page, MAX_NAMED));
}

function firstNew(findings: Iterable<Finding>): Finding[] {
  const found: Finding[] = [];
  for (const finding of findings) {
    if (finding.firstSeen !== undefined) continue;
    found.push(finding);
    if (found.length === MAX_NAMED) break;
  }
  return found;
}

/** The image that it breaks, else where it is. */
function aboutWhat({ root, path, affects: [image, ...others] }: Finding, prefix: NamePrefix): string {
  if (image === undefined) return prefix(root) + path;
  return prefix(root) + image + (others.length > 0 ? ` and ${formatCount(others.length)} more` : "");
}

/** The day of an ISO 8601 time. */
function day(time: string): string {
  return time.slice(0, 10);
}
