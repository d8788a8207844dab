// The tags that an upgrade of the registry costs: those that the release before serves, with why this one does not.
import type { ForecastReport, RefusedTagReport } from "../../contract/forecast.ts";
import { shortDigest } from "../../layout/digest.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { registryBefore } from "../answers.ts";
import { namePrefix } from "./finding.ts";

const MAX_TAGS = 20;

export function* renderRefused(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const tags = report.roots.flatMap(({ name, refusedTags }) => refusedTags.map((tag) => ({ root: name, ...tag })));
  if (tags.length === 0) return;
  const title = `Registry ${report.registry} refuses what registry ${registryBefore(report.registry)} serves:`;
  yield "\n";
  yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
  const shown = tags.slice(0, limit(page, MAX_TAGS));
  for (const [messages, alike] of groupBy(shown, messagesOf)) {
    for (const { root, repository, tag, digest, refused } of alike) {
      const parts = refused.filter((part) => part.digest !== digest).map((part) => shortDigest(part.digest));
      const of = parts.length === 0 ? "" : `its ${parts.length === 1 ? "child" : "children"} ${parts.join(", ")}`;
      yield* row(page, 2, [{ text: `${prefix(root)}${repository}:${tag}`, paint: page.colour.red }, { text: of }]);
    }
    yield* paragraph(page, escapeText(messages), { first: 4, rest: 6 });
  }
  yield* more(page, 2, tags.length - shown.length);
}

function messagesOf({ refused }: RefusedTagReport): string {
  return [...new Set(refused.map(({ message }) => message))].join("; ");
}
