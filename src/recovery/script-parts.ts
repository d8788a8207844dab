// The parts of the scripts that are the same in all of them: real shell files, which shellcheck reads. A bundle has them
// inside: there the build puts their text in the place of this module (scripts/package/esbuild.ts).
import { readFileSync } from "node:fs";

const read = (name: string, folder = "script") =>
  readFileSync(new URL(`./${folder}/${name}.sh`, import.meta.url), "utf8");
const readDelete = (name: string) => read(name, "delete-script");

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

/** Those of the script that deletes over HTTP. */
export const DELETE_SCRIPT_PARTS: Readonly<Record<string, string>> = {
  start: readDelete("start"),
  options: readDelete("options"),
  ask: readDelete("ask"),
  delete: readDelete("delete"),
};
