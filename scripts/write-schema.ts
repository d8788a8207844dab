// Writes the JSON Schemas of the reports, and their types, where the package ships them: dist/*.schema.json and
// dist/types.d.ts, or another folder's. Usage: npx tsx scripts/write-schema.ts [folder]
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { jsonSchemas } from "../src/contract/json-schemas.ts";
import { typeDeclarations } from "./package/types.ts";

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url)));
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(resolve(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
}
writeFileSync(resolve(folder, "types.d.ts"), await typeDeclarations());
