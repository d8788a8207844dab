// Makes all that a release consists of in release/, or another folder, which is emptied first. The same commit gives the same bytes.
//   npm run release
//   npm run release -- <folder>
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeArtefacts } from "./release/artefacts.ts";

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../release", import.meta.url)));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await writeArtefacts(folder, (file, seconds) => process.stdout.write(`${file} (${Math.round(seconds)} s)\n`));
