// Reports as lines of JSON, each an object with its type. The last is always the summary, so that a stream that was cut
// off is noticed.
import { type Command, LINE_FORMATS, type LineFormat } from "../contract/line-formats.ts";
import { RecordJson, toJson } from "./record-json.ts";

type Members = Readonly<Record<string, unknown>>;

/** A report as lines. */
export function renderJsonLines(report: { readonly command: Command }): Generator<string> {
  return linesOf(LINE_FORMATS[report.command], report);
}

function* linesOf({ lists, reports = {}, last, sums = [] }: LineFormat, report: object): Generator<string> {
  const members: Members = { ...report };
  const moved = new Set(Object.keys(reports));
  for (const [member, format] of Object.entries(reports)) yield* linesOf(format, members[member] as object);
  for (const [member, { line: type, lists: nested = {} }] of Object.entries(lists)) {
    if (type === undefined) continue;
    moved.add(member);
    const entries = members[member] as Iterable<Members>;
    const own = Object.entries(nested).filter(([, { line: kind }]) => kind !== undefined);
    const names = new Set(own.map(([name]) => name));
    const records = new RecordJson(type);
    for (const entry of entries) yield `${records.of(names.size === 0 ? entry : without(entry, names))}\n`;
    for (const [name, { line: kind, field }] of own) {
      for (const { name: root, [name]: items } of entries) {
        for (const item of items as readonly object[]) {
          yield line(kind!, field === undefined ? { root, ...item } : { root, [field]: item });
        }
      }
    }
  }
  const { summary, ...rest } = without(members, moved);
  const roots = (members["roots"] ?? []) as readonly Members[];
  const summed = sums.map((name) => [name, roots.reduce((sum, root) => sum + amountOf(root[name]), 0)]);
  yield line(last, { ...rest, ...(summary as object), ...Object.fromEntries(summed) });
}

function line(type: string, record: object): string {
  const json = toJson(record);
  return `{"type":${JSON.stringify(type)}${json === "{}" ? "" : ","}${json.slice(1)}\n`;
}

function without(members: Members, names: ReadonlySet<string>): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.has(name)));
}

function amountOf(value: unknown): number {
  return typeof value === "number" ? value : (value as readonly unknown[]).length;
}
