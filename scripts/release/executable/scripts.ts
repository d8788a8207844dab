// The program as the executable holds it: scripts, since what is inside an executable is no module.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { ENGLISH_ALONE, OPTIONS, PARTS_INSIDE, ROOT, replacing } from "../../package/esbuild.ts";
import { notices } from "../../package/notices.ts";

export interface ExecutableScripts {
  /** What Node.js begins with. */
  readonly start: string;
  /** Functions in parentheses, which are handed `require` for modules of Node.js. */
  readonly program: string;
  readonly worker: string;
  /** The notices of the packages in them. */
  readonly notices: string;
}

const SCRIPT = {
  ...OPTIONS,
  format: "cjs",
  target: "node24",
  // A script that did not come from a file may import nothing at run time.
  supported: { "dynamic-import": false },
} as const satisfies BuildOptions;

/** @param watching What else is to see how the program, with all that the worker is made of, is put together. */
export async function executableScripts(...watching: readonly Plugin[]): Promise<ExecutableScripts> {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const [start, startWorker] = [await startOf("program"), await startOf("worker")];
  const replaced = {
    ...ENGLISH_ALONE,
    ...PARTS_INSIDE,
    "src/version.ts": `export const VERSION = ${JSON.stringify(version)};`,
    "src/command-file.ts": `export const COMMAND_FILE = new URL(${JSON.stringify(asUrl(start))});`,
    "src/scan/pool/worker-file.ts": `export const WORKER_FILE = new URL(${JSON.stringify(asUrl(startWorker))});`,
  };
  const program = await script("src/cli.ts", [replacing(replaced), ...watching]);
  const worker = await script("src/scan/pool/worker.ts", []);
  const inputs = [...new Set([...program.inputs, ...worker.inputs])];
  return {
    start,
    program: program.text,
    worker: worker.text,
    notices: await notices(inputs),
  };
}

async function script(entry: string, plugins: Plugin[]) {
  const { outputFiles, metafile, warnings } = await build({
    ...SCRIPT,
    entryPoints: [entry],
    outfile: entry,
    banner: { js: "(function (require) { const module = { exports: {} };" },
    footer: { js: "})" },
    plugins,
  });
  // A file that looks for another beside itself, say: there is none beside a script.
  if (warnings.length > 0) throw new Error(`${entry}: ${warnings.map(({ text }) => text).join("; ")}`);
  return { text: asciiOnly(outputFiles[0]!.text), inputs: Object.keys(metafile.inputs) };
}

async function startOf(part: "program" | "worker"): Promise<string> {
  const { outputFiles } = await build({
    ...SCRIPT,
    entryPoints: ["scripts/release/executable/start.ts"],
    outfile: "start.js",
    minify: true,
    define: { PART: JSON.stringify(part) },
  });
  return outputFiles[0]!.text;
}

function asUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}

/** Without regard to where a character stands: esbuild leaves them in comments and in regular expressions with the flag `u`. */
function asciiOnly(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
