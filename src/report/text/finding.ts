// One finding in a line or two of text: what it is about, and where.
import { CHECKS } from "../../checks/index.ts";
import type { Finding, Severity } from "../../contract/finding.ts";
import { escapeText } from "../../text/escape.ts";
import { type Cell, columns, digestText, type Page, type Paint, paragraph, pathLine, row } from "../../text/page.ts";
import { damageWords } from "./damage.ts";

/** What names begin with: the root, where the report is about several. Nothing for what lies in no root (""). */
export type NamePrefix = (root: string) => string;

export function namePrefix(report: { readonly roots: readonly unknown[] }): NamePrefix {
  return report.roots.length > 1 ? (root) => (root === "" ? "" : `${root}/`) : () => "";
}

export function severityPaint(page: Page, severity: Severity): Paint {
  return { error: page.colour.red, warning: page.colour.yellow, info: page.colour.cyan }[severity];
}

/** A finding's state in the fewest words. */
export type LabelOf = (finding: Finding) => string;

/** As a scan sees it. */
export function storedLabel({ code }: Finding): string {
  return CHECKS[code].label;
}

/** What an image lacks, finding by finding in columns; with paths where `showPaths` and the path is what is fixed. */
export function* lackRows(
  page: Page,
  indent: number,
  findings: readonly Finding[],
  showPaths: boolean,
  labelOf: LabelOf = storedLabel,
) {
  const table = findings.map((finding) => [
    subject(finding),
    finding.platform ?? "",
    finding.digest === undefined ? "" : digestText(page, finding.digest),
    labelOf(finding),
  ]);
  const pads = [0, 1, 2].map((column) => Math.max(...table.map((cells) => columns(cells[column]!))));
  for (const [index, finding] of findings.entries()) {
    const cells = table[index]!.map((text, column): Cell => {
      return { text, pad: pads[column] ?? 0, paint: column === 3 ? severityPaint(page, finding.severity) : undefined };
    });
    yield* row(page, indent, cells);
    if (showPaths && isFixedAtPath(finding)) yield* pathRow(page, indent + 2, finding);
    yield* damageLine(page, indent + 2, finding);
  }
}

/** Where a finding is that breaks no image: its image, part and digest; its path where that is what is fixed. */
export function* placeRows(page: Page, indent: number, finding: Finding, prefix: NamePrefix): Generator<string> {
  const { root, repository, tag, role, platform, digest } = finding;
  const name = repository === undefined ? "" : prefix(root) + repository + (tag === undefined ? "" : `:${tag}`);
  const texts = [name, role ?? "", platform ?? "", digest === undefined ? "" : digestText(page, digest)];
  if (texts.every((text) => text === "")) {
    yield* pathRow(page, indent, finding, prefix);
    return;
  }
  yield* row(
    page,
    indent,
    texts.map((text) => ({ text })),
  );
  if (isFixedAtPath(finding)) yield* pathRow(page, indent + 2, finding);
  yield* damageLine(page, indent + 2, finding);
}

/** What kind of damage corrupt content has, where that was looked at. */
function* damageLine(page: Page, indent: number, { damage }: Finding): Generator<string> {
  const words = damage ? damageWords(damage) : "";
  if (words !== "") yield* paragraph(page, escapeText(words), { first: indent, rest: indent + 2 });
}

function pathRow(page: Page, indent: number, { root, path }: Finding, prefix: NamePrefix = () => "") {
  return pathLine(page, indent, prefix(root) + path, page.colour.dim);
}

function subject({ code, role, tag }: Finding): string {
  if (role !== undefined) return role;
  if (tag !== undefined) return "tag";
  return CHECKS[code].noun ?? "manifest";
}

function isFixedAtPath({ code }: Finding): boolean {
  return CHECKS[code].fixedAtPath === true;
}
