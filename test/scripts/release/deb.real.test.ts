// The Debian package: what is in it, that it is well-formed, and what installing, upgrading, removing and purging it does, on a
// copy of this machine that forgets everything.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debName, writeDeb } from "../../../scripts/release/deb/deb.ts";
import { executableNotices, writeExecutable } from "../../../scripts/release/executable/executable.ts";
import type { Arch } from "../../../scripts/release/executable/node.ts";
import { executableScripts } from "../../../scripts/release/executable/scripts.ts";
import { readSource, type Source } from "../../../scripts/release/source.ts";
import { parseConfig } from "../../../src/contract/config-file.ts";
import { REPOSITORY, textOf } from "../../docs/pages.ts";
import { onACopy } from "../../worlds/machine-copy.ts";

const arch = process.arch as Arch;
const parts = fileURLToPath(new URL("../../../scripts/release/deb", import.meta.url));
const source = readSource();
const next: Source = { ...source, version: `${source.version}+next` };

let folder: string;
let deb: string;
let from: Parameters<typeof writeDeb>[1];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "deb-"));
  const scripts = await executableScripts();
  from = { program: join(folder, "program"), arch, notices: executableNotices(scripts, arch) };
  writeExecutable(arch, scripts, from.program);
  deb = join(folder, debName(source, arch));
  writeDeb(source, from, deb, 0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { encoding: "utf8" }).trimEnd().split("\n");

describe("the package", () => {
  it("has each file where Debian looks for it", () => {
    const entries = lines("dpkg-deb", "--contents", deb).map((line) => line.split(/\s+/));
    const files = entries.filter(([mode]) => mode!.startsWith("-")).map((fields) => fields.at(-1)!.slice(2));
    expect(files).toEqual(
      expect.arrayContaining([
        "etc/regfsck.yaml",
        "usr/bin/regfsck",
        "usr/lib/systemd/system/regfsck-scan.service",
        "usr/lib/systemd/system/regfsck-scan.timer",
        "usr/share/bash-completion/completions/regfsck",
        "usr/share/doc/regfsck/NOTICES.gz",
        "usr/share/fish/vendor_completions.d/regfsck.fish",
        "usr/share/man/man1/regfsck.1.gz",
        "usr/share/zsh/vendor-completions/_regfsck",
      ]),
    );
    expect(entries.every(([, owner]) => owner === "root/root")).toBe(true);
    expect(entries.filter(([mode]) => !/^(d|-rw-r--r--|-rwxr-xr-x)/.test(mode!))).toEqual([]);
  });

  it("is clean for lintian, hints included", () => {
    const { status, stdout, stderr } = spawnSync(
      "lintian",
      ["--allow-root", "--display-info", "--pedantic", "--fail-on", "error,warning,info,pedantic", deb],
      { encoding: "utf8" },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("is made of the same bytes each time", () => {
    const again = join(folder, "again.deb");
    writeDeb(source, from, again, 0);
    expect(readFileSync(again).equals(readFileSync(deb))).toBe(true);
  });

  it("asks for the libraries whose symbols the program wants", () => {
    const versions = lines("readelf", "--wide", "--version-info", from.program).join("\n");
    const newest = (prefix: string) =>
      [...new Set([...versions.matchAll(new RegExp(`Name: ${prefix}_([0-9.]+)`, "g"))].map(([, version]) => version!))]
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .at(-1);
    expect(newest("GLIBC")).toBe("2.28");
    // libstdc++ 5.2.
    expect(newest("GLIBCXX")).toBe("3.4.21");
    expect(lines("dpkg-deb", "--field", deb, "Depends")).toEqual([
      "libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2)",
    ]);
  });

  it("has a configuration that sets nothing, and whose every line is right once it is set", () => {
    const text = readFileSync(join(parts, "regfsck.yaml"), "utf8");
    expect(text.split("\n").filter((line) => !/^(#.*)?$/.test(line))).toEqual([]);
    const set = text.replace(/^#(?! )/gm, "").replace(/^# {2}/gm, "  ");
    const shown = /```yaml\n([\s\S]*?)```/.exec(textOf("docs/configuration.md"))![1]!;
    expect(Object.keys(parseConfig(set, "regfsck.yaml"))).toEqual(Object.keys(parseConfig(shown, "regfsck.yaml")));
  });

  it("has scripts that are sound for any shell", () => {
    const scripts = ["postinst", "prerm", "postrm"].map((name) => join(parts, name));
    expect(spawnSync("shellcheck", scripts, { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "" });
  });
});

describe("on a machine", () => {
  it("installs, runs, upgrades, keeps what was changed, removes and purges", () => {
    const newer = join(folder, debName(next, arch));
    writeDeb(next, from, newer, 0);
    const { status, stdout, stderr } = onACopy(`
      quiet() { "$@" > /tmp/said 2>&1 || { cat /tmp/said; exit 1; }; }
      quiet dpkg --install ${deb}
      quiet dpkg --verify regfsck
      echo "installed: $(regfsck --version), $(stat --format %a:%U /var/lib/regfsck), $(command -v regfsck)"
      regfsck scan --quiet ${REPOSITORY}/test-fixtures/healthy; echo "healthy: $?"
      regfsck scan ${REPOSITORY}/test-fixtures/incident > /var/lib/regfsck/report || echo "incident: $?"
      test ! -e /etc/systemd/system/timers.target.wants/regfsck-scan.timer && echo "timers off"
      systemd-analyze verify --man=no /usr/lib/systemd/system/regfsck-scan.service /usr/lib/systemd/system/regfsck-collect.service && echo "units right"
      nightly=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/regfsck-scan.service)
      $nightly || echo "no roots: $?"
      printf 'roots:\\n  - path: ${REPOSITORY}/test-fixtures/incident\\n' >> /etc/regfsck.yaml
      $nightly > /tmp/said || echo "nightly: $?"
      cd /var/lib/regfsck && ls scan*
      echo "fail-on: never" >> /etc/regfsck.yaml
      mkdir -p /etc/systemd/system/timers.target.wants
      ln -s /usr/lib/systemd/system/regfsck-scan.timer /etc/systemd/system/timers.target.wants/
      quiet dpkg --install ${newer}
      echo "upgraded: $(dpkg-query --show --showformat '\${Version}' regfsck)"
      tail -n 1 /etc/regfsck.yaml
      regfsck scan --quiet ${REPOSITORY}/test-fixtures/incident; echo "as configured: $?"
      quiet dpkg --remove regfsck
      ls /usr/bin/regfsck 2> /dev/null || echo "removed"
      ls /etc/regfsck.yaml /var/lib/regfsck/report
      quiet dpkg --purge regfsck
      find /etc /var/lib /usr/share /usr/lib/systemd -name '*regfsck*' -not -path '/var/lib/dpkg/*'
      echo "purged"
    `);
    const asked = "regfsck: give a storage root (regfsck --help has examples) or a configuration file with roots\n";
    expect({ status, stderr }).toEqual({ status: 0, stderr: asked });
    expect(stdout.split("\n")).toEqual([
      `installed: ${source.version}, 750:root, /usr/bin/regfsck`,
      "healthy: 0",
      "incident: 4",
      "timers off",
      "units right",
      "no roots: 16",
      "nightly: 4",
      "scan-report.json",
      "scan.json",
      `upgraded: ${next.version}-1`,
      "fail-on: never",
      "as configured: 0",
      "removed",
      "/etc/regfsck.yaml",
      "/var/lib/regfsck/report",
      "purged",
      "",
    ]);
  });
});
