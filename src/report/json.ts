// Reports as JSON, streamed: one object with a line an entry. So a report of a million entries diffs well and is never one
// giant string.
import { type Command, LINE_FORMATS, type LineFormat } from "../contract/line-formats.ts";
import { RecordJson, toJson } from "./record-json.ts";

/** The lists and reports of an object whose entries and members are lines of their own; everything else is one line. */
type Opened = Omit<LineFormat, "last">;

/** A report as one JSON object. */
export function* renderJson(report: { readonly command: Command }): Generator<string> {
  yield* object(report, LINE_FORMATS[report.command], "");
  yield "\n";
}

function* object(value: object, { lists, reports = {} }: Opened, indent: string): Generator<string> {
  let before = "{\n";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${indent}  "${key}": `;
    before = ",\n";
    if (key in lists) yield* list(member, lists[key]!.lists, `${indent}  `);
    else if (key in reports) yield* object(member, reports[key]!, `${indent}  `);
    else yield toJson(member);
  }
  yield `\n${indent}}`;
}

/** The length that entries are joined to: to hand each on through generators takes a tenth of making it. */
const PIECE = 1 << 12;

function* list(items: Iterable<object>, lists: Opened["lists"] | undefined, indent: string): Generator<string> {
  let before = "[\n";
  let piece = "";
  const records = new RecordJson();
  for (const item of items) {
    piece += `${before}${indent}  `;
    before = ",\n";
    if (lists === undefined) piece += records.of(item);
    if (lists === undefined && piece.length < PIECE) continue;
    yield piece;
    piece = "";
    if (lists !== undefined) yield* object(item, { lists }, `${indent}  `);
  }
  yield before === "[\n" ? "[]" : `${piece}\n${indent}]`;
}

/** The length that a chunk grows to before it is handed on: a write for each entry would cost more than the entry. */
const CHUNK = 1 << 16;

/** The same text in fewer chunks. */
export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
