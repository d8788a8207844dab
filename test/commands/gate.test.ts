// What a gate decides, and the code that it exits with: only 0 permits a collection.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

// Long after the worlds are made, so that nothing in them is young.
const now = Date.UTC(2100, 0, 31);

/** Asks the gate: its report, and its exit code. */
async function gate(world: World, options: string[] = [], fs = world.fs) {
  const { printed, exitCode } = await runProgram(fs, ["gate", "--format", "json", ...options, world.root], now);
  return { ...JSON.parse(printed), exitCode };
}

/** An image, and an index of one child. */
function healthy() {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image("1.0");
  app.index({ "linux/amd64": app.image() }, "multi");
  return { world, app, image };
}

function damaged() {
  const { world, image } = healthy();
  world.removeEntry(blobPath(image.config.digest));
  return world;
}

/** An upload that was last written to at that moment. */
function upload(world: World, id: string, at: number): void {
  const folder = `${repositoriesPath}/team/app/_uploads/${id}`;
  world.write(`${folder}/data`, "bytes");
  world.write(`${folder}/startedat`, new Date(at).toISOString());
  for (const path of [`${folder}/data`, `${folder}/startedat`, folder]) world.touch(path, at);
}

/** Two roots in one base folder. `share` makes a part of the second a link to that of the first. */
function twoRoots(part: "blobs" | "repositories" | undefined) {
  const world = new World();
  world.repository("app").image("1.0");
  world.blob("left over");
  const [first, second] = [`${world.root}/first`, `${world.root}/second`];
  world.memory.mkdirSync(first);
  world.memory.renameSync(`${world.root}/docker`, `${first}/docker`);
  world.memory.cpSync(first, second, { recursive: true });
  if (part !== undefined) {
    world.memory.rmSync(`${second}/docker/registry/v2/${part}`, { recursive: true });
    world.memory.symlinkSync(`${first}/docker/registry/v2/${part}`, `${second}/docker/registry/v2/${part}`);
  }
  return { world, second };
}

describe("gate of roots that share a directory", () => {
  it("is undecided where they share the store, or have the store behind a link", async () => {
    const { world, second } = twoRoots("blobs");
    const both = await gate(world);
    expect([both.exitCode, both.reasons]).toEqual([
      8,
      [expect.stringContaining("first: "), expect.stringContaining("second: ")],
    ]);
    const { exitCode } = await runProgram(world.fs, ["gate", second], now);
    expect(exitCode).toBe(8);
  });

  it("goes where each has its own, or nothing would be deleted", async () => {
    expect((await gate(twoRoots(undefined).world)).exitCode).toBe(0);
    const { world } = twoRoots("repositories");
    expect((await gate(world)).exitCode).toBe(0);
  });
});

