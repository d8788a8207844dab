// Makes the program one file with no dependencies: dist/regfsck.mjs, or another file.
// Usage: npx tsx scripts/bundle.ts [file]
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./package/bundle.ts";

const file = resolve(process.argv[2] ?? fileURLToPath(new URL("../dist/regfsck.mjs", import.meta.url)));
mkdirSync(dirname(file), { recursive: true });
await bundle(file);
