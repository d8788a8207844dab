// Somebody who can write to a storage root, or to where the quarantine is to be, swaps folders, entries and whatever the
// script makes for symbolic links that lead elsewhere, while the script runs: nothing there changes, whoever runs it.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobData, STORAGE } from "../../src/layout/paths.ts";
import { ATTACKER, GROUP, MOST_TRIES, OWNER, putVictims, Swapper, stateOfVictims, TRIES } from "../worlds/swapper.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { digestOf, linkAt, Stage, stepOf } from "./script-stage.ts";

type Change = (text: string) => string;

describe("a script that runs while somebody swaps what it works on", () => {
  it.each<[string, number, Change]>([
    ["as root, in folders that a group can write to", 0, (text) => text],
    ["as root, were it to trust such folders", 0, trusting],
    ["as the owner, who shares the storage with a group", OWNER, (text) => text],
  ])("changes nothing elsewhere, %s", async (_, runner, change) => {
    expect(process.getuid!(), "this is a test for root").toBe(0);
    const outcome = await raceSteps(runner, change, TRIES);
    expect(outcome).toMatchObject({ won: 0, runs: TRIES });
    // It was in the way at least: what is always done alike was never attacked.
    expect(outcome.refused).toBeGreaterThan(0);
  });

  it("would lose, did it look first and go by the path then", async () => {
    expect((await raceSteps(0, (text) => byPath(trusting(text)), MOST_TRIES)).won).toBe(1);
  });
});

describe("a quarantine in a folder that everybody can write to", () => {
  it.each([0o777, 0o1777])("is made nowhere else, and nothing moved elsewhere, in one of mode %o", async (mode) => {
    const outcome = await raceQuarantine(mode, (text) => text, TRIES);
    expect(outcome).toMatchObject({ won: 0, runs: TRIES });
  });

  it("would be, were it made and entered by its path", async () => {
    expect((await raceQuarantine(0o777, makingByPath, MOST_TRIES)).won).toBe(1);
  });
});

/** The script without its question who can write to a folder, so that all rests on how it walks. */
function trusting(text: string): string {
  return text.replace(/^is_trusted\(\) \{.*$/m, "$&\n  return 0");
}

/** It looks as closely as the real one, and forgets where it is. */
function byPath(text: string): string {
  const naive = `relink() {
    find_place || return 1
    is_free || is_planned || return 1
    printf '%s' "$1" > "$root/$path.new" && chown "$(stat -c %u:%g -- "$root/\${path%/*}")" "$root/$path.new" &&
      mv -fT -- "$root/$path.new" "$root/$path"
  }\n`;
  return text.replace("\ncheck_tools\n", `\n${naive}check_tools\n`);
}

function makingByPath(text: string): string {
  const naive = `open_quarantine() {
    mkdir -p -- "$quarantine" && cd -P -- "$quarantine" && quarantine_device=0 || stop no
    printf '# begun\\n' >> "$quarantine/changes.log" || stop no
    [ -d "$quarantine/moved" ] || mkdir -- "$quarantine/moved" || stop no
  }\n`;
  return text.replace("\ncheck_tools\n", `\n${naive}check_tools\n`);
}

interface Outcome {
  /** Tries after which anything was changed elsewhere; the first ends the race. */
  won: number;
  runs: number;
  /** Runs with a step that was refused. */
  refused: number;
  done: number;
}

/** Runs what `prepare` makes ready, attacked, until it loses or so often. */
async function race(name: string, tries: number, { victims, runner, swapper, prepare }: Race): Promise<Outcome> {
  const outcome = { won: 0, runs: 0, refused: 0, done: 0 };
  while (outcome.runs < tries && outcome.won === 0) {
    putVictims(victims, runner);
    const before = stateOfVictims(victims);
    const command = prepare(outcome.runs);
    const as = [`--reuid=${runner}`, `--regid=${runner}`, "--clear-groups"];
    const { status, stdout } = await swapper.during(() =>
      spawnSync("setpriv", [...as, "sh", ...command, "--as-root", "--apply"], { encoding: "utf8", cwd: "/" }),
    );
    if (JSON.stringify(stateOfVictims(victims)) !== JSON.stringify(before)) outcome.won += 1;
    outcome.runs += 1;
    if (status !== 0) outcome.refused += 1;
    outcome.done += stdout.match(/^done/gm)?.length ?? 0;
  }
  if (process.env["RACES"]) console.log(name, outcome);
  return outcome;
}

interface Race {
  readonly victims: string;
  readonly runner: number;
  readonly swapper: Swapper;
  /** Gives the script, and further options. */
  readonly prepare: (number: number) => string[];
}

async function raceSteps(runner: number, change: Change, tries: number): Promise<Outcome> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const victims = join(folder, "victims");
  const links = [linkAt(digestOf("none")), linkAt(digestOf("some"))];
  const inRoot = (path: string) => join(folder, "run/r", path);
  const swapper = await Swapper.start({
    folders: [...links.map(dirname), dirname(dirname(links[0]!))].map(inRoot),
    entries: links.map(inRoot),
    victims,
    prefix: ".regfsck",
  });
  const prepare = () => [stageOf(join(folder, "run"), runner, change).script];
  return race(`steps as ${runner} ${change.name}`, tries, { victims, runner, swapper, prepare });
}

/** The script of a root of root's own, which is sound, with its quarantine where an attacker can make and swap things. */
async function raceQuarantine(mode: number, change: Change, tries: number): Promise<Outcome> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const victims = join(folder, "victims");
  const shared = join(folder, "shared");
  const swapper = await Swapper.start({
    folders: [join(shared, "theirs")],
    entries: [join(shared, "q"), join(shared, "theirs/q")],
    victims,
    prefix: "q",
  });
  const prepare = (number: number) => {
    rmSync(shared, { recursive: true, force: true });
    mkdirSync(join(shared, "theirs"), { recursive: true });
    chmodSync(shared, mode);
    chownSync(join(shared, "theirs"), ATTACKER, GROUP);
    const stage = stageOf(join(folder, "run"), 0, change, 0);
    return [stage.script, "--quarantine", join(shared, ["q", "theirs/q", "q/inner/q"][number % 3]!)];
  };
  return race(`quarantine ${mode.toString(8)} ${change.name}`, tries, { victims, runner: 0, swapper, prepare });
}

/** A root of the runner's that a group can write to, and a script with a step of each sort for it. */
function stageOf(folder: string, runner: number, change: Change, shared = 0o020): Stage {
  rmSync(folder, { recursive: true, force: true });
  const stage = new Stage(folder);
  const [none, some, corrupt] = ["none", "some", "corrupt"].map((content) => stage.putBlob(content));
  mkdirSync(dirname(stage.at(linkAt(none!))), { recursive: true });
  stage.put(linkAt(some!), "garbage");
  stage.put(linkAt(corrupt!), "garbage");
  for (const path of ["", ...(readdirSync(stage.root, { recursive: true }) as string[])]) {
    const isFolder = lstatSync(stage.at(path)).isDirectory();
    chownSync(stage.at(path), runner, GROUP);
    chmodSync(stage.at(path), (isFolder ? 0o2755 : 0o644) | shared);
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
