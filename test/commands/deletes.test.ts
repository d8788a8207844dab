// --delete and --delete-from in forecasts and gates: what is named, in which root, and what the reports say of it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import type { ForecastReport } from "../../src/contract/forecast.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { World } from "../worlds/world.ts";

// Long after the worlds are made, so that nothing in them is young.
const now = Date.UTC(2100, 0, 31);

function run(world: World, command: string, ...options: string[]) {
  return runProgram(world.fs, [...command.split(" "), ...options, world.root], now);
}

async function forecast(world: World, ...options: string[]) {
  const { printed, exitCode } = await run(world, "forecast --format json", ...options);
  const report: ForecastReport = JSON.parse(printed);
  return { exitCode, notFound: report.notFound, ...report.roots[0]! };
}

/** A file of these lines. */
function list(...lines: string[]): string {
  const file = join(temporaryFolder(), "list");
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

/** `app:stable` has the digest of `app:build-7`, and `app:1.0` an only child that has a tag of its own. */
function appWorld() {
  const world = new World();
  const app = world.repository("app");
  const build = app.image("build-7");
  app.tag("stable", build.digest);
  const child = app.image("1.0-amd64");
  app.index({ "linux/amd64": child }, "1.0");
  app.image("old");
  return { world, app, build, child };
}

describe("forecast --delete", () => {
  it("deletes a tag's manifest, and garbage collection without -m frees it", async () => {
    const { exitCode, deletes, breaks, deletedBlobs, removedTags } = await forecast(
      appWorld().world,
      ...["--delete", "app:old"],
    );
    expect([exitCode, breaks, removedTags]).toEqual([0, [], []]);
    expect(deletes).toEqual([
      { image: "app:old", answer: "deleted", digest: expect.stringMatching(/^sha256:/), tags: ["app:old"] },
    ]);
    expect(deletedBlobs).toHaveLength(3);
  });

  it("breaks what has the same digest, and says by which delete", async () => {
    const { exitCode, deletes, breaks } = await forecast(appWorld().world, "--delete", "app:build-7");
    expect(exitCode).toBe(4);
    expect(deletes[0]!.tags).toEqual(["app:build-7", "app:stable"]);
    expect(breaks).toMatchObject([{ tag: "stable", phase: "delete", lost: [{ role: "manifest" }] }]);
    expect(breaks[0]!.keptBy).toEqual([
      "do not delete app:build-7 over HTTP, or name app:stable too if it is meant to go: a DELETE takes the digest, and every tag of it",
    ]);
  });

  it("breaks an index at once whose child's own tag is deleted", async () => {
    const { breaks } = await forecast(appWorld().world, "--delete", "app:1.0-amd64");
    expect(breaks).toMatchObject([{ tag: "1.0", phase: "delete", lost: [{ platform: "linux/amd64" }] }]);
  });

  it("takes a digest too, and what a list names after what options name", async () => {
    const { world, child } = appWorld();
    const file = list("# the index's child", "", `app@${child.digest}`);
    const { exitCode, deletes } = await forecast(world, "--delete-from", file, "--delete", "app:1.0");
    expect(exitCode).toBe(4);
    expect(deletes.map(({ image, tags }) => [image, tags])).toEqual([
      ["app:1.0", ["app:1.0"]],
      [`app@${child.digest}`, ["app:1.0-amd64"]],
    ]);
  });

  it("comes before the clean-up, which does not count what it takes", async () => {
    const { removedTags } = await forecast(appWorld().world, "--delete", "app:old", "--keep-tags", "4");
    expect(removedTags).toEqual([]);
  });

  it("says of a dangling tag that it cannot be deleted", async () => {
    const { world, build } = appWorld();
    world.removeEntry(revisionLinkPath("app", build.digest));
    const { deletes } = await forecast(world, "--delete", "app:stable");
    expect(deletes).toEqual([{ image: "app:stable", answer: "not-served", digest: null, tags: [] }]);
  });

  it("finds a delete that fails half-way, and so does the gate", async () => {
    const { world, app } = appWorld();
    app.image("empty");
    world.write(tagLinkPath("app", "empty"), "");
    const { exitCode, deletes, breaks } = await forecast(world, "--delete", "app:old");
    expect([exitCode, breaks, deletes[0]!.answer]).toEqual([4, [], "fails-half-way"]);
    const { printed } = await run(world, "gate --allow-broken --format json", "--delete", "app:old");
    expect(JSON.parse(printed).reasons).toEqual([expect.stringContaining("the delete of app:old would fail half-way")]);
  });

  it("deletes nothing from a pull-through cache", async () => {
    const { deletes, deletedBlobs } = await forecast(appWorld().world, "--cache", "registry", "--delete", "app:old");
    expect([deletes[0]!.answer, deletedBlobs]).toEqual(["refused", []]);
  });

  it("is wrong usage for what no root has, and for what is no image", async () => {
    const { world } = appWorld();
    for (const image of ["app:none", "none:old", `app@sha256:${"0".repeat(64)}`, "app", "app:old@sha256:0"]) {
      await expect(forecast(world, "--delete", image)).rejects.toThrow(UsageError);
    }
    await expect(forecast(world, "--delete-from", list("app"))).rejects.toThrow('"app" names no image');
    await expect(forecast(world, "--delete-from", "/none")).rejects.toThrow("--delete-from /none");
  });

  it("names in the text what goes unasked", async () => {
    const { printed } = await run(appWorld().world, "forecast", "--delete", "app:build-7");
    expect(printed).toMatch(/^the deletes and garbage collection would break 1 tag at once\n/);
    expect(printed).toMatch(
      /\n1 delete over HTTP takes 2 tags:\n {2}app:build-7 {2}sha256:\w{12}\n {4}takes app:stable too/,
    );
    expect(printed).toMatch(/\napp:stable .*\n {2}loses at once {2}manifest {2}sha256:/);
  });
});

describe("a list that names what is gone already", () => {
  it.each([
    ["--delete-from", "app:old"],
    ["--remove-tags-from", "app:old"],
  ])("is no end of the run: %s", async (option, known) => {
    const { exitCode, notFound, deletedBlobs } = await forecast(
      appWorld().world,
      ...[option, list("app:gone", known, "none:1.0")],
    );
    expect([exitCode, notFound, deletedBlobs.length > 0]).toEqual([
      0,
      ["app:gone", "none:1.0"],
      option === "--delete-from",
    ]);
  });

  it("is said in the text, of a gate too", async () => {
    for (const command of ["forecast", "gate"]) {
      const { printed, exitCode } = await run(appWorld().world, command, "--remove-tags-from", list("app:gone"));
      expect(exitCode).toBe(0);
      expect(printed).toContain("1 name of the lists is in no root (any more), and passed over: app:gone");
    }
  });
});

describe("gate --delete", () => {
  it("stops for what deletes break, and goes for what they do not", async () => {
    const { world } = appWorld();
    const stopped = await run(world, "gate", "--delete", "app:1.0-amd64");
    expect(stopped.exitCode).toBe(4);
    expect(stopped.printed).toContain("registry: the deletes would break 1 tag;");
    const gone = await run(world, "gate", "--delete", "app:old");
    expect(gone.exitCode).toBe(0);
    expect(gone.printed).toMatch(/^GO: the deletes and garbage collection break nothing\n/);
  });

  it("is bound to its deletes: a recheck that names others is wrong usage", async () => {
    const { world } = appWorld();
    const report = join(temporaryFolder(), "gate.json");
    const again = (...options: string[]) => run(world, "gate --recheck", report, ...options);
    await run(world, "gate", "--report", report, "--delete", "app:old");
    expect((await again("--delete", "app:old")).printed).toBe(
      "GO for garbage-collect after deleting app:old over HTTP\n",
    );
    expect((await again()).exitCode).toBe(0);
    await expect(again("--delete", "app:1.0")).rejects.toThrow("with other images to delete");
    await run(world, "gate", "--report", report);
    await expect(again("--delete", "app:old")).rejects.toThrow("without images to delete");
  });
});
