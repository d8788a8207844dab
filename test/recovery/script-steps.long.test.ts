// The script's steps, run by a shell: each does what it is for, only where the disk is as planned, and once.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobData } from "../../src/layout/paths.ts";
import type { CleanStep, ScriptedStep } from "../../src/recovery/steps.ts";
import { digestOf, linkAt, Stage, stepOf } from "./script-stage.ts";

const said = (words: string) => ({
  status: 1,
  stderr: expect.stringMatching(new RegExp(`^refused  \\d+  .*: ${words}\n$`)),
});
const counted = (done: number, inOrder: number) => ({
  status: 0,
  stderr: "",
  stdout: expect.stringContaining(`${done} done, ${inOrder} in order already, 0 refused\n`),
});

function relinkOf(digest: string, more: object = {}): ScriptedStep {
  const blob = { path: blobData(digest), size: 4, hash: true };
  return stepOf({
    kind: "relink",
    repository: "app",
    path: linkAt(digest),
    content: digest,
    before: "absent",
    blob,
    ...more,
  });
}

function cleanOf(path: string, reason: CleanStep["reason"], more: object = {}): ScriptedStep {
  return stepOf({ kind: "clean", path, reason, ...more });
}

describe("relink", () => {
  it("writes a link with the folders that it lacks, as readable as the blob is and no more", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    chmodSync(stage.at(blobData(digest)), 0o6750);
    chmodSync(stage.at("docker/registry/v2/repositories"), 0o755);
    stage.plan([relinkOf(digest)]);
    expect(stage.run([])).toMatchObject({ status: 0, stdout: expect.stringContaining("1 to do") });
    expect(existsSync(stage.at(linkAt(digest)))).toBe(false);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(stage.read(linkAt(digest))).toBe(digest);
    expect(statSync(stage.at(linkAt(digest))).mode & 0o7777).toBe(0o640);
    expect(statSync(dirname(stage.at(linkAt(digest)))).mode & 0o7777).toBe(0o755);
    expect(readdirSync(dirname(stage.at(linkAt(digest))))).toEqual(["link"]);
    expect(stage.run()).toMatchObject(counted(0, 1));
  });

  it("puts it in the place of what is no link, which is in the quarantine then", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    stage.put(linkAt(digest), "garbage");
    stage.plan([relinkOf(digest, { before: "malformed" })]);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(stage.read(linkAt(digest))).toBe(digest);
    expect(readFileSync(join(stage.quarantine, "moved/1"), "utf8")).toBe("garbage");
  });

  it("puts folders in the place of a file that stands on the way", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    stage.put("docker/registry/v2/repositories/app/_layers", "a file");
    stage.plan([relinkOf(digest, { before: "malformed" })]);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(stage.read(linkAt(digest))).toBe(digest);
    expect(stage.run()).toMatchObject(counted(0, 1));
  });

  it.each<[string, (stage: Stage, digest: string) => void, string]>([
    ["the blob is gone", (stage, digest) => rmSync(stage.at(blobData(digest))), "its blob is not as planned"],
    ["the blob has other content", (stage, digest) => stage.put(blobData(digest), "BLOB"), "its blob does not hash .*"],
    ["something else is linked", (stage, digest) => stage.put(linkAt(digest), digestOf("x")), "something is there now"],
    [
      "a folder is there",
      (stage, digest) => mkdirSync(stage.at(linkAt(digest)), { recursive: true }),
      "something is .*",
    ],
  ])("is refused where %s since", (_, change, words) => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    stage.plan([relinkOf(digest)]);
    change(stage, digest);
    expect(stage.run([])).toMatchObject(said(words));
    expect(stage.run()).toMatchObject(said(words));
  });
});

