// What becomes of the files of earlier runs where a run cannot write its own.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { filesBelow } from "../../scripts/fixtures/storage.ts";
import { PROGRAM, run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const root = fileURLToPath(new URL("../../test-fixtures/small", import.meta.url));

describe.each(["scan", "gate"])("the files of %s", (command) => {
  const names = ["state.json", "metrics.prom", "report.json"];
  const options = (folder: string) =>
    ["--state", "--metrics", "--report"].flatMap((option, index) => [option, join(folder, names[index]!)]);

  /** A folder with the files of a run, and a look at them. */
  function ranIn(): { folder: string; texts: () => string[] } {
    const folder = temporaryFolder();
    expect(run(command, "--quiet", ...options(folder), root)).toEqual({ code: 0, stdout: "", stderr: "" });
    return { folder, texts: () => names.map((name) => readFileSync(join(folder, name), "utf8")) };
  }

  it("stay as they were in a folder that may not be written to: 8, and a line for each", async () => {
    const { folder, texts } = ranIn();
    const before = texts();
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));
    const { code, stderr } = run(command, "--quiet", ...options(folder), root);
    expect(code).toBe(8);
    for (const option of ["state", "metrics", "report"])
      expect(stderr).toMatch(new RegExp(`^regfsck: --${option} .*EACCES`, "m"));
    expect(texts()).toEqual(before);
    expect((await filesBelow(folder)).sort()).toEqual([...names].sort());
  });

  it("stay as they were on a disk that is full: 8", async () => {
    const { folder, texts } = ranIn();
    const before = texts();
    const args = [process.execPath, PROGRAM, command, "--quiet", ...options(folder), root];
    const { status, stderr } = spawnSync("bash", ["-c", 'ulimit -f 0; exec "$@"', "bash", ...args], {
      encoding: "utf8",
    });
    expect(status).toBe(8);
    expect(stderr.match(/EFBIG/g)).toHaveLength(3);
    expect(texts()).toEqual(before);
    expect((await filesBelow(folder)).sort()).toEqual([...names].sort());
  });

  it("are not written over where the state is none: 8", () => {
    const { folder, texts } = ranIn();
    writeFileSync(join(folder, "state.json"), "{}");
    const { code, stdout, stderr } = run(command, "--quiet", ...options(folder), root);
    expect(code).toBe(8);
    expect(stdout + stderr).toMatch(/state\.json: [\s\S]*delete (it|the\s+file) to start afresh/);
    expect(texts()[0]).toBe("{}");
  });

  it("are written by nobody in a dry run", async () => {
    const folder = temporaryFolder();
    expect(run(command, "--dry-run", ...options(folder), root).code).toBe(0);
    expect(await filesBelow(folder)).toEqual([]);
  });
});
