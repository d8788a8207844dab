// Content as an attack: nothing of it may be obeyed by a terminal, a shell or another program, whatever command reads it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HOSTILE_ROOTS, HostileRoot, writeHostileManifests, writeHostileNames } from "./hostile/root.ts";
import { judgeRoot, runHostile, withFolder } from "./hostile/run.ts";
import { HOSTILE_TEXTS, PROOF } from "./hostile/strings.ts";

/** MiB. The peaks that were measured are in docs/reliability.md; this leaves room for other machines. */
const MOST_MEMORY = 1_000;
const timeout = 600_000;

// scripts/hostile.ts does the same with more of everything, each command in each format. Here every third or fifth is
// run, on each root others of them: each is run on some root.
const turns = HOSTILE_ROOTS.map((root, turn) => ({ ...root, turn, step: turn < 2 ? 3 : 5 }));

it.each(turns)("obeys nothing and stays within bounds: $name", { timeout }, async ({ images, write, turn, step }) => {
  await withFolder(async (folder) => {
    const root = new HostileRoot(join(folder, "root"));
    await write(root, { depth: 300, entries: 20_000 });
    const about = { images, digests: [`sha256:${"a".repeat(64)}`, ...root.someDigests()] };
    const takes = (number: number) => number % step === turn % step;
    const { found, peak, runs } = judgeRoot(root.path, folder, about, ["text", "json", "jsonl"], { takes });
    expect(runs).toBeGreaterThan(4);
    expect(found).toEqual([]);
    expect(peak).toBeLessThan(MOST_MEMORY);
  });
});

describe("the script of a plan", () => {
  it("executes nothing of what it names, tried out and applied", { timeout }, async () => {
    await withFolder(async (folder) => {
      const root = new HostileRoot(join(folder, "root $(touch PWNED) `touch PWNED`'"));
      writeHostileManifests(root);
      writeHostileNames(root);
      const script = join(folder, "fix.sh");
      const plan = runHostile(folder, ["plan", "--script", script, root.path]);
      expect(plan.code).toBe(4);
      expect(spawnSync("sh", ["-n", script]).status).toBe(0);
      const sandbox = join(folder, "sandbox");
      mkdirSync(sandbox);
      const before = readdirSync(folder);
      for (const options of [[], ["--apply"]]) {
        const { status, stderr } = spawnSync("sh", [script, "--as-root", ...options], {
          cwd: sandbox,
          encoding: "utf8",
        });
        expect([0, 1], stderr).toContain(status);
      }
      expect(readdirSync(sandbox)).toEqual([]);
      expect(readdirSync(folder).filter((name) => !before.includes(name))).toEqual(["fix.sh.quarantine"]);
      const proofs = spawnSync("find", [folder, "-name", PROOF], { encoding: "utf8" }).stdout;
      expect(proofs).toBe("");
    });
  });
});

describe("reports", () => {
  it("hold every hostile text as it is, as data", { timeout }, async () => {
    await withFolder((folder) => {
      const root = new HostileRoot(join(folder, "root"));
      writeHostileManifests(root);
      const { stdout } = runHostile(folder, ["scan", "--format", "json", root.path]);
      const { findings } = JSON.parse(stdout) as { findings: { platform?: string }[] };
      const platforms = new Set(findings.map(({ platform }) => platform));
      for (const text of HOSTILE_TEXTS) expect(platforms, JSON.stringify(text)).toContain(`${text}/${text}/${text}`);
    });
  });
});
