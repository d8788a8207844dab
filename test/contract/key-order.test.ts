// The keys of each report come in the order of its schema: people read them, and compare two reports line by line.
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));
const incident = fixture("incident");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
}

/** Where objects have their keys in another order than the schema, as `path: keys`. */
function* misplaced(value: unknown, schema: Schema, path: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const kind = (choice: Schema) => choice.properties?.["kind"]?.const;
    const own = choices.find((choice) => kind(choice) === (value as { kind?: unknown }).kind);
    yield* misplaced(value, own ?? choices[0]!, path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* misplaced(item, schema.items!, `${path}[${index}]`);
  } else if (schema.properties) {
    const expected = Object.keys(schema.properties).filter((key) => key in value);
    if (Object.keys(value).join() !== expected.join()) yield `${path}: ${Object.keys(value).join()}`;
    for (const [key, member] of Object.entries(value)) {
      yield* misplaced(member, schema.properties[key]!, path === "" ? key : `${path}.${key}`);
    }
  }
}

it.each([
  ["report", ["scan", "--jobs", "1", incident]],
  ["forecast", ["forecast", "--jobs", "1", "-m", "--keep-tags", "1", incident]],
  ["gate", ["gate", "--jobs", "1", "-m", fixture("base")]],
  ["verify", ["verify", incident, "tools/builder:plain"]],
  ["why", ["why", "--jobs", "1", incident, "sha256:4582f57a"]],
  ["usage", ["usage", "--jobs", "1", "--by", "tag", incident]],
  ["reclaim", ["reclaim", "--jobs", "1", "--older-than", "0s", "--keep-tags", "1", fixture("healthy")]],
  ["plan", ["plan", "--jobs", "1", incident, fixture("base")]],
])("the keys of %s come in the order of its schema", async (name, [command, ...args]) => {
  const { printed } = await runProgram(nodeFs, [command!, "--format", "json", ...args]);
  const schema = jsonSchemas()[`${name}.schema.json`] as Schema;
  expect([...misplaced(JSON.parse(printed), schema, "")]).toEqual([]);
});
