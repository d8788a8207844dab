// Writes the program as the package ships it: dist/*.js, or another folder's.
// Usage: npx tsx scripts/write-program.ts [folder]
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeProgram } from "./package/program.ts";

await writeProgram(resolve(process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url))));
