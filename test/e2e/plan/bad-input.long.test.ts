// A script that meets a disk other than the one it was planned for, is run by halves, or has nowhere to move things:
// nothing is lost, a line says what is wrong, and the exit code is not 0.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RelinkStep, ScriptedStep } from "../../../src/recovery/steps.ts";
import { entriesBelow, lostContents } from "./files.ts";
import { copyOf, planFor, regfsck, runScript, scratch } from "./stage.ts";

/** A copy of the fixture with a plan for it. */
function planned(name: string, ...args: string[]) {
  const folder = scratch();
  const [root, script] = [copyOf(name, folder), join(folder, "fix.sh")];
  const { report } = planFor(script, ...args, root);
  const before = entriesBelow(root);
  /** What is neither in the root nor in the quarantine, of what was there when the test says so. */
  const lost = (from = before) =>
    lostContents(from, [...entriesBelow(root), ...entriesBelow(`${script}.quarantine/moved`)]);
  return { folder, root, script, steps: report.steps, before, lost };
}

function only<Kind extends ScriptedStep["kind"]>(steps: readonly { kind: string }[], kind: Kind) {
  const found = steps.find((step) => step.kind === kind);
  if (!found) throw new Error(`no step ${kind}`);
  return found as Extract<ScriptedStep, { kind: Kind }>;
}

const refused = (text: string) => expect.stringMatching(new RegExp(`^refused  \\d+  .*${text}\n`));

describe("a script for a root that changed since", () => {
  it.each([
    [
      "something else is linked there",
      (_: string, link: string) => put(link, `sha256:${"0".repeat(64)}`),
      "something is there now",
    ],
    [
      "a folder is where the link belongs",
      (_: string, link: string) => mkdirSync(link, { recursive: true }),
      "something is there now",
    ],
    ["the blob is gone", (data: string) => rmSync(data), "not as planned"],
    [
      "the blob has other content",
      (data: string) => writeFileSync(data, "x".repeat(readFileSync(data).length)),
      "not hash to its digest",
    ],
  ])("writes no link when %s", (_, change, words) => {
    const { root, script, steps } = planned("unlinked-child");
    const { blob, path } = only(steps, "relink") as RelinkStep;
    change(join(root, blob.path), join(root, path));
    const changed = entriesBelow(root);
    for (const args of [[], ["--apply"]]) {
      expect(runScript(script, ...args)).toMatchObject({ status: 1, stderr: refused(words) });
    }
    expect(entriesBelow(root)).toEqual(changed);
  });

  it("moves no link away that leads to something, or elsewhere than it did", () => {
    const { root, script, steps } = planned("orphan-layer-link");
    const { path } = only(steps, "clean");
    writeFileSync(join(root, path), `sha256:${"0".repeat(64)}`);
    const changed = entriesBelow(root);
    expect(runScript(script, "--apply")).toMatchObject({ status: 1, stderr: refused("does not hold what it held") });
    expect(entriesBelow(root)).toEqual(changed);
  });

  it("leaves a blob alone that was pushed again in the meantime", () => {
    const { root, script, steps } = planned("digest-mismatch");
    const { path } = only(steps, "clean");
    copyOf("small", join(root, ".."), "small");
    writeFileSync(join(root, path), readFileSync(join(root, "../small", path)));
    const changed = entriesBelow(root);
    expect(runScript(script, "--apply")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("0 done, 1 in order"),
    });
    expect(entriesBelow(root)).toEqual(changed);
  });

  it("copies nothing that no longer hashes right where it comes from", () => {
    const folder = scratch();
    const [root, script] = [copyOf("missing-blob", folder), join(folder, "fix.sh")];
    const donor = copyOf("small", folder);
    const { report } = planFor(script, folder);
    const { path } = only(report.steps, "copy");
    writeFileSync(join(donor, path), "x".repeat(readFileSync(join(donor, path)).length));
    expect(runScript(script, "--apply")).toMatchObject({ status: 1, stderr: refused("not hash to its digest") });
    expect(existsSync(join(root, path))).toBe(false);
  });

  it("stops before anything where the root is gone", () => {
    const { root, script } = planned("incident");
    renameSync(root, `${root}.away`);
    expect(runScript(script, "--apply")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^stopped, .*mounted\?\n$/),
    });
    expect(existsSync(`${script}.quarantine`)).toBe(false);
  });
});

