// What the tests of a plan's script have in common: copies of fixtures, the built program, and the shell.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { startRegistry } from "../../../scripts/registry/server.ts";
import type { PlanReport } from "../../../src/contract/plan.ts";
import { connectTo } from "../exactness/client/http.ts";
import { brokenTagsOf, type Walk, walkRegistry } from "../exactness/client/walk.ts";
import { program } from "../exactness/judge/report.ts";

export const fixture = (name: string) => fileURLToPath(new URL(`../../../test-fixtures/${name}`, import.meta.url));

/** A folder that goes after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "regfsck-plan-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of the fixture, as a root of that name in the folder. */
export function copyOf(name: string, folder: string, as = name): string {
  const root = join(folder, as);
  cpSync(fixture(name), root, { recursive: true });
  return root;
}

/** Plans, and writes the script; the exit code and the report. */
export function planFor(script: string, ...args: string[]) {
  const { status, stdout, stderr } = regfsck("plan", "--format", "json", "--script", script, ...args);
  return { status, stderr, report: JSON.parse(stdout) as PlanReport };
}

export function regfsck(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Runs it as whoever runs the tests, who owns the roots: that may be root. */
export function runScript(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync("sh", [script, "--as-root", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** What the registry serves of a root, to a client that pulls every tag. */
async function walk(root: string): Promise<Walk> {
  const registry = await startRegistry({ root });
  const client = connectTo(registry.url, 30_000);
  try {
    return await walkRegistry(client, root);
  } finally {
    client.close();
    await registry.stop();
  }
}

export async function brokenOf(root: string): Promise<string[]> {
  return brokenTagsOf(await walk(root));
}
