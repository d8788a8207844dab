// Writes what goes below /usr/local/share, the manual page and the shells' completions: dist/share, or another folder.
// Usage: npx tsx scripts/write-share.ts [folder]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { shareFiles } from "./package/share.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("../dist/share", import.meta.url)));
/** Set where the same sources are to give the same bytes on another day, as reproducible builds do. */
const { SOURCE_DATE_EPOCH } = process.env;
const date = SOURCE_DATE_EPOCH === undefined ? new Date() : new Date(Number(SOURCE_DATE_EPOCH) * 1000);

for (const [name, text] of Object.entries(shareFiles(version, date.toISOString().slice(0, 10)))) {
  const file = resolve(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
