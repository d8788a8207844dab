// The script before shellcheck, and under every shell that it is promised for.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { blobData, STORAGE } from "../../src/layout/paths.ts";
import { digestOf, linkAt, Stage, stepOf } from "./script-stage.ts";

const parts = fileURLToPath(new URL("../../src/recovery/script", import.meta.url));
const SHELLS = [["dash"], ["busybox", "sh"], ["mksh"], ["bash", "--posix"]];
const ODD = "a b\n'$(touch pwned)\u001b[1m\\0101";

function shellcheck(...files: string[]) {
  const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", ...files], { encoding: "utf8" });
  return [status, stdout];
}

/** A root that wants every kind of step, each planned. */
function damaged() {
  const stage = new Stage();
  const donor = new Stage(join(stage.folder, "donor"));
  const copied = donor.putBlob("copied");
  const [linked, spoiled] = [stage.putBlob("linked"), stage.putBlob("spoiled")];
  const [orphan, corrupt] = [digestOf("orphan"), digestOf("corrupt")];
  stage.put(linkAt(spoiled), "garbage");
  stage.put(linkAt(orphan), orphan);
  stage.put(blobData(corrupt), "CORRUPT");
  stage.put(`${STORAGE}/repositories/${ODD}/_layers`, "in the way");
  const relink = (digest: string, size: number, before: string) => {
    const blob = { path: blobData(digest), size, hash: true };
    return stepOf({ kind: "relink", repository: "app", path: linkAt(digest), content: digest, before, blob });
  };
  mkdirSync(dirname(stage.at(linkAt(linked))), { recursive: true });
  const layers = `${STORAGE}/repositories/${ODD}/_layers`;
  const text = stage.plan(
    [
      stepOf({ kind: "clean", path: linkAt(orphan), reason: "orphan-link", content: orphan }),
      stepOf({ kind: "clean", path: blobData(corrupt), reason: "corrupt-blob", digest: corrupt }),
      stepOf({ kind: "clean", path: layers, reason: "unexpected-file" }),
      stepOf({ kind: "copy", digest: copied, path: blobData(copied), size: 6, from: "d" }),
      stepOf({ kind: "folder", repository: ODD, path: layers }),
      relink(linked, 6, "absent"),
      relink(spoiled, 7, "malformed"),
      relink(copied, 6, "absent"),
    ],
    { d: donor.root },
  );
  const isFixed = () =>
    [linked, spoiled, copied].every(
      (digest) => existsSync(stage.at(linkAt(digest))) && stage.read(linkAt(digest)) === digest,
    ) &&
    readdirSync(stage.at(layers)).length === 0 &&
    [linkAt(orphan), blobData(corrupt)].every((path) => !existsSync(stage.at(path)));
  return { stage, text, isFixed };
}

describe("the script", () => {
  it("has parts that shellcheck finds nothing in", () => {
    const files = readdirSync(parts).map((name) => join(parts, name));
    expect(files.length).toBeGreaterThan(6);
    expect(shellcheck(...files)).toEqual([0, ""]);
  });

  it("is as clean when it is put together", () => {
    const { stage } = damaged();
    expect(shellcheck(stage.script)).toEqual([0, ""]);
  });

  it.each(SHELLS.map((shell) => [shell.join(" "), shell]))("does every kind of step, once, in %s", (_, shell) => {
    const { stage, isFixed } = damaged();
    const counts = (words: string) => ({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining(`${words}, 0 refused`),
    });
    expect(stage.run([], { shell })).toMatchObject(counts("8 to do, 0 in order already"));
    expect(existsSync(stage.quarantine)).toBe(false);
    expect(stage.run(["--apply"], { shell })).toMatchObject(counts("8 done, 0 in order already"));
    expect(isFixed()).toBe(true);
    expect(stage.moved()).toEqual(["1", "2", "3", "7"].sort());
    expect(readFileSync(join(stage.quarantine, "changes.log"), "utf8").match(/[^\n\x20-\x7e]/g)).toBeNull();
    expect(stage.run(["--apply"], { shell })).toMatchObject(counts("0 done, 8 in order already"));
    expect(readdirSync(stage.folder)).not.toContain("pwned");
  });

  it.each(SHELLS.map((shell) => [shell.join(" "), shell]))("is kept by %s from what it must not touch", (_, shell) => {
    const { stage } = damaged();
    mkdirSync(stage.quarantine);
    expect(stage.run(["--apply"], { shell })).toMatchObject({ status: 2, stdout: "" });
    const moved = `${stage.root}/${STORAGE}/repositories/app`;
    spawnSync("mv", [moved, join(stage.folder, "outside")]);
    spawnSync("ln", ["-s", join(stage.folder, "outside"), moved]);
    const { status, stderr } = stage.run(["--apply", "--quarantine", join(stage.folder, "q")], { shell });
    expect(status).toBe(1);
    expect(stderr.match(/a symbolic link leads there$/gm)).toHaveLength(4);
  });
});
