// JSON in pieces, so that a report of a million entries diffs well, a line an entry, and never becomes one giant string.
import { toJson } from "./json-records.ts";

/** The length that a chunk grows to before it is handed on: a write for each entry would cost more than the entry. */
const CHUNK = 1 << 16;

/** One member of an object, at the indentation of the outermost; `after` follows it. */
export function member(key: string, value: unknown, after = ",\n"): string {
  return `  "${key}": ${toJson(value)}${after}`;
}

/** A member that is a list, an item a line. */
export function* listMember<Item>(
  key: string,
  items: Iterable<Item>,
  recordOf: (item: Item) => unknown,
  after = ",\n",
): Generator<string> {
  yield* list(key, items, (item) => [toJson(recordOf(item))], after);
}

/** A member that is a list of objects, each in pieces of its own. */
export function* objectsMember<Item>(
  key: string,
  items: Iterable<Item>,
  render: (item: Item) => Iterable<string>,
  after = ",\n",
): Generator<string> {
  yield* list(key, items, (item) => nested(nested(render(item))), after);
}

/** A member that is an object in pieces of its own. */
export function* objectMember(key: string, object: Iterable<string>, after = ",\n"): Generator<string> {
  yield `  "${key}": `;
  yield* nested(object);
  yield after;
}

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

function* list<Item>(
  key: string,
  items: Iterable<Item>,
  render: (item: Item) => Iterable<string>,
  after: string,
): Generator<string> {
  yield `  "${key}": [`;
  let separator = "\n    ";
  for (const item of items) {
    let before = separator;
    for (const piece of render(item)) {
      yield before + piece;
      before = "";
    }
    separator = ",\n    ";
  }
  yield `${separator.startsWith(",") ? "\n  ]" : "]"}${after}`;
}

/** An object's pieces, one level deeper, without the end of its last line. No string in JSON holds a line's end. */
function* nested(pieces: Iterable<string>): Generator<string> {
  let held: string | undefined;
  for (const piece of pieces) {
    if (held !== undefined) yield held;
    held = piece.replaceAll("\n", "\n  ");
  }
  if (held !== undefined) yield held.trimEnd();
}
