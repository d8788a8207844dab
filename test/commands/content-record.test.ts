// What scans remember of verified content, as gate, verify and plan use it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import type { GateReport } from "../../src/contract/gate.ts";
import type { VerifyReport } from "../../src/contract/verify.ts";
import { investigate } from "../worlds/investigate.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const START = Date.UTC(2026, 0, 1);
const LATER = START + 3_600_000 * 24 * 3;

/** A world with one image, scanned with these options three days ago; and the file that remembers it. */
async function scanned(...options: string[]) {
  return scannedWith(["a".padEnd(1000, "."), "b".padEnd(1000, ".")], options);
}

async function scannedWith(contents: readonly string[], options: readonly string[]) {
  const world = new World();
  const app = world.repository("app");
  const layers = contents.map((content) => app.layer(content));
  const image = app.image("v1", layers);
  for (const { digest } of [image, image.config, ...layers]) world.touch(blobPath(digest), START - 1e9);
  const state = join(temporaryFolder(), "state.json");
  await runProgram(world.fs, ["scan", "--verify-content", ...options, "--state", state, world.root], START);
  return { world, layers, record: `${state}.content` };
}

async function gate(world: World, record: string) {
  const args = ["gate", "--format", "json", "--content-record", record, world.root];
  const { printed, exitCode, warnings } = await runProgram(world.fs, args, LATER);
  return { report: JSON.parse(printed) as GateReport, exitCode, warnings };
}

describe("a gate that knows when content was verified", () => {
  it("warns of what it keeps that never was, and says go all the same", async () => {
    const { world, record } = await scanned("--max-bytes", "1000");
    const { report, exitCode } = await gate(world, record);
    expect([report.decision, exitCode]).toEqual(["go", 0]);
    expect(report.warnings).toEqual([
      "registry: 1 blob of 1,000 bytes that garbage collection keeps was never verified; the oldest evidence of the rest is of 2026-01-01 (regfsck scan --verify-content)",
    ]);
    expect(report.scan.content).toMatchObject({ ended: "not-asked", verified: { blobs: 3 } });
    const text = await runProgram(world.fs, ["gate", "--content-record", record, world.root], LATER);
    expect(text.printed.replace(/\s+/g, " ")).toContain("warning: registry: 1 blob of 1,000 bytes that garbage");
  });

  it("warns of nothing where all was, nor of what garbage collection deletes", async () => {
    const { world, record } = await scanned();
    expect((await gate(world, record)).report.warnings).toEqual([]);
    const lost = world.blob("nothing needs it");
    world.touch(blobPath(lost.digest), START - 1e9);
    expect((await gate(world, record)).report.warnings).toEqual([]);
  });

  it("stops at what a scan found corrupt and nobody has replaced", async () => {
    const { world, layers, record } = await scanned();
    const path = blobPath(layers[0]!.digest);
    world.write(path, "x".repeat(1000));
    world.touch(path, START - 1e9);
    const state = record.replace(/\.content$/, "");
    await runProgram(world.fs, ["scan", "--verify-content", "--state", state, world.root], START + 1000);
    const { report, exitCode } = await gate(world, record);
    expect([report.decision, exitCode]).toEqual(["stop", 4]);
    expect(report.scan.brokenTags).toMatchObject([{ repository: "app", tag: "v1" }]);
    // Also where it is given the state file of the scans for its own.
    expect((await runProgram(world.fs, ["gate", "--state", state, world.root], LATER)).exitCode).toBe(4);
  });

  it("says where there is no such file, or one that cannot be used, and decides as without", async () => {
    const { world, record } = await scanned();
    const none = await gate(world, `${record}.none`);
    expect([none.report.decision, none.report.warnings]).toEqual(["go", []]);
    expect(none.warnings.join()).toMatch(/there is none; nothing tells when content was verified/);
    writeFileSync(record, "damaged");
    expect((await gate(world, record)).warnings.join()).toMatch(/not a file of regfsck/);
  });

  it("finds the file beside the state of scans, by the configuration", async () => {
    const { world, record } = await scanned("--max-bytes", "1000");
    const config = join(temporaryFolder(), "regfsck.yaml");
    writeFileSync(config, `state: ${record.replace(/\.content$/, "")}\n`);
    const args = ["gate", "--format", "json", "--config", config, world.root];
    expect(JSON.parse((await runProgram(world.fs, args, LATER)).printed).warnings).toHaveLength(1);
  });
});

