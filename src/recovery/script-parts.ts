// The parts of the script that are the same for every plan: real shell files, which shellcheck reads. A bundle has them
// inside: there the build puts their text in the place of this module (scripts/package/esbuild.ts).
import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`./script/${name}.sh`, import.meta.url), "utf8");

/** By file name, in the order in which they stand in the script. */
export const SCRIPT_PARTS: Readonly<Record<string, string>> = {
  start: read("start"),
  options: read("options"),
  say: read("say"),
  look: read("look"),
  walk: read("walk"),
  change: read("change"),
  steps: read("steps"),
  begin: read("begin"),
};