describe("copy", () => {
  function withDonor(content = "blob") {
    const stage = new Stage();
    const donor = new Stage(join(stage.folder, "donor"));
    const digest = donor.putBlob(content);
    const copy = stepOf({
      kind: "copy",
      digest: digestOf("blob"),
      path: blobData(digestOf("blob")),
      size: 4,
      from: "d",
    });
    return { stage, donor, digest, copy };
  }

  it("brings a blob, and makes nothing of it that could run as its owner", () => {
    const { stage, donor, digest, copy } = withDonor();
    chmodSync(donor.at(blobData(digest)), 0o4755);
    stage.plan([copy], { d: donor.root });
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(stage.read(blobData(digest))).toBe("blob");
    expect(statSync(stage.at(blobData(digest))).mode & 0o7777).toBe(0o644);
    expect(stage.run()).toMatchObject(counted(0, 1));
  });

  it("is refused where the source changed since, or something else is in its place", () => {
    const { stage, donor, digest, copy } = withDonor();
    stage.plan([copy], { d: donor.root });
    donor.put(blobData(digest), "BLOB");
    expect(stage.run()).toMatchObject(said("its source does not hash to its digest"));
    mkdirSync(stage.at(blobData(digest)), { recursive: true });
    expect(stage.run()).toMatchObject(said("something else is there"));
  });
});

describe("folder", () => {
  it("makes an empty folder, once, and never in the place of something", () => {
    const stage = new Stage();
    const path = "docker/registry/v2/repositories/app/_layers";
    mkdirSync(dirname(stage.at(path)));
    stage.plan([stepOf({ kind: "folder", repository: "app", path })]);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(readdirSync(stage.at(path))).toEqual([]);
    expect(stage.run()).toMatchObject(counted(0, 1));
    rmSync(stage.at(path), { recursive: true });
    stage.put(path, "a file");
    expect(stage.run()).toMatchObject(said("something else is there"));
  });
});

describe("clean", () => {
  const path = linkAt(digestOf("gone"));
  const data = blobData(digestOf("blob"));
  const content = digestOf("gone");

  it.each<[CleanStep["reason"], string, string, object]>([
    ["malformed-link", path, "garbage", {}],
    ["useless-link", path, content, { content }],
    ["orphan-link", path, content, { content }],
    ["corrupt-blob", data, "BLOB", { digest: digestOf("blob") }],
    ["blocked-folder", "docker/registry/v2/repositories/app/_layers", "a file", {}],
    ["unexpected-file", "docker/registry/v2/repositories/_x", "a file", {}],
    ["stray-entry", "docker/registry/v2/repositories/App/_layers/x", "a file", {}],
  ])("moves away: %s", (reason, place, text, more) => {
    const stage = new Stage();
    stage.put(place, text);
    stage.plan([cleanOf(place, reason, more)]);
    expect(stage.run([])).toMatchObject({ status: 0, stdout: expect.stringContaining("1 to do") });
    expect(stage.read(place)).toBe(text);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(existsSync(stage.at(place))).toBe(false);
    expect(readFileSync(join(stage.quarantine, "moved/1"), "utf8")).toBe(text);
    expect(stage.run()).toMatchObject(counted(0, 1));
    expect(stage.moved()).toEqual(["1"]);
  });

  it("moves a folder away that is in the place of a blob's data", () => {
    const stage = new Stage();
    stage.put(`${data}/x`, "in it");
    stage.plan([cleanOf(data, "folder-for-blob")]);
    expect(stage.run()).toMatchObject(counted(1, 0));
    expect(readFileSync(join(stage.quarantine, "moved/1/x"), "utf8")).toBe("in it");
  });

  it.each<[CleanStep["reason"], string, object, string, string]>([
    ["malformed-link", path, {}, "garbage", content],
    ["corrupt-blob", data, { digest: digestOf("blob") }, "BLOB", "blob"],
  ])("leaves alone what is right by now: %s", (reason, place, more, before, now) => {
    const stage = new Stage();
    stage.put(place, before);
    stage.plan([cleanOf(place, reason, more)]);
    stage.put(place, now);
    expect(stage.run()).toMatchObject(counted(0, 1));
    expect(stage.read(place)).toBe(now);
  });

  it("leaves a link alone whose blob is there again", () => {
    const stage = new Stage();
    stage.put(path, content);
    stage.plan([cleanOf(path, "orphan-link", { content })]);
    stage.putBlob("gone");
    expect(stage.run()).toMatchObject(counted(0, 1));
  });

  it("refuses another entry than was planned, though it looks the same", () => {
    const stage = new Stage();
    stage.put(path, content);
    stage.plan([cleanOf(path, "useless-link", { content })]);
    renameSync(stage.at(path), stage.at(`${path}.old`));
    stage.put(path, content);
    expect(stage.run()).toMatchObject(said("it is not what was planned"));
    expect(stage.read(path)).toBe(content);
  });
});

