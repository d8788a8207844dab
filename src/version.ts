// Which regfsck this is, as its package says. The one-file program has no package beside it: there the build sets this.
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

export const VERSION = manifest.version;
