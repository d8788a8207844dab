// Makes the Debian packages: the executable with all that a machine wants beside it, each file where Debian has such files.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ROOT } from "../../package/esbuild.ts";
import { shareFiles } from "../../package/share.ts";
import type { Arch } from "../executable/node.ts";
import { dateEnvironment, type Source } from "../source.ts";
import { changelog, control, copyright, DEBIAN_NAMES, debianVersion } from "./texts.ts";

/** Where the files of dist/share go. */
const SHARE: Readonly<Record<string, string>> = {
  "man/man1/regfsck.1": "usr/share/man/man1/regfsck.1.gz",
  "bash-completion/completions/regfsck": "usr/share/bash-completion/completions/regfsck",
  "zsh/site-functions/_regfsck": "usr/share/zsh/vendor-completions/_regfsck",
  "fish/vendor_completions.d/regfsck.fish": "usr/share/fish/vendor_completions.d/regfsck.fish",
};
/** Level 6 takes twice the time for a tenth less. */
export const XZ_LEVEL = 3;
const DOC = "usr/share/doc/regfsck";
const PARTS = fileURLToPath(new URL(".", import.meta.url));

export interface DebFrom {
  /** The executable. */
  readonly program: string;
  readonly arch: Arch;
  /** The licences of all that is in it. */
  readonly notices: string;
}

export function debName({ version }: Source, arch: Arch): string {
  return `regfsck_${debianVersion(version)}_${DEBIAN_NAMES[arch]}.deb`;
}

/** Writes the package to `file`, packed as hard as a level of xz has it. */
export function writeDeb(source: Source, { program, arch, notices }: DebFrom, file: string, level = XZ_LEVEL): void {
  const tree = mkdtempSync(join(tmpdir(), "deb-"));
  try {
    lay(tree, files(source, notices));
    mkdirSync(join(tree, "usr/bin"));
    cpSync(program, join(tree, "usr/bin/regfsck"));
    mkdirSync(join(tree, "var/lib/regfsck"), { recursive: true });
    layControl(tree, source, DEBIAN_NAMES[arch]);
    // Modes as Debian has them, whatever the umask is here.
    execFileSync("chmod", ["-R", "u=rwX,go=rX", tree]);
    execFileSync("chmod", ["750", join(tree, "var/lib/regfsck")]);
    const options = ["--root-owner-group", "-Zxz", `-z${level}`, "--build"];
    execFileSync("dpkg-deb", [...options, tree, file], { env: dateEnvironment(source), stdio: "pipe" });
  } finally {
    rmSync(tree, { recursive: true });
  }
}

type Content = string | Buffer;

/** By path: everything but the program. */
function files(source: Source, notices: string): Record<string, Content> {
  const found: Record<string, Content> = {
    "etc/regfsck.yaml": part("regfsck.yaml"),
    "usr/share/lintian/overrides/regfsck": part("lintian-overrides"),
    [`${DOC}/copyright`]: copyright(source),
    [`${DOC}/NOTICES.gz`]: packed(notices),
    [`${DOC}/changelog.gz`]: packed(page("CHANGELOG.md")),
    [`${DOC}/changelog.Debian.gz`]: packed(changelog(source)),
    [`${DOC}/configuration.md.gz`]: packed(page("docs/configuration.md")),
  };
  for (const [name, text] of Object.entries(shareFiles(source.version, source.date.toISOString().slice(0, 10)))) {
    found[SHARE[name]!] = SHARE[name]!.endsWith(".gz") ? packed(text) : text;
  }
  for (const name of readdirSync(join(ROOT, "docs/systemd"))) {
    found[`usr/lib/systemd/system/${name}`] = debianUnit(page(`docs/systemd/${name}`));
  }
  for (const folder of ["cron", "alerts"]) {
    for (const name of readdirSync(join(ROOT, "docs", folder))) {
      found[`${DOC}/examples/${folder}/${name}`] = page(`docs/${folder}/${name}`);
    }
  }
  return found;
}

/** In the unit of the scan, as in docs/systemd: what /etc/regfsck.yaml says on a machine that has one. */
const SAID_BY_CONFIGURATION = [
  " --metrics /var/lib/prometheus/node-exporter/regfsck.prom /opt/registry/data",
  "ReadOnlyPaths=-/opt/registry/data\n",
];

/**
 * What Debian installs is in /usr; /usr/local is for what the machine's administrator puts there. Where the roots are, and
 * whether there is a node_exporter, the configuration says once for the unit and for whoever types a command.
 */
function debianUnit(unit: string): string {
  const debian = unit.replaceAll("/usr/local/bin/regfsck", "/usr/bin/regfsck");
  return SAID_BY_CONFIGURATION.reduce((text, said) => text.replace(said, ""), debian);
}

/** As `gzip -9n` does it. */
function packed(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

function page(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function part(name: string): string {
  return readFileSync(join(PARTS, name), "utf8");
}

function lay(tree: string, contents: Readonly<Record<string, Content>>): void {
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
}

function layControl(tree: string, source: Source, architecture: string): void {
  const all = readdirSync(tree, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(tree, path)).isFile())
    .sort();
  const md5 = (path: string) =>
    createHash("md5")
      .update(readFileSync(join(tree, path)))
      .digest("hex");
  const size = all.reduce((sum, path) => sum + Math.ceil(statSync(join(tree, path)).size / 1024), 0);
  lay(join(tree, "DEBIAN"), {
    control: control(source, architecture, size),
    conffiles: "/etc/regfsck.yaml\n",
    md5sums: all.map((path) => `${md5(path)}  ${path}\n`).join(""),
  });
  for (const name of ["postinst", "prerm", "postrm"]) cpSync(join(PARTS, name), join(tree, "DEBIAN", name));
}
