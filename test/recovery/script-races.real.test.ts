// Somebody who can write to a storage root swaps folders, entries and whatever the script makes for symbolic links that lead
// out of it, while the script runs: nothing outside changes, whoever runs it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { blobData, STORAGE } from "../../src/layout/paths.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { digestOf, linkAt, Stage, stepOf } from "./script-stage.ts";

const TRIES = 200;
const [OWNER, ATTACKER, GROUP] = [64_001, 64_002, 64_003];

// Swaps for as long as it is let: on a folder or an entry of the root, and on what the script makes beside its place.
const SWAPPER = `
const { readdirSync, renameSync, rmSync, symlinkSync } = require("node:fs");
const [folders, entries, victims] = JSON.parse(process.argv[1]);
const attempt = (action) => { try { action(); } catch {} };
const swap = (path, target) => {
  attempt(() => renameSync(path, path + "~"));
  attempt(() => symlinkSync(target, path));
  attempt(() => rmSync(path));
  attempt(() => renameSync(path + "~", path));
};
process.stdout.write("ready");
for (let round = 0; ; round++) {
  swap(folders[round % folders.length], victims);
  const entry = entries[round % entries.length];
  attempt(() => symlinkSync(round % 2 ? victims : victims + "/secret", entry));
  if (round % 3) attempt(() => rmSync(entry));
  const at = folders[(round >> 2) % folders.length];
  attempt(() => {
    for (const name of readdirSync(at)) if (name.startsWith(".regfsck")) swap(at + "/" + name, victims);
  });
}`;

let stop: (() => void) | undefined;
afterEach(() => stop?.());

describe("a script that runs while somebody swaps what it works on", () => {
  it.each([
    ["as root, in folders that a group can write to", { runner: 0, change: (text: string) => text }],
    ["as root, were it to trust such folders", { runner: 0, change: trusting }],
    ["as the owner, who shares the storage with a group", { runner: OWNER, change: (text: string) => text }],
  ])("changes nothing outside, %s", async (_, { runner, change }) => {
    expect(process.getuid!(), "this is a test for root").toBe(0);
    const outcome = await race(runner, change);
    expect(outcome.won).toEqual([]);
    expect(outcome.runs).toBe(TRIES);
    // It was in the way at least: what is always done alike was never attacked.
    expect(outcome.refused).toBeGreaterThan(0);
  });
});

/** The script without its question who can write to a folder, so that all rests on how it walks. */
function trusting(text: string): string {
  return text.replace(/^is_trusted\(\) \{.*$/m, "$&\n  return 0");
}

async function race(runner: number, change: (text: string) => string) {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const victims = join(folder, "victims");
  const attacked = {
    folders: [
      dirname(linkAt(digestOf("none"))),
      dirname(linkAt(digestOf("some"))),
      dirname(dirname(linkAt("sha256:x"))),
    ],
    entries: [linkAt(digestOf("none")), linkAt(digestOf("some"))],
  };
  const inRoot = (paths: string[]) => paths.map((path) => join(folder, "run/r", path));
  const attack = JSON.stringify([inRoot(attacked.folders), inRoot(attacked.entries), victims]);
  const outcome = { won: [] as string[], runs: 0, refused: 0, done: 0 };
  const attacker = await startAttacker(attack);
  for (let number = 0; number < TRIES; number++) {
    const before = putVictims(victims, runner);
    const stage = prepare(join(folder, "run"), runner, change);
    attacker.kill("SIGCONT");
    const { status, stdout } = spawnSync(
      "setpriv",
      [`--reuid=${runner}`, `--regid=${runner}`, "--clear-groups", "sh", stage.script, "--as-root", "--apply"],
      { encoding: "utf8", cwd: "/" },
    );
    attacker.kill("SIGSTOP");
    const after = contentsOf(victims);
    if (JSON.stringify(after) !== JSON.stringify(before)) outcome.won.push(JSON.stringify(after));
    outcome.runs += 1;
    if (status === 1) outcome.refused += 1;
    outcome.done += stdout.match(/^done/gm)?.length ?? 0;
  }
  if (process.env["RACES"]) console.log(outcome);
  return outcome;
}

/** A root of the runner's that the attacker's group can write to, and a script with a step of each sort for it. */
function prepare(folder: string, runner: number, change: (text: string) => string): Stage {
  rmSync(folder, { recursive: true, force: true });
  const stage = new Stage(folder);
  const [none, some, corrupt] = ["none", "some", "corrupt"].map((content) => stage.putBlob(content));
  mkdirSync(dirname(stage.at(linkAt(none!))), { recursive: true });
  stage.put(linkAt(some!), "garbage");
  stage.put(linkAt(corrupt!), "garbage");
  for (const path of ["", ...(readdirSync(stage.root, { recursive: true }) as string[])]) {
    const isFolder = lstatSync(stage.at(path)).isDirectory();
    chownSync(stage.at(path), runner, GROUP);
    chmodSync(stage.at(path), isFolder ? 0o2775 : 0o664);
  }
  chownSync(folder, runner, GROUP);
  const relink = (digest: string, before: string) => {
    const blob = { path: blobData(digest), size: 4, hash: true };
    return stepOf({ kind: "relink", repository: "app", path: linkAt(digest), content: digest, before, blob });
  };
  const text = stage.plan([
    relink(none!, "absent"),
    relink(some!, "malformed"),
    stepOf({ kind: "clean", path: linkAt(corrupt!), reason: "malformed-link" }),
    stepOf({ kind: "folder", repository: "app", path: `${STORAGE}/repositories/app/_layers/sha256/${"0".repeat(64)}` }),
  ]);
  writeFileSync(stage.script, change(text));
  return stage;
}

function putVictims(folder: string, owner: number): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, content] of [
    ["secret", "nobody else's"],
    ["link", "garbage"],
    ["new", "garbage"],
  ]) {
    writeFileSync(join(folder, name!), content!, { mode: 0o600 });
    chownSync(join(folder, name!), owner, owner);
  }
  chownSync(folder, owner, owner);
  return contentsOf(folder);
}

function contentsOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
    const { uid, gid, mode, ino } = lstatSync(join(folder, name));
    const content = lstatSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), "utf8") : "";
    return [name, uid, gid, mode.toString(8), ino, content].join(" ");
  });
}

/** Starts the attack, and holds it. */
async function startAttacker(attack: string): Promise<ChildProcess> {
  const as = [`--reuid=${ATTACKER}`, `--regid=${GROUP}`, "--clear-groups"];
  const command = [...as, process.execPath, "-e", SWAPPER, attack];
  const child = spawn("setpriv", command, { stdio: ["ignore", "pipe", "inherit"], cwd: "/" });
  stop = () => child.kill("SIGKILL");
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGSTOP");
  return child;
}
