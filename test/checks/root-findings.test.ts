// That a root is checked once, however often its findings are read.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { checkContext } from "../../src/checks/context.ts";
import { CHECKS } from "../../src/checks/index.ts";
import { RootFindings } from "../../src/checks/root-findings.ts";
import { RULES } from "../../src/registry/rules.ts";
import { graphOf, runProgram } from "../worlds/scan-world.ts";
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

it("keeps a few findings, and finds many again as they are read", () => {
  const context = checkContext({ name: "root", kind: "authoritative" }, graphOf(new World()), RULES[2]);
  const findMany = vi.spyOn(CHECKS["orphan-layer-link"], "find").mockImplementation(() => Array(10_001).keys());
  const findFew = vi.spyOn(CHECKS["missing-manifest"], "find").mockImplementation(() => Array(10_000).keys());
  const findings = RootFindings.find(context);
  expect([findings.count("orphan-layer-link"), findings.count("missing-manifest"), findings.total]).toEqual([
    10_001, 10_000, 20_001,
  ]);
  for (const code of ["orphan-layer-link", "missing-manifest"] as const) {
    const found = [...findings.of(code)].map((one) => one.found);
    expect(found).toEqual([...Array(found.length).keys()]);
  }
  expect([findMany.mock.calls.length, findFew.mock.calls.length]).toEqual([2, 1]);
});