describe("a symbolic link", () => {
  const content = digestOf("gone");
  const path = linkAt(content);
  const outside = (stage: Stage) => join(stage.folder, "outside");

  it.each(["docker/registry/v2/repositories/app", "docker/registry/v2/repositories/app/_layers", dirname(path)])(
    "at %s leads no step out of the root",
    (folder) => {
      const stage = new Stage();
      const digest = stage.putBlob("blob");
      stage.put(path, "garbage");
      stage.plan([cleanOf(path, "malformed-link"), relinkOf(digest)]);
      renameSync(stage.at(folder), outside(stage));
      symlinkSync(outside(stage), stage.at(folder));
      const before = readdirSync(outside(stage), { recursive: true });
      const { status, stderr } = stage.run();
      expect(status).toBe(1);
      expect(stderr).toMatch(/is not the one that was planned, or a symbolic link leads there\n/);
      expect(readdirSync(outside(stage), { recursive: true })).toEqual(before);
    },
  );

  it("in a folder that is new since is not followed either", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    stage.plan([relinkOf(digest)]);
    mkdirSync(outside(stage));
    mkdirSync(stage.at("docker/registry/v2/repositories/app"));
    symlinkSync(outside(stage), stage.at("docker/registry/v2/repositories/app/_layers"));
    expect(stage.run()).toMatchObject(said("a symbolic link is on the way"));
    expect(readdirSync(outside(stage))).toEqual([]);
  });

  it("in the place of an entry is neither read nor moved, written through nor replaced", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    stage.put(path, "garbage");
    mkdirSync(dirname(stage.at(linkAt(digest))), { recursive: true });
    stage.plan([cleanOf(path, "malformed-link"), relinkOf(digest)]);
    writeFileSync(outside(stage), "secret");
    for (const place of [path, linkAt(digest)]) {
      rmSync(stage.at(place), { force: true });
      symlinkSync(outside(stage), stage.at(place));
    }
    const { stderr } = stage.run();
    expect(stderr.match(/^refused .*: a symbolic link is there$/gm)).toHaveLength(2);
    expect(readFileSync(outside(stage), "utf8")).toBe("secret");
    expect(lstatSync(stage.at(path)).isSymbolicLink()).toBe(true);
  });
});

describe("hostile names", () => {
  const name = "-n $(touch pwned) `touch pwned`\n'\"; touch pwned #\u001b[31m\u202e\\0101\\";

  it("are names to every step, its messages and its log, and can be undone", () => {
    const stage = new Stage();
    const digest = stage.putBlob("blob");
    const base = `docker/registry/v2/repositories/${name}`;
    stage.put(`${base}/_x\n`, "in the way");
    const steps = [
      cleanOf(`${base}/_x\n`, "unexpected-file"),
      stepOf({ kind: "folder", repository: name, path: `${base}/_layers` }),
      relinkOf(digest, { path: `${base}/${name}/link` }),
    ];
    stage.plan(steps);
    const { stdout, ...rest } = stage.run();
    expect(rest).toEqual({ status: 0, stderr: "" });
    expect(stdout.match(/[^\n\x20-\x7e]/g)).toBeNull();
    expect(stage.read(`${base}/${name}/link`)).toBe(digest);
    expect(readdirSync(stage.folder).sort()).toEqual(["fix.sh", "fix.sh.quarantine", "r"]);
    const log = readFileSync(join(stage.quarantine, "changes.log"), "utf8");
    expect(log.match(/[^\n\x20-\x7e]/g)).toBeNull();
    const undo = log.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    writeFileSync(stage.script, `set -eu\nshift\n${undo.reverse().join("\n")}\n`);
    expect(stage.run([])).toMatchObject({ status: 0, stderr: "" });
    expect(stage.read(`${base}/_x\n`)).toBe("in the way");
    expect(existsSync(stage.at(`${base}/_layers`))).toBe(false);
  });
});
