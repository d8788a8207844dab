// One finding in a line or two of text: what it is about, and where.
import type { Finding, FindingCode, Severity } from "../../checks/finding.ts";
import { shortDigest } from "../../layout/digest.ts";
import { type Cell, columns, type Page, type Paint, row } from "../../text/page.ts";

/** What a finding of this code says about the thing, in the fewest words. */
const STATES: Record<FindingCode, string> = {
  "missing-child": "not in the store",
  "unlinked-child": "in the store, not linked",
  "missing-blob": "not in the store",
  "unlinked-blob": "in the store, not linked",
  "size-mismatch": "linked, wrong size",
  "digest-mismatch": "linked, wrong content",
  "invalid-manifest": "linked, cannot be served",
  "dangling-tag": "not served",
  "malformed-link": "malformed",
  "unseen-repository": "not seen by collection",
  "mismatched-link": "link to another digest",
  "missing-manifest": "linked, not in the store",
  "orphan-layer-link": "linked, not in the store",
  "stray-entry": "in the registry's way",
  "stale-upload": "never finished",
  "unreferenced-blob": "not referenced",
};

/** The codes that are mended at the finding's path itself; for the others the digest says enough. */
const MENDED_AT_PATH: ReadonlySet<FindingCode> = new Set([
  "size-mismatch",
  "digest-mismatch",
  "invalid-manifest",
  "malformed-link",
  "mismatched-link",
  "stray-entry",
]);

/** What names begin with: the root, where the report is about several. Nothing for what lies in no root (""). */
export type NamePrefix = (root: string) => string;

export function namePrefix(report: { readonly roots: readonly unknown[] }): NamePrefix {
  return report.roots.length > 1 ? (root) => (root === "" ? "" : `${root}/`) : () => "";
}

export function severityPaint(page: Page, severity: Severity): Paint {
  return { error: page.colour.red, warning: page.colour.yellow, info: page.colour.cyan }[severity];
}

/** What an image lacks, finding by finding in columns; with paths where `showPaths` and the path is what is mended. */
export function* lackRows(page: Page, indent: number, findings: readonly Finding[], showPaths: boolean) {
  const table = findings.map((finding) => [
    subject(finding),
    finding.platform ?? "",
    finding.digest === undefined ? "" : shortDigest(finding.digest),
    STATES[finding.code],
  ]);
  const pads = [0, 1, 2].map((column) => Math.max(...table.map((cells) => columns(cells[column]!))));
  for (const [index, finding] of findings.entries()) {
    const cells = table[index]!.map((text, column): Cell => {
      return { text, pad: pads[column] ?? 0, paint: column === 3 ? severityPaint(page, finding.severity) : undefined };
    });
    yield* row(page, indent, cells);
    if (showPaths && MENDED_AT_PATH.has(finding.code)) yield* pathRow(page, indent + 2, finding);
  }
}

/** Where a finding is that breaks no image: its image, part and digest; its path where that is what is mended. */
export function* placeRows(page: Page, indent: number, finding: Finding, prefix: NamePrefix): Generator<string> {
  const { code, root, repository, tag, role, platform, digest } = finding;
  const name = repository === undefined ? "" : prefix(root) + repository + (tag === undefined ? "" : `:${tag}`);
  const texts = [name, role ?? "", platform ?? "", digest === undefined ? "" : shortDigest(digest)];
  if (texts.every((text) => text === "")) {
    yield* pathRow(page, indent, finding, prefix);
    return;
  }
  yield* row(
    page,
    indent,
    texts.map((text) => ({ text })),
  );
  if (MENDED_AT_PATH.has(code)) yield* pathRow(page, indent + 2, finding);
}

function pathRow(page: Page, indent: number, { root, path }: Finding, prefix: NamePrefix = () => "") {
  return row(page, indent, [{ text: prefix(root) + path, paint: page.colour.dim }]);
}

function subject({ code, role, tag }: Finding): string {
  if (role !== undefined) return role;
  if (tag !== undefined) return "tag";
  return code === "malformed-link" ? "link" : "manifest";
}
