// The look of the pages: a stylesheet of its own. A bundle has it inside: there the build puts its text in the place of this
// module (scripts/package/esbuild.ts).
import { readFileSync } from "node:fs";

export const STYLE = readFileSync(new URL("./style.css", import.meta.url), "utf8");
