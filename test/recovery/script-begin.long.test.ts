// What the script does not begin with: a user who does not own the storage, another root than was planned, and a quarantine
// that is not its own.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Stage, stepOf } from "./script-stage.ts";

const stopped = (words: string) => ({
  status: 2,
  stderr: expect.stringMatching(new RegExp(`^stopped, nothing was changed: ${words}\n$`)),
});

/** A root with something to move away. */
function planned() {
  const stage = new Stage();
  stage.put("docker/registry/v2/repositories/_x", "in the way");
  const step = stepOf({ kind: "clean", path: "docker/registry/v2/repositories/_x", reason: "unexpected-file" });
  const text = stage.plan([step]);
  const isUntouched = () => existsSync(stage.at("docker/registry/v2/repositories/_x"));
  return { stage, text, isUntouched };
}

/** A folder of programs that goes before all others, where `id -u` and `stat` of an owner say what the test wants. */
function asUser(stage: Stage, user: number, owner?: number) {
  const programs = join(stage.folder, "programs");
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, "id"), `#!/bin/sh\necho ${user}\n`, { mode: 0o755 });
  if (owner !== undefined) {
    const stat = `#!/bin/sh\ncase $2 in %u | %g) echo ${owner} ;; *) exec /usr/bin/stat "$@" ;; esac\n`;
    writeFileSync(join(programs, "stat"), stat, { mode: 0o755 });
  }
  return { PATH: `${programs}:${process.env["PATH"]}` };
}

describe("a user who does not own the storage", () => {
  it("is told in one line how to run the script as its owner", () => {
    const { stage, isUntouched } = planned();
    const env = asUser(stage, 4321, 1234);
    const how = "run it as its owner: setpriv --reuid=1234 --regid=1234 --clear-groups sh .*, or sudo -u '#1234' sh .*";
    for (const args of [[], ["--apply"]]) {
      expect(stage.run(args, { env })).toMatchObject(stopped(`r belongs to user 1234: ${how}`));
    }
    expect(isUntouched()).toBe(true);
  });

  it("may not be root, even where root is told to be", () => {
    const { stage } = planned();
    const words = "r belongs to user 1234, and root must not write there: run it as its owner: .*";
    expect(stage.run(["--apply"], { env: asUser(stage, 0, 1234) })).toMatchObject(stopped(words));
  });

  it("is root only where root owns the storage and --as-root says so", () => {
    const { stage } = planned();
    const env = asUser(stage, 0, 0);
    const words = "root owns r: --as-root lets this run as root";
    expect(stage.run([], { env, asRoot: false })).toMatchObject(stopped(words));
  });
});

describe("a root", () => {
  it("that is not the folder that was planned for is left alone, though it looks the same", () => {
    const { stage, isUntouched } = planned();
    renameSync(stage.root, `${stage.root}.old`);
    mkdirSync(stage.at("docker/registry/v2/repositories"), { recursive: true });
    stage.put("docker/registry/v2/repositories/_x", "in the way");
    expect(stage.run()).toMatchObject(stopped("r is not the folder that was planned for: plan again"));
    expect(isUntouched()).toBe(true);
  });

  it("with folders that everybody can write to is refused step by step", () => {
    const { stage, isUntouched } = planned();
    chmodSync(stage.at("docker/registry/v2/repositories"), 0o777);
    const { status, stderr } = stage.run();
    expect([status, stderr]).toEqual([1, expect.stringContaining("everybody can write to a folder on the way")]);
    expect(isUntouched()).toBe(true);
  });
});

