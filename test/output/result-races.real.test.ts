// Somebody who can write to the folder of a result file swaps the file, its folder and whatever the program makes there for
// symbolic links that lead elsewhere, while root writes: nothing there changes, and nothing of it comes into the result.
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readText } from "../../src/output/result-files.ts";
import { writeWhole } from "../../src/output/whole-file.ts";
import { ATTACKER, GROUP, MOST_TRIES, putVictims, Swapper, stateOfVictims, TRIES } from "../worlds/swapper.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

type Write = (file: string) => Promise<void>;

const user = { uid: 0, gid: 0 };

/** As a run with a metrics file does: what it held before goes into the next one. */
const write: Write = async (file) => {
  const before = await readText(file, user);
  await writeWhole(file, [`new ${before}`], user, { mode: 0o644, readableForAll: true });
};

/** What is natural to do. */
const writeNaively: Write = async (file) => {
  const before = readFileSync(file, "utf8");
  const target = realpathSync(file);
  writeFileSync(`${target}.tmp`, `new ${before}`);
  renameSync(`${target}.tmp`, target);
};

describe("a result file where others can write", () => {
  it.each([0o777, 0o1777])(
    "is written nowhere else, and tells of nothing else, in a folder of mode %o",
    async (mode) => {
      expect(process.getuid!(), "this is a test for root").toBe(0);
      const outcome = await race(mode, write, TRIES);
      expect(outcome).toMatchObject({ won: 0, told: 0, runs: TRIES });
      expect(outcome.written + outcome.refused).toBe(TRIES * ROUNDS);
    },
  );

  it("would be, were its link resolved first", async () => {
    const { won, told } = await race(0o777, writeNaively, MOST_TRIES);
    expect(won + told).toBeGreaterThan(0);
  });
});

/** Files written in each try: each is far quicker than a start of the program. */
const ROUNDS = 20;

async function race(mode: number, attempt: Write, tries: number) {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [victims, shared] = [join(folder, "victims"), join(folder, "shared")];
  const files = ["report", "theirs/report"].map((name) => join(shared, name));
  const swapper = await Swapper.start({
    folders: [join(shared, "theirs")],
    entries: files,
    victims,
    prefix: ".report",
  });
  const outcome = { won: 0, told: 0, runs: 0, written: 0, refused: 0 };
  while (outcome.runs < tries && outcome.won + outcome.told === 0) {
    putVictims(victims, 0);
    const before = JSON.stringify(stateOfVictims(victims));
    rmSync(shared, { recursive: true, force: true });
    mkdirSync(join(shared, "theirs"), { recursive: true });
    chmodSync(shared, mode);
    chownSync(join(shared, "theirs"), ATTACKER, GROUP);
    await swapper.during(async () => {
      for (let round = 0; round < ROUNDS; round++) {
        try {
          await attempt(files[round % 2]!);
          outcome.written += 1;
        } catch {
          outcome.refused += 1;
        }
      }
    });
    outcome.runs += 1;
    if (JSON.stringify(stateOfVictims(victims)) !== before) outcome.won += 1;
    if (files.some(tells)) outcome.told += 1;
  }
  if (process.env["RACES"]) console.log("result file", mode.toString(8), attempt.name, outcome);
  return outcome;
}

/** Whether what others may read holds what they may not. */
function tells(file: string): boolean {
  try {
    const { mode } = lstatSync(file);
    return lstatSync(file).isFile() && (mode & 0o004) !== 0 && readFileSync(file, "utf8").includes("nobody else's");
  } catch {
    return false;
  }
}
