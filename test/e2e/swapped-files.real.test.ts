// Root writes results into a folder that another user may write to too, while that user swaps what is there.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeWhole } from "../../src/output/whole-file.ts";
import { PROGRAM } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const fixture = fileURLToPath(new URL("../../test-fixtures/small", import.meta.url));
const SWAPS = 200;

/**
 * Puts links to root's in the place of its own file and folder, and takes them away again, as fast as it can, and prints
 * how often it did so. What it may not do, it tries again.
 */
const SWAPPER = `
const fs = require("node:fs");
const [shared, victim] = process.argv.slice(1);
process.chdir(shared);
const attempt = (call) => { try { call(); return true; } catch { return false; } };
attempt(() => fs.mkdirSync("way"));
attempt(() => fs.chmodSync("way", 0o777));
for (let swaps = 0; ; swaps++) {
  attempt(() => fs.symlinkSync(victim + "/secret", "link"));
  attempt(() => fs.renameSync("link", "report"));
  attempt(() => fs.renameSync("way", "moved"));
  attempt(() => fs.symlinkSync(victim, "way"));
  attempt(() => fs.unlinkSync("report"));
  attempt(() => fs.linkSync(victim + "/secret", "report"));
  attempt(() => fs.unlinkSync("way"));
  attempt(() => fs.renameSync("moved", "way"));
  for (const name of fs.readdirSync(".").filter((name) => name.endsWith(".tmp"))) {
    attempt(() => fs.unlinkSync(name)) && attempt(() => fs.symlinkSync(victim + "/secret", name));
  }
  fs.writeSync(1, swaps + "\\n");
}`;

function startSwapper(shared: string, victim: string): { readonly child: ChildProcess; swaps: () => number } {
  const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  const child = spawn("setpriv", [...asNobody, process.execPath, "-e", SWAPPER, shared, victim], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let swaps = 0;
  child.stdout!.on("data", (text: Buffer) => (swaps = Number(text.toString().trim().split("\n").at(-1))));
  onTestFinished(() => void child.kill());
  return { child, swaps: () => swaps };
}

describe("a folder that others swap things in", () => {
  it.each([0o777, 0o1777])("of mode %o: nothing of root's is changed, and nothing put beside it", async (mode) => {
    expect(process.getuid!(), "this is a test for root").toBe(0);
    const base = temporaryFolder();
    chmodSync(base, 0o755);
    const [shared, victim] = [join(base, "shared"), join(base, "victim")];
    for (const folder of [shared, victim]) mkdirSync(folder);
    writeFileSync(join(victim, "secret"), "secret", { mode: 0o600 });
    chmodSync(shared, mode);
    const { swaps } = startSwapper(shared, victim);
    const results = [join(shared, "report"), join(shared, "way/report")];
    let runs = 0;
    let written = 0;
    while (swaps() < SWAPS || runs < SWAPS) {
      for (const file of results) {
        await writeWhole(file, ["new"], { uid: 0, gid: 0 }).then(
          () => written++,
          () => {},
        );
      }
      runs++;
      if (runs % 50 === 0)
        spawnSync(process.execPath, [PROGRAM, "scan", "--report", results[0]!, "--state", results[1]!, fixture]);
      expect(readFileSync(join(victim, "secret"), "utf8")).toBe("secret");
      expect(readdirSync(victim)).toEqual(["secret"]);
    }
    expect(written).toBeGreaterThan(0);
  });
});
