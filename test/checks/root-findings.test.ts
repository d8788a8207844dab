// That a root is checked once, however often its findings are read.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { CHECKS } from "../../src/checks/index.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

afterEach(() => vi.restoreAllMocks());

function damaged(): World {
  const world = new World();
  const [layer] = world.repository("team/app").image("1.0").layers;
  world.removeEntry(blobPath(layer!.digest));
  return world;
}

/** How often each check looks for what it finds while the command runs. */
async function callsOf(args: readonly string[], world: World): Promise<number[]> {
  const spies = Object.values(CHECKS).map((check) => vi.spyOn(check, "find"));
  await runProgram(world.fs, [...args, world.root]);
  return spies.map((spy) => spy.mock.calls.length);
}

const once = Object.keys(CHECKS).map(() => 1);

it.each([["scan"], ["gate"], ["plan"]])("runs each check once in a %s", async (command) => {
  expect(await callsOf([command], damaged())).toEqual(once);
});

it("runs each check once in a scan that writes all that it can", async () => {
  const folder = mkdtempSync(join(tmpdir(), "regfsck-"));
  try {
    const files = ["--report", "report.jsonl", "--state", "state.json", "--metrics", "regfsck.prom"];
    const args = files.map((text) => (text.startsWith("--") ? text : join(folder, text)));
    expect(await callsOf(["scan", ...args], damaged())).toEqual(once);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
