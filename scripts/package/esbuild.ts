// What the one-file program and the package's program have in common: how esbuild puts modules together.
import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import { DELETE_SCRIPT_PARTS, SCRIPT_PARTS } from "../../src/recovery/script-parts.ts";
import { STYLE } from "../../src/report/html/style.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Names and lines stay as they are written, so that a stack leads somewhere. Packing them gained no time to start. */
export const OPTIONS = {
  absWorkingDir: ROOT,
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** The CommonJS packages inside call `require` for Node's own modules. */
export const REQUIRE = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);`;

/** The languages that nobody asks for. */
export const ENGLISH_ALONE = { "node_modules/zod/v4/locales/index.js": 'export { default as en } from "./en.js";' };

/** The parts of the shell scripts and the stylesheet, which lie beside the modules that read them. */
export const PARTS_INSIDE = {
  "src/report/html/style.ts": `export const STYLE = ${JSON.stringify(STYLE)};`,
  "src/recovery/script-parts.ts": [
    `export const SCRIPT_PARTS = ${JSON.stringify(SCRIPT_PARTS)};`,
    `export const DELETE_SCRIPT_PARTS = ${JSON.stringify(DELETE_SCRIPT_PARTS)};`,
  ].join("\n"),
};

/** Replaces modules, named by the end of their path, by other text. Fails the build where one of them is not met. */
export function replacing(replaced: Readonly<Record<string, string>>): Plugin {
  return {
    name: "replacing",
    setup({ onLoad, onEnd }) {
      const left = new Set(Object.keys(replaced));
      for (const [name, contents] of Object.entries(replaced)) {
        onLoad({ filter: new RegExp(`/${name.replaceAll(".", "\\.")}$`) }, () => {
          left.delete(name);
          return { contents, loader: "js" };
        });
      }
      onEnd(() => {
        if (left.size > 0) throw new Error(`no such module any more: ${[...left].join(", ")}`);
      });
    },
  };
}