describe("gate", () => {
  it("goes with 0 where nothing speaks against it", async () => {
    const { world } = healthy();
    const report = await gate(world);
    expect(report).toMatchObject({
      exitCode: 0,
      schemaVersion: 1,
      command: "gate",
      decision: "go",
      reasons: [],
      verdict: "clean",
      tool: { name: "regfsck", version: "0.0.0" },
    });
    expect(report.fingerprints).toEqual([
      { root: "registry", path: world.root, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it("stops with 4 at damage in an authoritative root, unless it may pass", async () => {
    expect(await gate(damaged())).toMatchObject({ exitCode: 4, decision: "stop" });
    expect(await gate(damaged(), ["--allow-broken"])).toMatchObject({
      exitCode: 0,
      decision: "go",
      verdict: "findings",
    });
    const corrupt = healthy();
    corrupt.world.write(blobPath(corrupt.image.config.digest), "");
    expect(await gate(corrupt.world, ["--cache", "registry"])).toMatchObject({ exitCode: 0, verdict: "findings" });
  });

  it("stops with 4 where the collection that is described would break an image", async () => {
    const { world } = healthy();
    const { exitCode, reasons } = await gate(world, ["-m"]);
    expect([exitCode, reasons]).toEqual([4, [expect.stringContaining("would break 1 tag")]]);
    expect((await gate(world, ["-m", "--remove-tag", "team/app:multi", "--max-delete", "100%"])).exitCode).toBe(0);
  });

  it("goes by when tags' folders changed where the newest are kept", async () => {
    const { world, app } = healthy();
    const child = app.image("child");
    app.index({ "linux/amd64": child }, "of-child");
    for (const [tag, at] of [
      ["child", 1],
      ["1.0", 2],
      ["multi", 3],
      ["of-child", 4],
    ] as const) {
      world.touch(`${repositoriesPath}/team/app/_manifests/tags/${tag}`, at * 1000);
    }
    const { forecast } = await gate(world, ["--keep-tags", "2"]);
    expect(forecast.roots[0].removedTags.sort()).toEqual(["team/app:1.0", "team/app:child"]);
  });

  it("looks into the tags' history only where -m would", async () => {
    const { world } = healthy();
    world.repository("team/app").image();
    world.fileForFolder(`${repositoriesPath}/team/app/_manifests/tags/1.0/index/sha256`);
    expect((await gate(world)).exitCode).toBe(0);
    const aborts = (await gate(world, ["-m"])).forecast.roots[0].aborts;
    expect(aborts).toMatchObject([{ reason: "unreadable-history" }]);
  });

  it("sees what lies deep in the blob store, where collection stops", async () => {
    const { world, image } = healthy();
    world.write(blobPath(image.digest).replace(/data$/, "old/data"));
    expect(await gate(world)).toMatchObject({ exitCode: 4, forecast: { roots: [{ outcome: "aborts" }] } });
  });

  it("stops at an upload of the quiet period, and names its repository once", async () => {
    const { world } = healthy();
    upload(world, "a", now - 30 * 60_000);
    upload(world, "b", now - 30 * 60_000);
    const young = await gate(world);
    expect([young.exitCode, young.reasons]).toEqual([4, [expect.stringContaining("in registry: team/app;")]]);
    expect((await gate(world, ["--quiet-period", "10m"])).exitCode).toBe(0);
  });

  it("does not call an old upload a finding", async () => {
    const { world } = healthy();
    upload(world, "a", 0);
    expect(await gate(world, ["--fail-on", "info"])).toMatchObject({ exitCode: 0, verdict: "clean" });
  });

  it("is undecided with 8 where something could not be read", async () => {
    const { world } = healthy();
    const fs = failing(world.fs, "EIO", /tags\/1.0\/current\/link$/, ["openSync"]);
    expect(await gate(world, [], fs)).toMatchObject({ exitCode: 8, decision: "undecided", verdict: "incomplete" });
  });

  it("does not exit with 0 where a result could not be written", async () => {
    const report = temporaryFolder();
    expect((await gate(healthy().world, ["--report", report])).exitCode).toBe(8);
    expect((await gate(damaged(), ["--report", report])).exitCode).toBe(4);
  });
});

describe("gate --state", () => {
  it("remembers a run that was read whole, be it go or stop", async () => {
    for (const world of [healthy().world, damaged()]) {
      const state = join(temporaryFolder(), "state.json");
      await gate(world, ["--state", state]);
      expect(JSON.parse(readFileSync(state, "utf8")).roots).toMatchObject([
        { path: world.root, marked: { all: 7, tagged: null } },
      ]);
    }
  });

  it("remembers nothing of a run that is undecided, or that stops with something unread", async () => {
    const state = join(temporaryFolder(), "state.json");
    for (const world of [healthy().world, damaged()]) {
      const fs = failing(world.fs, "EIO", /tags\/multi\/current\/link$/, ["openSync"]);
      expect((await gate(world, ["--state", state], fs)).decision).not.toBe("go");
      expect(existsSync(state)).toBe(false);
    }
  });

  it("is undecided where a root shrank, and goes on remembering what it was", async () => {
    const state = join(temporaryFolder(), "state.json");
    const { world } = healthy();
    world.repository("team/web").image("1.0");
    for (const name of ["a", "b", "c"]) world.repository(name).image("1.0");
    await gate(world, ["--state", state]);
    const before = readFileSync(state, "utf8");
    for (const name of ["a", "b", "c", "team/web"]) world.remove(`${repositoriesPath}/${name}`);
    expect(await gate(world, ["--state", state])).toMatchObject({ exitCode: 8, decision: "undecided" });
    const [first] = world.memory.readdirSync(`${world.root}/docker/registry/v2/blobs/sha256`) as string[];
    world.remove(`docker/registry/v2/blobs/sha256/${first}`);
    await gate(world, ["--state", state]);
    expect(readFileSync(state, "utf8")).toBe(before);
  });

  it("is undecided where the file is no state", async () => {
    const state = join(temporaryFolder(), "state.json");
    writeFileSync(state, "no state");
    const { exitCode, reasons } = await gate(healthy().world, ["--state", state]);
    expect([exitCode, reasons]).toEqual([8, [expect.stringContaining("the last run cannot be known")]]);
    expect(readFileSync(state, "utf8")).toBe("no state");
  });
});

describe("gate --metrics", () => {
  const decisionIn = (file: string) => /decision="(\w+)"[^}]*\} 1/.exec(readFileSync(file, "utf8"))?.[1];

  it("holds the decision and when it was made", async () => {
    const file = join(temporaryFolder(), "gate.prom");
    await gate(healthy().world, ["--metrics", file]);
    expect(decisionIn(file)).toBe("go");
    expect(readFileSync(file, "utf8")).toContain(` ${now / 1000}\n`);
    await gate(damaged(), ["--metrics", file]);
    expect(decisionIn(file)).toBe("stop");
  });

  it("says undecided where it was go and a result could not be written", async () => {
    const file = join(temporaryFolder(), "gate.prom");
    const report = temporaryFolder();
    await gate(healthy().world, ["--metrics", file, "--report", report]);
    expect(decisionIn(file)).toBe("undecided");
    await gate(damaged(), ["--metrics", file, "--report", report]);
    expect(decisionIn(file)).toBe("stop");
  });

  it("says undecided of a root that is gone, and keeps when it last said go", async () => {
    const file = join(temporaryFolder(), "gate.prom");
    const { world } = healthy();
    await gate(world, ["--metrics", file]);
    world.remove("docker");
    await expect(gate(world, ["--metrics", file])).rejects.toThrow();
    expect(decisionIn(file)).toBe("undecided");
    expect(readFileSync(file, "utf8")).toContain(`last_go_timestamp_seconds{root="registry"} ${now / 1000}\n`);
  });

  it("is left alone where the run is refused for another reason", async () => {
    const file = join(temporaryFolder(), "gate.prom");
    const { world } = healthy();
    await expect(gate(world, ["--metrics", file, "--cache", "other"])).rejects.toThrow();
    expect(existsSync(file)).toBe(false);
  });
});
