// What a quiet run prints that has very much to say.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { digestOf } from "../worlds/world.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));

const withoutDuration = (text: string) => text.replace(/^Took .*$/m, "Took a while.");

describe("a quiet run over a thousand broken images", () => {
  const lines = (text: string) => text.split("\n").slice(0, -1);
  const loud: Record<string, string> = {};
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "regfsck-"));
    mkdirSync(join(root, "docker/registry/v2/blobs"), { recursive: true });
    for (let i = 0; i < 1000; i++) {
      const repository = join(root, repositoriesPath, `team/app-${i % 250}`);
      mkdirSync(join(repository, "_layers"), { recursive: true });
      mkdirSync(join(repository, `_manifests/tags/${i}/current`), { recursive: true });
      writeFileSync(join(repository, `_manifests/tags/${i}/current/link`), digestOf(`gone ${i}`));
      mkdirSync(join(repository, "_manifests/revisions"), { recursive: true });
    }
    for (const command of ["scan", "gate", "plan"]) loud[command] = run(command, root).stdout;
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(["scan", "gate", "plan"])("%s prints 50 lines at most, the first of all", (command) => {
    const { code, stdout, stderr } = run(command, "--quiet", root);
    const printed = lines(stdout);
    const next = lines(loud[command]!).filter((line) => line.startsWith("Next: "));
    const first = withoutDuration(loud[command]!)
      .split("\n")
      .slice(0, printed.length - 3 - 2 * next.length);
    expect(lines(loud[command]!).length).toBeGreaterThan(50);
    expect(code).toBe(4);
    expect(lines(withoutDuration(stdout)).slice(0, first.length)).toEqual(first);
    // What to do next is not cut off.
    expect(printed).toEqual(expect.arrayContaining(next));
    expect(printed.at(-1)).toMatch(/^… and \d+ more lines\. Without --quiet all is printed; --report FILE keeps it\.$/);
    expect(printed.length + lines(stderr).length).toBeLessThanOrEqual(50);
  });

  it("says where the full report is, unless it could not be written", () => {
    const report = join(temporaryFolder(), "report.json");
    expect(lines(run("scan", "--quiet", "--report", report, root).stdout).at(-1)).toMatch(
      new RegExp(`^… and \\d+ more lines\\. The full report: ${report}$`),
    );
    expect(JSON.parse(readFileSync(report, "utf8")).findings).toHaveLength(1000);
    const small = run("scan", "--quiet", "--report", report, fixture("unlinked-child"));
    expect(lines(small.stdout).slice(-2)).toEqual(["", `The full report: ${report}`]);
    const full = run("scan", "--quiet", "--report", "/dev/full", root);
    expect(full.stderr).toMatch(/^regfsck: --report \/dev\/full: ENOSPC/);
    expect(full.stdout).not.toContain("/dev/full");
    expect(full.code).toBe(12);
  });

  it("gives a program all the JSON that it asks for", () => {
    expect(JSON.parse(run("scan", "--quiet", "--format", "json", root).stdout).findings).toHaveLength(1000);
  });
});
