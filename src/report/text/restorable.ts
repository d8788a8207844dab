// What a plan brings back, or could: images that no tag leads to any more and that are complete in the store.
import type { PlanReport } from "../../contract/plan.ts";
import { shellWord } from "../../recovery/shell-text.ts";
import { isScripted, type ScriptedStep } from "../../recovery/steps.ts";
import { groupBy } from "../../text/group-by.ts";
import { limit, more, type Page, paragraph, row, someOf } from "../../text/page.ts";
import { formatNumberOf } from "../../text/quantities.ts";
import type { NamePrefix } from "./finding.ts";

/** The image that a step brings back, where it was asked for. */
export function restoredBy(step: ScriptedStep): string | undefined {
  return step.kind === "relink" ? step.restores : undefined;
}

/** The images that --restore asks for. */
export function* renderRestored(page: Page, { steps, script }: PlanReport, prefix: NamePrefix): Generator<string> {
  const restoring = steps.filter(isScripted).filter((step) => restoredBy(step) !== undefined);
  if (restoring.length === 0) return;
  const title = script === null ? "A script can bring this back" : "The script brings this back";
  yield "\n";
  yield* paragraph(page, title, { first: 0, paint: page.colour.bold });
  for (const [image, same] of groupBy(restoring, (step) => prefix(step.root) + restoredBy(step))) {
    yield* row(page, 2, [{ text: image, paint: page.colour.green }, { text: formatNumberOf(same.length, "link") }]);
  }
}

/** Manifests that are shown of what could be brought back, and names of each. */
const MAX_RESTORABLE = 5;
const MAX_NAMES = 3;

/** What no tag leads to and could be brought back. */
export function* renderRestorable(
  page: Page,
  { restorable, roots }: PlanReport,
  prefix: NamePrefix,
): Generator<string> {
  for (const { root, count, manifests } of restorable) {
    const path = roots.find(({ name }) => name === root)?.path ?? root;
    const title = `${formatNumberOf(count, "manifest")} without a tag ${count === 1 ? "is" : "are"} complete in the store${prefix(root) === "" ? "" : ` of ${root}`}, the newest first`;
    yield "\n";
    yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
    for (const { digest, platforms, modified, repositories, formerTags } of manifests.slice(
      0,
      limit(page, MAX_RESTORABLE),
    )) {
      yield* row(page, 2, [{ text: digest }]);
      const once =
        formerTags.length > 0
          ? `once ${someOf(page, formerTags, MAX_NAMES)}`
          : `in ${someOf(page, repositories, MAX_NAMES) || "no repository"}`;
      const about = [`${modified.slice(0, 16).replace("T", " ")} UTC`, someOf(page, platforms, MAX_NAMES), once];
      yield* paragraph(page, about.filter((part) => part !== "").join("; "), {
        first: 4,
        rest: 6,
        paint: page.colour.dim,
      });
    }
    yield* more(page, 2, count - Math.min(manifests.length, limit(page, MAX_RESTORABLE)));
    yield `  regfsck plan --restore REPOSITORY:TAG@DIGEST --script FILE ${shellWord(path)}\n`;
  }
}
