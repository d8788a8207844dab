// Makes the package's program: a few files, each with what is loaded together. Of two hundred modules, own and foreign,
// finding and opening each took longer than a scan of ten images.
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { ENGLISH_ALONE, OPTIONS, PARTS_INSIDE, REQUIRE, replacing } from "./esbuild.ts";
import { notices } from "./notices.ts";

/** Writes `cli.js`, `worker.js` and what they load to `folder`, and the licences of what is inside; no other .js stays. */
export async function writeProgram(folder: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    // All in one folder, since the program looks for the worker beside itself and for the package above.
    entryPoints: { cli: "src/cli.ts", worker: "src/scan/pool/worker.ts" },
    outdir: folder,
    splitting: true,
    chunkNames: "[name]-[hash]",
    banner: { js: REQUIRE },
    plugins: [replacing({ ...ENGLISH_ALONE, ...PARTS_INSIDE })],
  });
  await mkdir(folder, { recursive: true });
  const written = new Set(outputFiles.map(({ path }) => path));
  for (const file of outputFiles) await writeFile(file.path, file.contents);
  for (const name of await readdir(folder)) {
    if (name.endsWith(".js") && !written.has(join(folder, name))) await rm(join(folder, name));
  }
  await writeFile(join(folder, "NOTICES"), `${await notices(Object.keys(metafile.inputs))}\n`);
  await chmod(join(folder, "cli.js"), 0o755);
}
