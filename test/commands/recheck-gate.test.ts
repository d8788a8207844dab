// Whether anything moved since a gate said go.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { layerLinkPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const isReport = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchemas()["gate-recheck.schema.json"]!);

// Long after the worlds are made, so that nothing in them is young.
const now = Date.UTC(2100, 0, 31);

/** A world, and the report of a gate on it after this change. */
async function gated(change: (world: World) => void = () => {}) {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image("1.0");
  change(world);
  const report = join(temporaryFolder(), "gate.json");
  await runProgram(world.fs, ["gate", "--report", report, world.root], now);
  return { world, app, image, report };
}

async function recheck(world: World, report: string, { fs = world.fs, options = ["--format", "json"] } = {}) {
  const { printed, exitCode } = await runProgram(fs, ["gate", "--recheck", report, ...options, world.root], now);
  return { printed, exitCode };
}

/** Of the shape that is published, whatever the answer. */
async function answer(world: World, report: string, fs = world.fs) {
  const { printed, exitCode } = await recheck(world, report, { fs });
  expect(isReport(JSON.parse(printed)), JSON.stringify(isReport.errors)).toBe(true);
  return { ...JSON.parse(printed), exitCode };
}

/** The report with something else in it. */
function altered(report: string, change: object): string {
  const file = join(temporaryFolder(), "altered.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(report, "utf8")), ...change }));
  return file;
}

describe("gate --recheck", () => {
  it("goes where nothing moved, and names the run", async () => {
    const { world, report } = await gated();
    const { runId, asked } = JSON.parse(readFileSync(report, "utf8"));
    expect(await answer(world, report)).toEqual({
      exitCode: 0,
      schemaVersion: 1,
      tool: { name: "regfsck", version: "0.0.0" },
      registry: "2.8.3",
      command: "gate",
      recheckOf: runId,
      asked,
      decision: "go",
      reasons: [],
    });
  });

  it("stops where a tag, a revision or an upload moved", async () => {
    const moves: ((on: Awaited<ReturnType<typeof gated>>) => void)[] = [
      ({ app, image }) => app.tag("2.0", image.digest),
      ({ app }) => app.image(),
      ({ world, image }) => world.removeEntry(revisionLinkPath("team/app", image.digest)),
      ({ world, app }) => world.write(`${app.folder}/_uploads/x/data`),
      ({ world }) => world.repository("team/web").image("1.0"),
    ];
    for (const move of moves) {
      const on = await gated();
      move(on);
      expect(await answer(on.world, on.report)).toMatchObject({
        exitCode: 4,
        decision: "stop",
        reasons: ["registry: tags, links, blobs or uploads moved since 2100-01-31T00:00:00.000Z; run the gate again"],
      });
    }
  });

  it.each(["repositories/team", "repositories", "blobs"])("is undecided where %s has become empty", async (folder) => {
    const { world, report } = await gated();
    world.remove(`docker/registry/v2/${folder}`);
    world.mkdir(`docker/registry/v2/${folder}`);
    expect(await answer(world, report)).toMatchObject({
      exitCode: 8,
      reasons: [expect.stringContaining(`registry/docker/registry/v2/${folder} is empty`)],
    });
  });

  it("says of a gate that did not say go what that said", async () => {
    const { world, report } = await gated();
    for (const [decision, exitCode] of [
      ["stop", 4],
      ["undecided", 8],
    ] as const) {
      expect(await answer(world, altered(report, { decision }))).toMatchObject({
        exitCode,
        decision,
        reasons: [`the gate of 2100-01-31T00:00:00.000Z did not say go, but ${decision}`],
      });
    }
  });

  it("is undecided where something cannot be read, moved or not", async () => {
    const { world, app, report } = await gated();
    const fs = failing(world.fs, "EIO", /_manifests\/tags$/, ["readdirSync"]);
    const undecided = {
      exitCode: 8,
      decision: "undecided",
      reasons: ["docker/registry/v2/repositories/team/app/_manifests/tags could not be read (EIO)"],
    };
    expect(await answer(world, report, fs)).toMatchObject(undecided);
    app.image();
    expect(await answer(world, report, fs)).toMatchObject(undecided);
  });

  it("says it in text, and nothing where it is quiet and go", async () => {
    const { world, app, report } = await gated();
    expect(await recheck(world, report, { options: [] })).toEqual({ exitCode: 0, printed: "GO for garbage-collect\n" });
    expect(await recheck(world, report, { options: ["--quiet"] })).toEqual({ exitCode: 0, printed: "" });
    app.image();
    expect((await recheck(world, report, { options: ["--quiet"] })).printed).toBe(
      "STOP for garbage-collect\n  registry: tags, links, blobs or uploads moved since 2100-01-31T00:00:00.000Z; run the gate again\n",
    );
  });

  it("refuses a report about other roots, fewer or more", async () => {
    const { world, report } = await gated();
    const [known] = JSON.parse(readFileSync(report, "utf8")).fingerprints;
    const other = { ...known, path: "/other" };
    for (const fingerprints of [[other], [known, other]]) {
      const refused = recheck(world, altered(report, { fingerprints }));
      await expect(refused).rejects.toThrow(/was asked about other roots than \/registry;/);
    }
    const two = new World();
    for (const name of ["a", "b"]) two.mkdir(`${name}/docker/registry/v2/repositories`);
    two.remove("docker");
    const file = altered(report, { fingerprints: [{ ...known, path: "/registry/a" }] });
    await expect(recheck(two, file)).rejects.toThrow(UsageError);
  });

  it("refuses what is no gate's report of this version", async () => {
    const { world, report } = await gated();
    const [known] = JSON.parse(readFileSync(report, "utf8")).fingerprints;
    for (const change of [
      { schemaVersion: 2 },
      { command: "scan" },
      { runId: 1 },
      { startedAt: "yesterday" },
      { decision: "maybe" },
      { fingerprints: [] },
      { fingerprints: [{ ...known, sha256: "0" }] },
    ]) {
      const refused = recheck(world, altered(report, change));
      await expect(refused, JSON.stringify(change)).rejects.toThrow(/: not a gate's report of this version$/);
    }
  });

  it("refuses a file that is missing or cut off", async () => {
    const { world, report } = await gated();
    await expect(recheck(world, `${report}.not`)).rejects.toThrow(/^--recheck .*ENOENT/);
    writeFileSync(report, readFileSync(report, "utf8").slice(0, -10));
    const refused = recheck(world, report);
    await expect(refused).rejects.toThrow(/: not JSON, or cut off$/);
    await expect(recheck(world, report)).rejects.toThrow(UsageError);
  });

  it("stops where a layer was pushed, and waits for no manifest", async () => {
    const { world, app, report } = await gated();
    app.layer();
    expect(await answer(world, report)).toMatchObject({ exitCode: 4, decision: "stop" });
  });

  it("stops where a layer that is there was pushed or mounted again", async () => {
    const { world, image, report } = await gated();
    world.touch(layerLinkPath("team/app", image.layers[0]!.digest), now);
    expect(await answer(world, report)).toMatchObject({ exitCode: 4, decision: "stop" });
  });

  it.each([
    ["-m", ["-m"]],
    ["--keep-tags", ["--keep-tags", "2"]],
    ["--remove-tag", ["--remove-tag", "team/app:1.0"]],
    ["--cache", ["--cache", "registry"]],
  ])("refuses %s where the gate was asked without", async (_, options) => {
    const { world, report } = await gated();
    await expect(recheck(world, report, { options })).rejects.toThrow(UsageError);
  });

  it("is about the collection that the gate was asked about, said again or not", async () => {
    const { world } = await gated();
    const report = join(temporaryFolder(), "gate.json");
    await runProgram(world.fs, ["gate", "-m", "--report", report, world.root], now);
    for (const options of [["-m"], []]) {
      expect(await recheck(world, report, { options })).toMatchObject({
        exitCode: 0,
        printed: "GO for garbage-collect -m\n",
      });
    }
  });

  it("is about the registry that the gate was asked about, which must be said again", async () => {
    const { world, report: about2 } = await gated();
    const report = join(temporaryFolder(), "gate.json");
    await runProgram(world.fs, ["gate", "--registry", "3", "--report", report, world.root], now);
    const options = ["--registry", "3"];
    expect((await recheck(world, report, { options })).printed).toBe("GO for garbage-collect of registry 3.1\n");
    await expect(recheck(world, report)).rejects.toThrow(/was asked about registry 3\.1; ask the gate again$/);
    await expect(recheck(world, about2, { options })).rejects.toThrow(/was asked about registry 2\.8\.3;/);
  });

  it("is undecided where the report is older than --recheck-age", async () => {
    const { world, report } = await gated();
    const later = now + 7 * 3_600_000;
    const args = ["gate", "--recheck", report, world.root];
    expect((await runProgram(world.fs, args, later)).exitCode).toBe(8);
    expect((await runProgram(world.fs, [...args, "--recheck-age", "8h"], later)).exitCode).toBe(0);
    expect((await runProgram(world.fs, args, now - 1)).exitCode).toBe(8);
  });
});
