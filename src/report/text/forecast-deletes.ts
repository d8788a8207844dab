// What clients delete over HTTP before all else: what each delete comes to, and the tags that go with it unasked.
import type { DeleteReport, ForecastReport } from "../../contract/forecast.ts";
import { escapeText } from "../../text/escape.ts";
import { columns, digestText, limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatNumberOf } from "../../text/quantities.ts";
import { namePrefix } from "./finding.ts";

const MAX_DELETES = 20;
/** Names in one line. */
const MAX_NAMES = 8;

const ANSWERS = {
  deleted: "",
  "not-served": "404, nothing is deleted: it leads to no manifest that is served, or is gone already",
  fails: "500, nothing is deleted: the registry cannot read its link or its manifest",
  "fails-half-way":
    "500 after its manifest is gone: a tag of the repository cannot be read, so that the tags of the digest stay and lead nowhere",
  refused: "405, nothing is deleted: a pull-through cache lets nobody delete",
  unknown: "not known: something could not be read",
} as const satisfies Record<DeleteReport["answer"], string>;

/** The deletes, those first that do more or less than they say. */
export function* renderDeletes(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const all = report.roots.flatMap(({ name, deletes }) => deletes.map((one) => ({ root: name, ...one })));
  if (all.length > 0) {
    const done = all.filter(({ answer }) => answer === "deleted").length;
    const tags = all.reduce((sum, one) => sum + one.tags.length, 0);
    const through = done === all.length ? "" : `, ${done} of which go through,`;
    const title = `${formatNumberOf(all.length, "delete")} over HTTP${through} ${all.length === 1 ? "takes" : "take"} ${formatNumberOf(tags, "tag")}:`;
    yield "\n";
    yield* paragraph(page, title, { first: 0, rest: 2 });
    const isNotable = (one: DeleteReport) => one.answer !== "deleted" || othersOf(one).length > 0;
    const sorted = [...all.filter(isNotable), ...all.filter((one) => !isNotable(one))];
    const shown = sorted.slice(0, limit(page, MAX_DELETES));
    const width = Math.max(...shown.map(({ root, image }) => columns(escapeText(prefix(root) + nameOf(page, image)))));
    for (const one of shown) yield* deleteRow(page, one, prefix(one.root) + nameOf(page, one.image), width);
    yield* more(page, 2, all.length - shown.length);
  }
  yield* renderNotFound(page, report);
}

/** What lists name and no root has any more. */
export function* renderNotFound(page: Page, { notFound }: Pick<ForecastReport, "notFound">): Generator<string> {
  if (notFound.length === 0) return;
  const shown = notFound.slice(0, limit(page, MAX_NAMES)).map((name) => escapeText(nameOf(page, name)));
  const rest = notFound.length > shown.length ? ` … and ${notFound.length - shown.length} more` : "";
  const title = `${formatNumberOf(notFound.length, "name")} of the lists ${notFound.length === 1 ? "is" : "are"} in no root (any more), and passed over`;
  yield "\n";
  yield* paragraph(page, `${title}: ${shown.join(", ")}${rest}`, { first: 0, rest: 2, paint: page.colour.yellow });
}

function* deleteRow(page: Page, one: DeleteReport, name: string, width: number): Generator<string> {
  const others = othersOf(one);
  const named = others.slice(0, limit(page, MAX_NAMES)).join(", ");
  const rest = others.length > MAX_NAMES && !page.full ? ` … and ${others.length - MAX_NAMES} more` : "";
  const digest = one.digest === null || one.image.includes("@") ? "" : digestText(page, one.digest);
  yield* row(page, 2, [{ text: name, pad: digest === "" ? 0 : width }, { text: digest }]);
  const takes =
    others.length === 0
      ? ""
      : `takes ${named}${rest} too, which ${others.length === 1 ? "names" : "name"} the same digest`;
  for (const text of [ANSWERS[one.answer], takes]) {
    if (text !== "") yield* paragraph(page, escapeText(text), { first: 4, rest: 6, paint: page.colour.yellow });
  }
}

/** The tags that go besides the one that was asked for. */
function othersOf({ image, tags }: DeleteReport): string[] {
  return tags.filter((tag) => tag !== image);
}

function nameOf(page: Page, image: string): string {
  const at = image.indexOf("@");
  return at < 0 ? image : `${image.slice(0, at + 1)}${digestText(page, image.slice(at + 1))}`;
}
