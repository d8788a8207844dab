// Makes regfsck one file that runs with Node.js alone, wherever it is copied to.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { ENGLISH_ALONE, OPTIONS, PARTS_INSIDE, REQUIRE, ROOT, replacing } from "./esbuild.ts";
import { notices } from "./notices.ts";

/** Writes the program to `file`, executable: whoever is to run it on a registry's machine can read it. */
export async function bundle(file: string): Promise<void> {
  const manifest = JSON.parse(await readFile(`${ROOT}/package.json`, "utf8")) as { version: string; license: string };
  const head = `#!/usr/bin/env node
// regfsck ${manifest.version} (${manifest.license}). The licences of the packages inside are at the end.
${REQUIRE}`;
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    entryPoints: ["scripts/package/one-file.ts"],
    outfile: file,
    banner: { js: head },
    // These look for what is beside them in the package.
    plugins: [
      replacing({
        ...ENGLISH_ALONE,
        ...PARTS_INSIDE,
        "src/version.ts": `export const VERSION = ${JSON.stringify(manifest.version)};`,
        "src/command-file.ts": "export const COMMAND_FILE = new URL(import.meta.url);",
        "src/scan/pool/worker-file.ts": "export const WORKER_FILE = new URL(import.meta.url);",
      }),
    ],
  });
  const packages = await notices(Object.keys(metafile.inputs));
  await writeFile(
    file,
    `${outputFiles[0]!.text}\n/*\nThis file holds code of other packages:\n\n${packages.replaceAll("*/", "* /")}\n*/\n`,
  );
  await chmod(file, 0o755);
}
