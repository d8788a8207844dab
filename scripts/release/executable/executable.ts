// Makes regfsck one executable file that needs no Node.js: Node.js itself with the program put in ("single executable
// application").
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Arch, emulator, GNU_NAMES, NODE_VERSION, shippedNode } from "./node.ts";
import type { ExecutableScripts } from "./scripts.ts";

const COMPILE = fileURLToPath(new URL("compile.ts", import.meta.url));
const POSTJECT = createRequire(import.meta.url).resolve("postject/dist/cli.js");
/** Where Node.js looks for what was put in, and the mark by which it knows that something was. */
const BLOB = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Writes the executable for a kind of processor to `file`. The same scripts give the same bytes. */
export function writeExecutable(arch: Arch, scripts: ExecutableScripts, file: string): void {
  const { binary } = shippedNode(arch);
  const folder = mkdtempSync(join(tmpdir(), "executable-"));
  const node = (...args: readonly string[]) => {
    const [program, ...before] = [...emulator(arch), binary];
    execFileSync(program!, [...before, ...args], { cwd: folder, stdio: "pipe" });
  };
  try {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write("start.js", scripts.start);
    write("NOTICES", executableNotices(scripts, arch));
    for (const part of ["program", "worker"] as const) {
      write(`${part}.js`, scripts[part]);
      // Without a seed of its own V8 would write other bytes each time.
      node("--random-seed=1", COMPILE, `${part}.js`, `regfsck/${part}.js`);
    }
    write("config.json", JSON.stringify(CONFIG));
    node("--experimental-sea-config", "config.json");
    const program = join(folder, "regfsck");
    // Symbols for debuggers, and before anything is put in, since stripping moves what is.
    execFileSync(`${GNU_NAMES[arch]}-linux-gnu-strip`, ["-o", program, binary]);
    execFileSync(process.execPath, [POSTJECT, program, BLOB, join(folder, CONFIG.output), "--sentinel-fuse", FUSE], {
      stdio: "pipe",
    });
    chmodSync(program, 0o755);
    mkdirSync(dirname(file), { recursive: true });
    execFileSync("cp", ["--", program, `${file}.unfinished`]);
    renameSync(`${file}.unfinished`, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ASSETS = ["program.js", "program.cache", "worker.js", "worker.cache", "NOTICES"];

const CONFIG = {
  main: "start.js",
  output: "blob",
  disableExperimentalSEAWarning: true,
  assets: Object.fromEntries(ASSETS.map((name) => [name, name])),
  // NODE_OPTIONS is meant for other programs of the machine; one that this Node.js does not know would end every run.
  execArgvExtension: "none",
  // The signal would have Node.js open a port for debuggers.
  execArgv: ["--disable-sigusr1"],
};

/** The licences of everything that is in an executable. */
export function executableNotices({ notices }: ExecutableScripts, arch: Arch): string {
  const { licence } = shippedNode(arch);
  return `regfsck holds code of other packages.\n\n${notices}\n\n--- Node.js ${NODE_VERSION} (MIT), and what is in it\n\n${licence.trim()}\n`;
}
