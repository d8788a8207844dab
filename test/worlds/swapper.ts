// An unprivileged process that swaps folders, files and whatever a program makes among them for symbolic links to what it
// must not reach, for as long as a test lets it.
import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** Tries of each race: a few show that nothing is plainly wrong, `RACES=200` is what is promised. */
export const TRIES = Number(process.env["RACES"] ?? 3);
/** A variant that looks and then trusts the path is beaten within so many tries, or the attack is none. */
export const MOST_TRIES = 200;

/** Who plays what. */
export const [OWNER, ATTACKER, GROUP] = [64_001, 64_002, 64_003];

const SWAPPER = `
const { readdirSync, renameSync, rmSync, symlinkSync } = require("node:fs");
const { dirname } = require("node:path");
const { folders, entries, victims, prefix } = JSON.parse(process.argv[1]);
const places = [...folders, ...new Set(entries.map((entry) => dirname(entry)))];
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
  const target = round % 2 ? victims : victims + "/secret";
  if (round % 5) attempt(() => symlinkSync(target, entry));
  else swap(entry, target);
  if (round % 3) attempt(() => rmSync(entry));
  const at = places[(round >> 2) % places.length];
  attempt(() => {
    for (const name of readdirSync(at)) {
      if (name.startsWith(prefix) && !name.endsWith("~")) swap(at + "/" + name, round % 2 ? victims : victims + "/secret");
    }
  });
}`;

export interface Attack {
  /** Folders to swap, absolute. */
  readonly folders: readonly string[];
  /** Where a file or folder is to come, or is: links are put there. */
  readonly entries: readonly string[];
  /** What the links lead to: the folder, and `secret` in it. */
  readonly victims: string;
  /** How the names begin of what the program makes for itself. */
  readonly prefix: string;
}

/** An attack that is held except while something runs. */
export class Swapper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it as a user of its own, in the group of those who share the folders. */
  static async start(attack: Attack): Promise<Swapper> {
    const as = [`--reuid=${ATTACKER}`, `--regid=${GROUP}`, "--clear-groups"];
    const command = [...as, process.execPath, "-e", SWAPPER, JSON.stringify(attack)];
    const child = spawn("setpriv", command, { stdio: ["ignore", "pipe", "inherit"], cwd: "/" });
    onTestFinished(() => void child.kill("SIGKILL"));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGSTOP");
    return new Swapper(child);
  }

  async during<Result>(run: () => Result | Promise<Result>): Promise<Result> {
    this.#child.kill("SIGCONT");
    try {
      return await run();
    } finally {
      this.#child.kill("SIGSTOP");
      // On a busy machine it goes on for a while before the signal reaches it.
      while (!/^State:\tT/m.test(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"))) await setImmediate();
    }
  }
}

/** A folder of somebody's that nobody else may look into. */
export function putVictims(folder: string, owner: number): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, content] of [
    ["secret", "nobody else's"],
    ["link", "garbage"],
    ["new", "garbage"],
  ] as const) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    chownSync(join(folder, name), owner, owner);
  }
  chownSync(folder, owner, owner);
}

/** All that must stay as it is. */
export function stateOfVictims(folder: string): string[] {
  return ["", ...(readdirSync(folder, { recursive: true }) as string[]).sort()].map((name) => {
    const { uid, gid, mode, ino } = lstatSync(join(folder, name));
    const content = lstatSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), "utf8") : "";
    return [name, uid, gid, mode.toString(8), ino, content].join(" ");
  });
}