describe("what a scan found corrupt", () => {
  /** A layer that is too large to be hashed whenever a finding rests on it; corrupt, and found so by a scan. */
  async function found() {
    const sound = "a".repeat(2 ** 20 + 1);
    const { world, layers, record } = await scannedWith([sound], []);
    const path = blobPath(layers[0]!.digest);
    const put = (content: string) => {
      world.write(path, content);
      world.touch(path, START - 1e9);
    };
    put(sound.replace("a", "b"));
    await scanAgain(world, record);
    return { world, record, path, put, sound };
  }

  function scanAgain(world: World, record: string, ...options: string[]) {
    const state = record.replace(/\.content$/, "");
    return runProgram(world.fs, ["scan", "--verify-content", ...options, "--state", state, world.root], START + 1000);
  }

  /** Everything with this name has another change time from now on, as what is written anew has. */
  function changeLater({ memory }: World, path: string) {
    const { statSync } = memory;
    memory.statSync = ((...call: Parameters<typeof statSync>) => {
      const stat = statSync(...call) as { ctimeMs: number } | undefined;
      return stat && String(call[0]).endsWith(path) ? Object.assign(stat, { ctimeMs: stat.ctimeMs + 5000 }) : stat;
    }) as typeof statSync;
  }

  it("stays so, unread, while its file is the same", async () => {
    const { world, record, path } = await found();
    const { fs, paths } = recorded(world.fs, "openSync");
    const args = ["gate", "--content-record", record, world.root];
    expect((await runProgram(fs, args, LATER)).exitCode).toBe(4);
    expect(paths.filter((opened) => opened.endsWith(path))).toEqual([]);
  });

  it("stays so for a gate that comes to the root by another path", async () => {
    const { world, record } = await found();
    world.memory.symlinkSync(world.root, "/other");
    const args = ["gate", "--format", "json", "--content-record", record, "/other"];
    const { printed, exitCode } = await runProgram(world.fs, args, LATER);
    expect(exitCode).toBe(4);
    expect(JSON.parse(printed).scan.content.corrupt.blobs).toBe(1);
  });

  it.each([
    ["is sound where a copy with its size and time has taken its place", "go", (sound: string) => sound],
    ["stays so where the copy is corrupt too", "stop", (sound: string) => sound.replace("a", "c")],
  ])("%s", async (_, decision, copied) => {
    const { world, record, path, put, sound } = await found();
    put(copied(sound));
    changeLater(world, path);
    const { report } = await gate(world, record);
    expect(report.decision).toBe(decision);
    expect(report.scan.content!.corrupt.blobs).toBe(decision === "go" ? 0 : 1);
  });

  it("is read by no run whose budget it is over", async () => {
    const { world, record, path } = await found();
    changeLater(world, path);
    const { exitCode } = await scanAgain(world, record, "--max-bytes", "1000");
    expect(exitCode).toBe(4);
  });
});

describe("the evidence of content", () => {
  it("is told of each image that is verified", async () => {
    const { world, layers, record } = await scanned("--max-bytes", "1000");
    const args = ["--content-record", record, world.root, "app:v1"];
    const { images } = (await investigate(world.fs, "verify", args)) as VerifyReport;
    expect(images).toMatchObject([{ content: { total: { blobs: 4 }, verified: { blobs: 3 } }, state: "pullable" }]);
    const { printed } = await runProgram(world.fs, ["verify", ...args], LATER);
    expect(printed).toMatch(/Content: verified \d+ % of 2\.\d KiB, the oldest on 2026-01-01\./);
    expect(layers).toHaveLength(2);
  });

  it("is told by a plan", async () => {
    const { world, record } = await scanned();
    const { content } = await investigate(world.fs, "plan", ["--content-record", record, world.root]);
    expect(content?.verified).toEqual(content?.total);
    expect(content?.ended).toBe("not-asked");
  });
});
