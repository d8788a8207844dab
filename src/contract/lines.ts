// The schemas of a report's lines, made from the schema of the report: a field that is added there is in its line too.
import { z } from "zod";
import { type Command, LINE_FORMATS, type LineFormat } from "./line-formats.ts";
import { count, LAST_LINE, rootName } from "./parts.ts";

/** The schema of a line of `--format jsonl`. */
export function lineSchema(command: Command, report: z.ZodObject): z.ZodType {
  const [first, ...others] = linesOf(LINE_FORMATS[command], report);
  const types = [first!, ...others].map(({ shape }) => (shape["type"] as z.ZodLiteral).value);
  // A step of a plan is one of several shapes, which have the same type.
  const isUnique = new Set(types).size === types.length;
  const line = isUnique ? z.discriminatedUnion("type", [first!, ...others]) : z.union([first!, ...others]);
  return line.meta({ title: `a line of regfsck ${command} --format jsonl` });
}

function linesOf({ lists, reports = {}, last, sums }: LineFormat, report: z.ZodObject): z.ZodObject[] {
  const lines = Object.entries(reports).flatMap(([member, format]) => linesOf(format, report.shape[member]));
  let entryShape: z.ZodRawShape = {};
  for (const [member, { line: type, lists: nested = {} }] of Object.entries(lists)) {
    if (type === undefined) continue;
    const entry = elementOf(report, member);
    const entries =
      entry instanceof z.ZodDiscriminatedUnion ? (entry.options as z.ZodObject[]) : [entry as z.ZodObject];
    const own = Object.entries(nested).filter(([, { line }]) => line !== undefined);
    for (const one of entries) lines.push(line(type, without(one.shape, own), one.description));
    for (const [list, { line: kind, field }] of own) {
      const element = elementOf(entries[0]!, list);
      const shape = field === undefined ? (element as z.ZodObject).shape : { [field]: element };
      lines.push(line(kind!, { root: rootName, ...shape }, element.description));
    }
    if (member === "roots") entryShape = entries[0]!.shape;
  }
  const moved = [...Object.entries(lists).filter(([, { line }]) => line !== undefined), ...Object.entries(reports)];
  const { summary, ...rest } = without(report.shape, moved);
  const spread = summary instanceof z.ZodObject ? summary.shape : {};
  const summed = (sums ?? []).map((member) => [
    member,
    entryShape[member] instanceof z.ZodArray ? count : entryShape[member],
  ]);
  lines.push(
    line(last, { ...rest, ...spread, ...Object.fromEntries(summed) }, last === "summary" ? LAST_LINE : undefined),
  );
  return lines;
}

function elementOf(object: z.ZodObject, member: string): z.ZodType {
  return (object.shape[member] as z.ZodArray<z.ZodType>).element;
}

function without(shape: z.ZodRawShape, members: readonly (readonly [string, unknown])[]): z.ZodRawShape {
  const names = new Set(members.map(([name]) => name));
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !names.has(name)));
}

function line(type: string, shape: z.ZodRawShape, description: string | undefined): z.ZodObject {
  const schema = z.strictObject({ type: z.literal(type), ...shape });
  return description === undefined ? schema : schema.describe(description);
}
