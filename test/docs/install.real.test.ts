// The lines of docs/install.md, each run as it stands on a copy of this machine, in a folder with the files of a release or in
// the checkout. What fetches or builds the checkout itself is left out: whoever runs this has done it.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../scripts/package/bundle.ts";
import { debName, writeDeb } from "../../scripts/release/deb/deb.ts";
import { executableNotices, writeExecutable } from "../../scripts/release/executable/executable.ts";
import type { Arch } from "../../scripts/release/executable/node.ts";
import { executableScripts } from "../../scripts/release/executable/scripts.ts";
import { readSource } from "../../scripts/release/source.ts";
import { onACopy } from "../worlds/machine-copy.ts";
import { REPOSITORY, textOf } from "./pages.ts";

const arch = process.arch as Arch;
const source = readSource();

/** The blocks of each section, by its title; those before the first by "". */
const blocks = new Map(
  textOf("docs/install.md")
    .split(/^## /m)
    .map((section, index) => {
      const title = index === 0 ? "" : section.slice(0, section.indexOf("\n"));
      return [title, [...section.matchAll(/^```\n([\s\S]*?)^```/gm)].map(([, block]) => block!)] as const;
    }),
);

/** A block's lines, for the processor of this machine, without what builds the checkout. */
function lines(section: string, number: number): string {
  return blocks
    .get(section)!
    [number]!.replaceAll("x64", arch)
    .replaceAll("amd64", debName(source, arch).replace(/.*_|\.deb/g, ""))
    .replace(/^npm ci && /gm, "")
    .replace(/npm run (build|bundle)(?: && )?/g, "")
    .replace("npm pack", "npm pack --silent --ignore-scripts > /dev/null")
    .replace(/^npm (?!pack)/gm, "npm --silent ");
}

let downloads: string;

beforeAll(async () => {
  downloads = mkdtempSync(join(tmpdir(), "downloads-"));
  const scripts = await executableScripts();
  const program = join(downloads, "program");
  writeExecutable(arch, scripts, program);
  writeDeb(
    source,
    { program, arch, notices: executableNotices(scripts, arch) },
    join(downloads, debName(source, arch)),
    0,
  );
  const packed = join(downloads, `regfsck-${source.version}-linux-${arch}`);
  cpSync(program, packed);
  execFileSync("xz", ["-0", "-T2", packed]);
  rmSync(program);
  mkdirSync(join(downloads, "dist"));
  await bundle(join(downloads, "dist/regfsck.mjs"));
  const sums = execFileSync("sh", ["-c", "sha256sum *.xz *.deb"], { cwd: downloads, encoding: "utf8" });
  writeFileSync(join(downloads, "SHA256SUMS"), `${sums}${"0".repeat(64)}  another file of the release\n`);
});
afterAll(() => rmSync(downloads, { recursive: true }));

/** The program must work from /, as another user too. */
const TRY = `
cd /
regfsck --version
regfsck scan --quiet ${REPOSITORY}test-fixtures/healthy
setpriv --reuid 65534 --regid 65534 --clear-groups regfsck --version
`;
const WORKS = [source.version, source.version];
const GONE = '\n! test -e "$(command -v regfsck)" && echo gone\n';

describe("docs/install.md", () => {
  it("has all its blocks run here", () => {
    const counts = Object.fromEntries([...blocks].map(([title, found]) => [title, found.length]));
    expect(counts).toEqual({
      "": 1,
      "The executable": 1,
      Debian: 1,
      "One file": 3,
      "The manual page and the completions": 2,
      "With npm": 2,
      "From the checkout": 1,
    });
  });

  it("checks a download, and notices another", () => {
    expect(onACopy(lines("", 0), downloads)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^(\S+: OK\n){2}$/),
    });
    const changed = `echo >> ${debName(source, arch)}\n${lines("", 0)}`;
    expect(onACopy(changed, downloads).status).toBe(1);
  });

  it.each([
    ["The executable", "rm /usr/local/bin/regfsck"],
    ["Debian", "apt-get -qq purge -y regfsck > /dev/null"],
  ])("%s", (section, removal) => {
    const install = lines(section, 0).replace("apt-get install", "apt-get -qq install -y > /dev/null 2>&1");
    const { status, stdout, stderr } = onACopy(`${install}${TRY}${removal}${GONE}`, downloads);
    expect({ status, stderr, lines: stdout.trim().split("\n") }).toEqual({
      status: 0,
      stderr: "",
      lines: [source.version, ...WORKS, "gone"],
    });
  });

  it("One file", () => {
    const { status, stdout, stderr } = onACopy(
      `${lines("One file", 1)}${TRY}${lines("One file", 2)}${GONE}`,
      downloads,
    );
    expect({ status, stderr, lines: stdout.trim().split("\n") }).toEqual({
      status: 0,
      stderr: "",
      lines: [source.version, ...WORKS, "gone"],
    });
  });

  it("The manual page and the completions", () => {
    const section = "The manual page and the completions";
    const install = `${lines("One file", 1)}${lines(section, 1)}`.replaceAll(
      "dist/regfsck.mjs",
      `${downloads}/dist/regfsck.mjs`,
    );
    const check = 'realpath "$(man --where regfsck)"\ntest -s /etc/bash_completion.d/regfsck\n';
    const { status, stdout } = onACopy(`${install}${lines(section, 0)}${check}`, REPOSITORY);
    expect({ status, last: stdout.trim().split("\n").at(-1) }).toEqual({
      status: 0,
      last: "/usr/local/share/man/man1/regfsck.1",
    });
  });

  it("With npm", () => {
    const check = "test -s /usr/local/share/man/man1/regfsck.1\nnpm uninstall --silent --global regfsck";
    const all = `${lines("With npm", 0)}${lines("With npm", 1)}${TRY.replace(/setpriv.*\n/, "")}${check}${GONE}`;
    const { status, stdout } = onACopy(all, REPOSITORY);
    expect(status).toBe(0);
    expect(stdout).toContain("scan.schema.json".replace("scan", "report"));
    expect(stdout.trim().split("\n").slice(-2)).toEqual([source.version, "gone"]);
  });

  it("From the checkout", () => {
    const all = `${lines("From the checkout", 0)}${TRY.replace(/setpriv.*\n/, "")}npm rm --silent --global regfsck${GONE}`;
    const { status, stdout } = onACopy(all, REPOSITORY);
    expect({ status, last: stdout.trim().split("\n").slice(-2) }).toEqual({
      status: 0,
      last: [source.version, "gone"],
    });
  });
});
