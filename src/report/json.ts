// Reports as JSON, streamed: one object with a line an entry, or an object a line. So a report of a million entries diffs
// well and is never one giant string.
import { escapeJson } from "../text/escape.ts";

/** Which members are written a line an entry; everything else is one line. A nested outline opens the entries too. */
export interface Outline {
  readonly [member: string]: true | Outline;
}

const RUN_ENTRIES = { roots: true, unreadable: true } as const;
const FORECAST_LISTS = {
  aborts: true,
  removedTags: true,
  deletedManifests: true,
  deletedBlobs: true,
  unseenRepositories: true,
  breaks: true,
} as const;
const SCAN = { ...RUN_ENTRIES, brokenTags: true, findings: true } as const;
const FORECAST = { unreadable: true, roots: FORECAST_LISTS } as const;

export const OUTLINES = {
  scan: SCAN,
  forecast: FORECAST,
  gate: { reasons: true, fingerprints: true, scan: SCAN, forecast: FORECAST },
  verify: { ...RUN_ENTRIES, images: { parts: true, findings: true } },
  why: { ...RUN_ENTRIES, blobs: { references: true, tags: true, links: true, formerTags: true } },
  usage: { ...RUN_ENTRIES, entries: true },
  plan: { ...RUN_ENTRIES, steps: true, left: true },
} as const satisfies Record<string, Outline>;

/** One line of JSON, safe to show in a terminal. */
export function toJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** A report as one JSON object. */
export function* renderJson(report: { readonly command: keyof typeof OUTLINES }): Generator<string> {
  yield* object(report, OUTLINES[report.command], "");
  yield "\n";
}

function* object(value: object, outline: Outline, indent: string): Generator<string> {
  let before = "{\n";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${indent}  "${key}": `;
    before = ",\n";
    const inner = outline[key];
    if (inner === undefined) yield toJson(member);
    else if (Symbol.iterator in member) yield* list(member, inner, `${indent}  `);
    else yield* object(member, inner === true ? {} : inner, `${indent}  `);
  }
  yield `\n${indent}}`;
}

function* list(items: Iterable<object>, outline: true | Outline, indent: string): Generator<string> {
  let before = "[\n";
  for (const item of items) {
    const begin = `${before}${indent}  `;
    before = ",\n";
    if (outline === true) yield begin + toJson(item);
    else {
      yield begin;
      yield* object(item, outline, `${indent}  `);
    }
  }
  yield before === "[\n" ? "[]" : `\n${indent}]`;
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
