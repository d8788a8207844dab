// Tries a release on bare machines without Node.js: the executable and the Debian package of this processor, on each release of
// Debian that is asked for. Needs root, debootstrap and the network.
//   npm run release && npm run build && npx tsx scripts/try-release.ts
//   npx tsx scripts/try-release.ts ../elsewhere bookworm
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { builtProgram, copyFixtures, differences, type Outputs, outputsOf } from "./nodes/outputs.ts";
import { debName } from "./release/deb/deb.ts";
import type { Arch } from "./release/executable/node.ts";
import { readSource } from "./release/source.ts";
import { BareMachine } from "./release/trial/bare-machine.ts";
import { changeSteps, executableSteps, type Files, installSteps, type Step } from "./release/trial/steps.ts";

/** What is compared with the built program, by each of the fixtures. */
const COMPARED = { commands: ["scan", "gate", "gate -m"], formats: ["text"] };

const [given, ...named] = process.argv.slice(2);
const release = resolve(given ?? fileURLToPath(new URL("../release", import.meta.url)));
const suites = named.length > 0 ? named : ["bookworm", "trixie"];
const arch = process.arch as Arch;
const source = readSource();
const work = mkdtempSync(join(tmpdir(), "try-release-"));
const roots = copyFixtures();
let failures = 0;

function tell(suite: string, what: string, passed: boolean, said: string): void {
  process.stdout.write(`${suite}: ${what}: ${passed ? "yes" : `NO\n${said}`}\n`);
  if (!passed) failures += 1;
}

function carryOut(machine: BareMachine, suite: string, steps: readonly Step[]): void {
  for (const { name, lines, expected } of steps) {
    const { code, said } = machine.run(lines);
    tell(suite, name, code === 0 && expected.test(said), `exit ${code}: ${said.slice(0, 2000)}`);
  }
}

async function compare(
  machine: BareMachine,
  suite: string,
  what: string,
  path: string,
  expected: Outputs,
): Promise<void> {
  const found = differences(expected, await outputsOf(machine.program(path, roots), roots, COMPARED));
  const name = `${what}: ${expected.size} runs over the fixtures print and exit as the built program does`;
  tell(suite, name, found.length === 0, found.join("\n"));
}

/** The same package as of a later version. */
function newerPackage(deb: string): string {
  const [tree, newer] = [join(work, "tree"), join(work, "newer.deb")];
  execFileSync("dpkg-deb", ["--raw-extract", deb, tree]);
  const control = join(tree, "DEBIAN/control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^(Version: .*)-1$/m, "$1+next-1"));
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "-z0", "--build", tree, newer], { stdio: "ignore" });
  return newer;
}

try {
  const executable = join(work, "regfsck");
  const packed = join(release, `regfsck-${source.version}-linux-${arch}.xz`);
  writeFileSync(executable, execFileSync("xz", ["--decompress", "--stdout", packed], { maxBuffer: 1 << 28 }));
  const deb = join(release, debName(source, arch));
  const newer = newerPackage(deb);
  const expected = await outputsOf(builtProgram(process.execPath), roots, COMPARED);
  for (const suite of suites) {
    const machine = new BareMachine(suite);
    try {
      machine.show(roots);
      const files: Files = {
        executable: machine.bring(executable),
        deb: machine.bring(deb),
        newerDeb: machine.bring(newer),
        version: source.version,
        fixtures: roots,
      };
      const installed = executableSteps(files);
      carryOut(machine, suite, installed.slice(0, -1));
      await compare(machine, suite, "executable", "/usr/local/bin/regfsck", expected);
      carryOut(machine, suite, installed.slice(-1));
      carryOut(machine, suite, installSteps(files));
      await compare(machine, suite, "deb", "/usr/bin/regfsck", expected);
      carryOut(machine, suite, changeSteps(files));
    } finally {
      machine.remove();
    }
  }
} finally {
  rmSync(work, { recursive: true });
  rmSync(roots, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;