describe("a quarantine", () => {
  it("is the runner's alone, and taken again by the same plan", () => {
    const { stage } = planned();
    expect(stage.run()).toMatchObject({ status: 0 });
    expect(stage.run()).toMatchObject({ status: 0 });
    expect(readdirSync(stage.quarantine).sort()).toEqual(["changes.log", "moved", "plan"]);
  });

  it.each<[string, (stage: Stage) => void, string]>([
    ["others can look into", (stage) => mkdirSync(stage.quarantine), "is there already, and not this user's alone: .*"],
    [
      "is another plan's",
      (stage) => {
        mkdirSync(stage.quarantine, { mode: 0o700 });
        writeFileSync(join(stage.quarantine, "plan"), "0123456789abcdef\n");
      },
      "is there already, and another plan's: .*",
    ],
    [
      "is a symbolic link",
      (stage) => {
        mkdirSync(join(stage.folder, "elsewhere"), { mode: 0o700 });
        symlinkSync(join(stage.folder, "elsewhere"), stage.quarantine);
      },
      "is a symbolic link: .*",
    ],
  ])("that %s is refused", (_, make, words) => {
    const { stage, isUntouched } = planned();
    make(stage);
    expect(stage.run()).toMatchObject(stopped(`the quarantine .* ${words}`));
    expect(isUntouched()).toBe(true);
  });

  it("that another user made is not written to, nor what its links lead to", () => {
    const { stage, isUntouched } = planned();
    const secret = join(stage.folder, "secret");
    writeFileSync(secret, "secret");
    mkdirSync(stage.quarantine, { mode: 0o700 });
    writeFileSync(join(stage.quarantine, "plan"), /^plan=(.*)$/m.exec(readFileSync(stage.script, "utf8"))![1]!);
    symlinkSync(secret, join(stage.quarantine, "changes.log"));
    chownSync(stage.quarantine, 1000, 1000);
    expect(stage.run()).toMatchObject(stopped("the quarantine .* is there already, and not this user's alone: .*"));
    expect([readFileSync(secret, "utf8"), isUntouched()]).toEqual(["secret", true]);
  });

  it("is reached through links of its user and of root, and nothing is made through anybody else's", () => {
    const { stage, isUntouched } = planned();
    const open = join(stage.folder, "open");
    mkdirSync(open);
    mkdirSync(join(stage.folder, "elsewhere"));
    chmodSync(open, 0o1777);
    symlinkSync("../elsewhere", join(open, "own"));
    expect(stage.run(["--apply", "--quarantine", join(open, "own/a/q")])).toMatchObject({ status: 0 });
    expect(readdirSync(join(stage.folder, "elsewhere/a"))).toEqual(["q"]);
    if (process.geteuid!() !== 0) return;
    symlinkSync("../elsewhere", join(open, "theirs"));
    lchownSync(join(open, "theirs"), 1000, 1000);
    mkdirSync(join(open, "folder"));
    chownSync(join(open, "folder"), 1000, 1000);
    const again = planned();
    for (const [name, words] of [
      ["theirs", "a symbolic link of user 1000 leads to the quarantine: .*"],
      ["folder", "the quarantine is in a folder of user 1000: .*"],
    ]) {
      const to = join(open, name!, "b/q");
      expect(again.stage.run(["--apply", "--quarantine", to])).toMatchObject(stopped(words!));
    }
    expect([again.isUntouched(), isUntouched()]).toEqual([true, false]);
    expect(readdirSync(join(stage.folder, "elsewhere"))).toEqual(["a"]);
  });

  it("is refused where somebody else could put another in its place", () => {
    const { stage, isUntouched } = planned();
    const open = join(stage.folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(stage.run(["--apply", "--quarantine", join(open, "q")])).toMatchObject(
      stopped("the quarantine is in a folder that everybody can write to: .*"),
    );
    expect(isUntouched()).toBe(true);
    chmodSync(open, 0o1777);
    expect(stage.run(["--apply", "--quarantine", join(open, "q2")])).toMatchObject({ status: 0 });
  });

  it("is refused in a folder that another group than its user's own can write to", () => {
    expect(process.geteuid!(), "this is a test for root").toBe(0);
    const { stage, isUntouched } = planned();
    const shared = join(stage.folder, "shared");
    mkdirSync(shared);
    chmodSync(stage.folder, 0o755);
    chmodSync(shared, 0o770);
    spawnSync("chown", ["-R", "4321:4321", stage.root]);
    const runAs = (group: number) => {
      chownSync(shared, 4321, group);
      const shell = ["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups", "sh"];
      return stage.run(["--apply", "--quarantine", join(shared, "q")], { shell });
    };
    expect(runAs(77)).toMatchObject(stopped("the quarantine is in a folder that a group can write to: .*"));
    expect(isUntouched()).toBe(true);
    expect(runAs(4321)).toMatchObject({ status: 0 });
  });
});