describe("a quarantine that cannot hold things", () => {
  it("stops the script where it is a file", () => {
    const { root, script, before } = planned("incident");
    writeFileSync(`${script}.quarantine`, "");
    expect(runScript(script, "--apply")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("stopped, nothing was changed"),
    });
    expect(entriesBelow(root)).toEqual(before);
  });

  it("leaves everything in its place where its log cannot be written any more", () => {
    const { root, script, before } = planned("incident");
    mkdirSync(`${quarantineOf(script)}/changes.log`);
    const { status, stderr } = runScript(script, "--apply");
    expect([status, stderr]).toEqual([2, expect.stringContaining("cannot be written to")]);
    expect(entriesBelow(root)).toEqual(before);
  });

  it("leaves what it cannot take where it is full: it is refused step by step", () => {
    const { root, script, before, lost } = planned("incident");
    // The log fits, the folders for what is moved do not: a file stands where they belong.
    writeFileSync(`${quarantineOf(script)}/moved`, "");
    const { status, stderr } = runScript(script, "--apply");
    expect([status, stderr.match(/^refused .*it could not be moved$/gm)?.length]).toEqual([1, 37]);
    expect(entriesBelow(root)).toEqual(before);
    expect(lost()).toEqual([]);
  });

  it.each([
    ["inside the storage", (root: string) => join(root, "docker/registry/v2/blobs/away")],
    ["above it", (root: string) => dirname(root)],
    ["behind a symbolic link into it", (root: string) => join(root, "../way/away")],
    [
      "in it after ..",
      (root: string) => `${root}/../none/../${root.slice(root.lastIndexOf("/") + 1)}/docker/registry/v2/x`,
    ],
  ])("is refused %s", (_, place) => {
    const { root, script, before } = planned("incident");
    symlinkSync(join(root, "docker/registry/v2"), join(root, "../way"));
    const { status, stderr } = runScript(script, "--apply", "--quarantine", place(root));
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^stopped, nothing was changed: /)]);
    expect(entriesBelow(root)).toEqual(before);
  });
});

describe("a script that is run by halves", () => {
  it("goes on where it was killed, and loses nothing", async () => {
    const { root, script, lost } = planned("incident");
    const child = spawn("sh", [script, "--as-root", "--apply"], { stdio: ["ignore", "pipe", "inherit"] });
    let steps = 0;
    child.stdout.on("data", (text: Buffer) => {
      steps += text.toString().split("\n").length - 1;
      if (steps >= 3) child.kill("SIGKILL");
    });
    const signal = await new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
    expect(signal).toBe("SIGKILL");
    expect(lost()).toEqual([]);
    const again = runScript(script, "--apply");
    expect([again.status, again.stdout.split("\n").at(-2)]).toEqual([0, expect.stringMatching(/, 0 refused$/)]);
    expect(lost()).toEqual([]);
    expect(planFor(`${script}.next`, root).report.script).toBeNull();
  });

  it("says so when it is told to stop", async () => {
    const { script, lost } = planned("incident");
    const child = spawn("sh", [script, "--as-root", "--apply"], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      said += text;
    });
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect([code, said]).toEqual([
      3,
      expect.stringMatching(/^interrupted by TERM at step \d+; run it again to go on\n$/),
    ]);
    expect(lost()).toEqual([]);
  });

  it("writes over what a killed run left half written", () => {
    const { root, script, steps } = planned("unlinked-child");
    const { path, content } = only(steps, "relink");
    const left = join(root, dirname(path), `.regfsck-${planOf(script)}-1-aB3dE6`);
    mkdirSync(left, { mode: 0o700, recursive: true });
    writeFileSync(join(left, "new"), "sha256:half");
    expect(runScript(script, "--apply").status).toBe(0);
    expect(readFileSync(join(root, path), "utf8")).toBe(content);
    expect(existsSync(left)).toBe(false);
  });

  it("can be undone with its log, the last line first", () => {
    const { root, script, before } = planned("digest-mismatch");
    expect(runScript(script, "--apply").status).toBe(0);
    expect(entriesBelow(root)).not.toEqual(before);
    const log = readFileSync(`${script}.quarantine/changes.log`, "utf8").trimEnd().split("\n");
    const undo = log.filter((line) => !line.startsWith("#")).reverse();
    expect(spawnSync("sh", ["-euc", undo.join("\n")]).status).toBe(0);
    expect(entriesBelow(root)).toEqual(before);
  });
});

