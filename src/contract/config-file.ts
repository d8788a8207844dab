// The configuration file: YAML, validated once; what is wrong is told with file, line and field.
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { nearestNames } from "../text/nearest-names.ts";
import { UsageError } from "./errors.ts";
import { FAIL_ON, FINDING_CODES } from "./finding.ts";

const text = z.string().min(1);

const ACCEPTED = z
  .strictObject({
    code: z.enum(FINDING_CODES).optional(),
    root: text.optional(),
    repository: text.optional(),
    tag: text.optional(),
    digest: text.optional(),
    reason: text,
    until: z.iso.date(),
  })
  .refine(({ code, repository, tag, digest }) => code ?? repository ?? tag ?? digest, {
    message: "names no finding: give a code, repository, tag or digest (a root alone would silence all of it)",
  });

const PLATFORM = /^[a-z0-9_*?{},.-]+(?:\/[a-z0-9_*?{},.-]+){1,2}$/;

const PLATFORMS = z.strictObject({
  root: text.optional(),
  repository: text,
  wanted: z
    .array(
      z.string().regex(PLATFORM, { message: "not os/architecture or os/architecture/variant, such as linux/amd64" }),
    )
    .min(1),
});

const CONFIG = z.strictObject({
  roots: z
    .array(z.strictObject({ path: text, kind: z.enum(["authoritative", "cache"]).optional() }))
    .min(1)
    .optional(),
  /** The registry that serves the roots: 2 for 2.8.3, 3 for 3.1. */
  registry: z.literal([2, 3, "2", "3"]).optional(),
  "fail-on": z.enum(FAIL_ON).optional(),
  state: text.optional(),
  metrics: text.optional(),
  report: text.optional(),
  index: text.optional(),
  "index-full-every": z.int().min(1).optional(),
  accepted: z.array(ACCEPTED).optional(),
  platforms: z.array(PLATFORMS).optional(),
  gate: z.strictObject({ state: text.optional(), metrics: text.optional(), report: text.optional() }).optional(),
  "clean-up": z
    .strictObject({ "keep-tags": z.int().min(1).optional(), "delete-untagged": z.boolean().optional() })
    .optional(),
});
export type Config = z.infer<typeof CONFIG>;

/** Throws a UsageError that names file, line and field for the first thing that is wrong. */
export function parseConfig(source: string, file: string): Config {
  const lines = new LineCounter();
  // Dates stay the text that they are written as.
  const document = parseDocument(source, { lineCounter: lines, schema: "core", prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) throw new UsageError(`${file}:${lines.linePos(syntax.pos[0]).line}: ${syntax.message}`);
  const parsed = CONFIG.safeParse(plainValue(document, file) ?? {});
  if (parsed.success) return parsed.data;
  // A misspelt field shows as a missing one too: the misspelling is what helps.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknown] as (string | number)[];
  const message = unknown.length > 0 ? `there is no such field${guess(unknown[0]!, issue.path)}` : issue.message;
  throw new UsageError(`${file}:${lineOf(document, path, lines)}: ${fieldName(path)}: ${message}`);
}

/** What may have been meant by a field that does not exist at this place. */
function guess(field: string, place: readonly PropertyKey[]): string {
  let schema: unknown = CONFIG;
  for (const part of place) schema = typeof part === "number" ? elementOf(schema) : shapeOf(schema)[String(part)];
  const [nearest] = nearestNames(field, Object.keys(shapeOf(schema)));
  return nearest === undefined ? "" : `: did you mean ${nearest}?`;
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? inner.shape : {};
}

function elementOf(schema: unknown): unknown {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodArray ? inner.element : undefined;
}

/** Throws a UsageError for what parses and has no value, such as an alias without its anchor. */
function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}

/** The line of the deepest part of the path that is in the file. */
function lineOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[], lines: LineCounter) {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** `accepted[2].until`. */
function fieldName(path: readonly (string | number)[]): string {
  const name = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return name.replace(/^\./, "") || "the file";
}
