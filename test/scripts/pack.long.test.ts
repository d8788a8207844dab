// What `npm pack` makes of a fresh checkout: what the program needs, and nothing else.
import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shareFiles } from "../../scripts/package/share.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** What packing needs of a checkout, and files of the kinds that must not get in. */
const CHECKOUT = ["package.json", "tsconfig.json", "README.md", "LICENSE", "src", "scripts", "test/layout", "docs"];

/** A program of a user, which takes every report for what it is, and no field for another. */
const CONSUMER = `
import type { ForecastReport, GateReport, PlanReport, ScanLine, ScanReport, UsageReport, VerifyReport, WhyReport } from "regfsck";

export function broken(report: ScanReport): string[] {
  return report.brokenTags.map(({ repository, tag }) => repository + ":" + tag);
}
export function codes(lines: ScanLine[]): string[] {
  return lines.flatMap((line) => (line.type === "finding" && line.severity === "error" ? [line.code] : []));
}
export function mayCollect({ decision, scan, forecast }: GateReport): boolean {
  return decision === "go" && scan.verdict === "clean" && freed(forecast) > 0;
}
function freed({ roots }: ForecastReport): number {
  return roots.reduce((sum, { safeToFreeBytes }) => sum + safeToFreeBytes, 0);
}
export function pushes({ steps }: PlanReport): string[] {
  return steps.flatMap((step) => (step.kind === "push" ? [step.digest] : []));
}
export type Registry = (ScanReport | VerifyReport | WhyReport | UsageReport)["registry"];
// @ts-expect-error: no such field
export type Misspelt = ScanReport["brokentags"];
`;

let folder: string;
let unpacked: string;
let packed: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pack-"));
  const checkout = join(folder, "checkout");
  for (const name of CHECKOUT) await cp(join(repository, name), join(checkout, name), { recursive: true });
  await symlink(join(repository, "node_modules"), join(checkout, "node_modules"));
  await mkdir(join(checkout, "dist"));
  await cp(join(repository, "src/cli.ts"), join(checkout, "dist/removed.js"));
  const [{ files, filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--silent"], { cwd: checkout, encoding: "utf8" }),
  );
  packed = files.map(({ path }: { path: string }) => path);
  unpacked = join(folder, "package");
  execFileSync("tar", ["--extract", "--file", join(checkout, filename), "--directory", folder]);
});
afterAll(() => rm(folder, { recursive: true }));

/** How a program ends, and what it says. */
function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("npm pack", () => {
  it("packs the program with its licences, its types, the schemas, the manual page and the completions", async () => {
    // What is loaded together lies in files whose names tell their content.
    const isChunk = (name: string) => /^dist\/[a-z-]+-[0-9A-Z]{8}\.js$/.test(name);
    expect(packed.filter(isChunk).length).toBeGreaterThan(10);
    const expected = [
      "LICENSE",
      "README.md",
      "package.json",
      "dist/NOTICES",
      "dist/cli.js",
      "dist/worker.js",
      "dist/types.d.ts",
      ...Object.keys(jsonSchemas()).map((name) => `dist/${name}`),
      ...Object.keys(shareFiles("", "")).map((name) => `dist/share/${name}`),
    ];
    expect(packed.filter((name) => !isChunk(name)).sort()).toEqual(expected.sort());
  });

  it("packs a program that runs without any other package, and a manual page where npm looks for it", async () => {
    const manifest = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
    const program = join(unpacked, manifest.bin.regfsck);
    expect(run(program, "--version")).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
    expect(run(program, "scan", join(repository, "test-fixtures/healthy"))).toMatchObject({ status: 0, stderr: "" });
    // npm links the pages of a list, not a page that is named alone.
    const [page] = manifest.man as string[];
    expect(await readFile(join(unpacked, page!), "utf8")).toContain(`"regfsck ${manifest.version}"`);
  });

  it("packs types by which another program reads a report and its lines", async () => {
    const modules = join(folder, "node_modules");
    await mkdir(modules, { recursive: true });
    await symlink(unpacked, join(modules, "regfsck"));
    const consumer = join(folder, "consumer.ts");
    await writeFile(consumer, CONSUMER);
    const compiler = join(repository, "node_modules/.bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", ""];
    expect(run(compiler, ...flags, consumer)).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
