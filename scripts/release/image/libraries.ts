// The libraries that an executable is linked to, on this machine, for the image: exactly those, with the licences and the names of
// the Debian packages that they are from.
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { type Arch, GNU_NAMES } from "../executable/node.ts";

export interface Library {
  /** Where it is here, and where the executable looks for it. */
  readonly source: string;
  readonly target: string;
  /** The Debian package. */
  readonly package: string;
}

/** The program's interpreter and all libraries that it, or a library, names. */
export function librariesOf(program: string, arch: Arch): Library[] {
  const interpreter = /\[Requesting program interpreter: ([^\]]+)\]/.exec(readelf("-l", program))?.[1];
  if (interpreter === undefined) throw new Error(`${program} names no interpreter`);
  const found = new Map<string, string>();
  const waiting = needed(program);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || name === basename(interpreter)) continue;
    const source = locate(name, arch);
    found.set(name, source);
    waiting.push(...needed(source));
  }
  const libraries = [...found]
    .sort()
    .map(([name, source]) => ({ source, target: `/lib/${GNU_NAMES[arch]}-linux-gnu/${name}` }));
  return [{ source: locate(basename(interpreter), arch), target: interpreter }, ...libraries].map((library) => ({
    ...library,
    package: packageOf(library.source),
  }));
}

/** The machine's own libraries, or those that Debian has for programs of another processor. */
function locate(name: string, arch: Arch): string {
  const gnu = `${GNU_NAMES[arch]}-linux-gnu`;
  const folders = arch === process.arch ? [`/lib/${gnu}`, `/usr/lib/${gnu}`, "/lib64"] : [`/usr/${gnu}/lib`];
  const file = folders.map((folder) => join(folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${name} for ${arch} is not in ${folders.join(" or ")}`);
  return file;
}

function needed(file: string): string[] {
  return [...readelf("-d", file).matchAll(/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/g)].map(([, name]) => name!);
}

function readelf(...args: readonly string[]): string {
  return execFileSync("readelf", ["--wide", ...args], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
}

/** Debian lists files below the folders that /lib and /lib64 lead to, or below these links, as it was packed. */
function packageOf(file: string): string {
  const real = realpathSync(file);
  for (const path of [real, real.replace(/^\/usr/, "")]) {
    try {
      const [line] = execFileSync("dpkg-query", ["--search", path], { encoding: "utf8", stdio: "pipe" }).split("\n");
      return line!.slice(0, line!.lastIndexOf(": ")).replace(/:.*/, "");
    } catch {
      // The other name.
    }
  }
  throw new Error(`no Debian package holds ${real}`);
}
