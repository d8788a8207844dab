// The causes, above all else: what happened, what to do, and the command that begins it.
import type { ScanReport } from "../../contract/scan.ts";
import { showUnprintable } from "../../text/escape.ts";
import { type Page, paragraph } from "../../text/page.ts";
import { withReadableNumbers } from "../../text/quantities.ts";
import { namePrefix } from "./finding.ts";

export function* renderCauses(
  page: Page,
  report: Pick<ScanReport, "causes"> & { readonly roots: readonly unknown[] },
): Generator<string> {
  const prefix = namePrefix(report);
  const { bold, green } = page.colour;
  for (const { root, code, message, fix, next } of report.causes) {
    yield "\n";
    const text = `${prefix(root)}${code}: ${withReadableNumbers(message)}`;
    yield* paragraph(page, text, { first: 0, rest: 2, paint: bold, keep: true });
    yield* paragraph(page, `fix: ${withReadableNumbers(fix)}`, { first: 2, rest: 4, paint: green, keep: true });
    // To be copied, so neither wrapped nor shortened.
    yield `  next: ${showUnprintable(next)}\n`;
  }
}