describe("odd names", () => {
  it("are names in the script, and nothing else", () => {
    const folder = join(scratch(), "it's $(touch pwned) `touch pwned`\n; touch pwned #");
    mkdirSync(folder);
    const root = copyOf("unlinked-child", folder, "-n 'a' \"b\"");
    for (const name of ["$(touch pwned)", "a'b\"c\n;touch pwned", "-rf", "*"]) {
      put(join(root, "docker/registry/v2/repositories", name, "_layers/x"), "stray");
    }
    const script = join(folder, "-fix it's.sh");
    const { report } = planFor(script, root);
    const before = entriesBelow(root);
    expect(report.summary.relink).toBe(1);
    const options = { cwd: folder, encoding: "utf8" } as const;
    for (const args of [[], ["--apply"], ["--apply"]]) {
      expect(spawnSync("sh", [script, "--as-root", ...args], options)).toMatchObject({ status: 0, stderr: "" });
    }
    expect(entriesBelow(folder).filter(({ path }) => path.endsWith("/pwned"))).toEqual([]);
    expect(lostContents(before, entriesBelow(folder))).toEqual([]);
    expect(planFor(`${script}.next`, root)).toMatchObject({ status: 0, report: { script: null } });
  });
});

describe("--script and --quarantine", () => {
  it("are refused inside a root, through symbolic links too", () => {
    const folder = scratch();
    const root = copyOf("incident", folder);
    symlinkSync(join(root, "docker"), join(folder, "way"));
    symlinkSync(join(root, "README.md"), join(folder, "link.sh"));
    const before = entriesBelow(root);
    for (const place of [join(root, "fix.sh"), join(folder, "way/fix.sh"), join(folder, "link.sh")]) {
      expect(regfsck("plan", "--script", place, root)).toMatchObject({
        status: 16,
        stderr: expect.stringContaining("inside the storage root"),
      });
    }
    const quarantine = ["--quarantine", join(folder, "way/away")];
    expect(regfsck("plan", "--script", join(folder, "fix.sh"), ...quarantine, root).status).toBe(16);
    expect(regfsck("plan", ...quarantine, root).status).toBe(16);
    expect(entriesBelow(root)).toEqual(before);
    expect(existsSync(join(folder, "fix.sh"))).toBe(false);
  });

  it("that cannot be written make the plan incomplete", () => {
    const folder = scratch();
    const root = copyOf("unlinked-child", folder);
    const script = join(folder, "fix.sh");
    mkdirSync(script);
    const { status, stderr, report } = planFor(script, root);
    expect([status, report.script]).toEqual([12, null]);
    expect(stderr).toMatch(/^regfsck: --script .*\n$/);
  });
});

function planOf(script: string): string {
  return /^plan=(\w+)$/m.exec(readFileSync(script, "utf8"))![1]!;
}

/** The script's quarantine, as an earlier run of it made it. */
function quarantineOf(script: string): string {
  const quarantine = `${script}.quarantine`;
  mkdirSync(quarantine, { mode: 0o700 });
  writeFileSync(join(quarantine, "plan"), `${planOf(script)}\n`);
  return quarantine;
}

function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
