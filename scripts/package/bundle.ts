// Makes regfsck one file that runs with Node.js alone, wherever it is copied to.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { notices } from "./notices.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The CommonJS packages inside call `require` for Node's own modules. */
const HEAD = `#!/usr/bin/env node
// regfsck %s. The licences of the packages inside are at the end.
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);`;

/**
 * Writes the program to `file`, executable. Names and lines stay as they are written: whoever is to run this on a
 * registry's machine can read it, and the stack of a bug report leads somewhere. Packing it gained no time to start.
 */
export async function bundle(file: string): Promise<void> {
  const manifest = JSON.parse(await readFile(`${ROOT}/package.json`, "utf8")) as { version: string; license: string };
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["scripts/package/one-file.ts"],
    outfile: file,
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    banner: { js: HEAD.replace("%s", `${manifest.version} (${manifest.license})`) },
    plugins: [withoutPackage(manifest.version)],
  });
  const packages = await notices(ROOT, Object.keys(metafile.inputs));
  await writeFile(file, `${outputFiles[0]!.text}\n${packages}`);
  await chmod(file, 0o755);
}

/** Replaces the modules that look for what lies beside them in the package, and the languages that nobody asks for. */
function withoutPackage(version: string): Plugin {
  const replaced: Record<string, string> = {
    "src/version.ts": `export const VERSION = ${JSON.stringify(version)};`,
    "src/scan/worker-file.ts": "export const WORKER_FILE = new URL(import.meta.url);",
    "node_modules/zod/v4/locales/index.js": 'export { default as en } from "./en.js";',
  };
  return {
    name: "without-package",
    setup({ onLoad, onEnd }) {
      const left = new Set(Object.keys(replaced));
      onLoad({ filter: /\/(?:version|worker-file|locales\/index)\.[jt]s$/ }, ({ path }) => {
        const name = Object.keys(replaced).find((some) => path.endsWith(`/${some}`));
        if (name === undefined) return undefined;
        left.delete(name);
        return { contents: replaced[name]!, loader: "js" };
      });
      onEnd(() => {
        if (left.size > 0) throw new Error(`no such module any more: ${[...left].join(", ")}`);
      });
    },
  };
}
