// The published types: one file with a type for each report and for a line of it, made from their JSON Schemas.
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";

const HEAD = `// What regfsck reports: with --format json a report, with --format jsonl lines. Made from the JSON Schemas beside this file.

`;

/** The text of types.d.ts. */
export async function typeDeclarations(): Promise<string> {
  const schemas = Object.entries(jsonSchemas()).map(([file, schema]) => [typeName(file), schema as Schema] as const);
  const names = new Map(schemas.map(([name, { title }]) => [title, name]));
  const definitions: Record<string, unknown> = {};
  /** A part that has a title is a type of its own. */
  const named = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map(named);
    const { title, $schema: _, ...rest } = part as Schema;
    const members = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, named(value)]));
    if (typeof title !== "string") return members;
    const name = names.get(title) ?? title;
    definitions[name] ??= members;
    return { $ref: `#/definitions/${name}` };
  };
  for (const [, schema] of schemas) named(schema);
  const all = { definitions, type: "object", additionalProperties: false } as JSONSchema;
  const text = await compile(all, "Nothing", {
    additionalProperties: false,
    bannerComment: "",
    unreachableDefinitions: true,
    style: { printWidth: 120 },
  });
  return (
    HEAD +
    text
      .replace(/^export interface Nothing \{\}\n+/m, "")
      .replace(/\/\*\*\n \* This interface was referenced[\s\S]*?\*\/\n/g, "")
      .replace(/\/\*\*\n\s+\* (.*)\n\s+\*\//g, "/** $1 */")
  );
}

type Schema = { readonly title?: string; readonly $schema?: string };

/** `report-line.schema.json` -> `ScanLine`. */
function typeName(file: string): string {
  const [command, line] = file.replace(".schema.json", "").replace("report", "scan").split("-");
  return `${command![0]!.toUpperCase()}${command!.slice(1)}${line === undefined ? "Report" : "Line"}`;
}
