// The notices of the packages whose code is in the program: their licences ask for them in every copy.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./esbuild.ts";

/** Name, version and licence of each package that `files`, paths below the checkout, belong to. */
export async function notices(files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = await Promise.all([...folders].sort().map((folder) => notice(join(ROOT, folder))));
  return texts.join("\n\n");
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

async function notice(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  const licence = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  if (licence === undefined) throw new Error(`${manifest.name} has no licence text`);
  const text = await readFile(join(folder, licence), "utf8");
  return `--- ${manifest.name} ${manifest.version} (${manifest.license})\n\n${text.trim()}`;
}
