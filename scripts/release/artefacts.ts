// The files of a release: their names, and what makes each.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../package/bundle.ts";
import { ROOT } from "../package/esbuild.ts";
import { packagesOf, writeBill } from "./bill-of-materials.ts";
import { debName, writeDeb, XZ_LEVEL } from "./deb/deb.ts";
import { executableNotices, writeExecutable } from "./executable/executable.ts";
import { ARCHES } from "./executable/node.ts";
import { executableScripts } from "./executable/scripts.ts";
import { imageName, writeImage } from "./image/image.ts";
import { releaseNotes } from "./notes.ts";
import { readSource } from "./source.ts";

/** Writes every file of the release to an empty folder, and tells of each when it is done, with the seconds that it took. */
export async function writeArtefacts(folder: string, done: (file: string, seconds: number) => void): Promise<void> {
  const source = readSource();
  const { version } = source;
  const work = mkdtempSync(join(tmpdir(), "release-"));
  const make = async (name: string, write: (file: string) => unknown) => {
    const begin = performance.now();
    await write(join(folder, name));
    done(name, (performance.now() - begin) / 1000);
  };
  try {
    const packages = join(work, "packages.json");
    const scripts = await executableScripts(packagesOf(packages));
    for (const arch of ARCHES) {
      const program = join(work, arch);
      writeExecutable(arch, scripts, program);
      const from = { program, arch, notices: executableNotices(scripts, arch) };
      await make(`regfsck-${version}-linux-${arch}.xz`, (file) => compress(program, file));
      await make(debName(source, arch), (file) => writeDeb(source, from, file));
      await make(imageName(source, arch), (file) => writeImage(source, from, file));
    }
    await make(`regfsck-${version}.mjs`, bundle);
    await make(`regfsck-${version}.cdx.json`, (file) => writeBill(packages, file));
    await make("NOTES.md", (file) => writeFileSync(file, releaseNotes(changelog(), version)));
    await make("SHA256SUMS", (file) => writeFileSync(file, checksums(folder)));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Two threads wherever it runs: the bytes follow from whether there are several. */
function compress(file: string, compressed: string): void {
  writeFileSync(compressed, execFileSync("xz", [`-${XZ_LEVEL}`, "-T2", "--stdout", file], { maxBuffer: 1 << 28 }));
}

function changelog(): string {
  return readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
}

/** As `sha256sum --check` reads them. */
function checksums(folder: string): string {
  const line = (name: string) =>
    `${createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex")}  ${name}\n`;
  return readdirSync(folder).sort().map(line).join("");
}
