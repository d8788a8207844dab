// Fetches another version of Node.js, as npm's packages of its binaries have it, into the user's cache.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "regfsck-nodes");

/**
 * The path of the newest `node` of a major version, or of that very version, fetched where the cache has none: for this
 * machine, or for another kind of processor. Its licence lies two folders up.
 * @throws where npm fails; it has said why by then.
 */
export function fetchNode(version: string, arch: string = process.arch): string {
  const folder = join(CACHE, arch === process.arch ? version : `${version}-${arch}`);
  const platform = `node-${process.platform}-${arch}`;
  const program = join(folder, "node_modules", platform, "bin/node");
  if (existsSync(program)) return program;
  // Put in place in one step, so that a fetch that was cut off is not taken for the program.
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // A version that is too old for this project, or a program of another processor, is what may be asked for.
  const lenient = ["--force", "--no-engine-strict"];
  try {
    execFileSync("npm", ["install", "--prefix", unfinished, ...options, ...lenient, `${platform}@${version}`], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return program;
}
