// The program finds in each fixture exactly what its expected.json says, which is worked out from what was
// pushed and damaged, and which the real registry confirms.
import { cpSync, existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Expectation, ExpectedFinding } from "../../scripts/fixtures/fixture.ts";
import { filesBelow } from "../../scripts/fixtures/storage.ts";
import type { Finding } from "../../src/contract/finding.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected.json")));
const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000);

/** A copy of a fixture whose blobs are as old as it takes to be called unreferenced where one is to be. */
async function copyOf(name: string): Promise<string> {
  const root = join(temporaryFolder(), name);
  cpSync(join(fixtures, name), root, { recursive: true });
  const modified = daysAgo(name === "unreferenced-blob" ? 2 : 0);
  for (const path of await filesBelow(root)) utimesSync(join(root, path), modified, modified);
  return root;
}

type Report = Omit<ScanReport, "findings"> & { findings: Finding[] };

async function scan(root: string): Promise<{ code: number; report: Report }> {
  const { exitCode, printed, warnings } = await runProgram(nodeFs, ["scan", "--jobs", "1", "--format", "json", root]);
  expect(warnings).toEqual((exitCode & 8) !== 0 ? [expect.stringMatching(/^incomplete: /)] : []);
  return { code: exitCode, report: JSON.parse(printed) };
}

/** The findings as far as the expected ones of their code say what they are about, sorted. */
function told(findings: readonly (Finding | ExpectedFinding)[], expected: readonly ExpectedFinding[]): string[] {
  const keys = new Map<string, Set<string>>();
  for (const { code, blobs: _blobs, bytes: _bytes, ...rest } of expected) {
    const known = keys.get(code) ?? new Set(["code"]);
    for (const key of Object.keys(rest)) known.add(key);
    keys.set(code, known);
  }
  return findings
    .map((finding) =>
      [...(keys.get(finding.code) ?? ["code"])].map((key) => [key, finding[key as keyof typeof finding]]),
    )
    .map((fields) => JSON.stringify(Object.fromEntries(fields.sort())))
    .sort();
}

describe.each(names)("%s", (name) => {
  it("has exactly the findings and broken tags that are expected", async () => {
    const expectation: Expectation = JSON.parse(readFileSync(join(fixtures, name, "expected.json"), "utf8"));
    const root = await copyOf(name);
    const { code, report } = await scan(root);
    const orphans = (expectation.orphanLayerLinks ?? []).map((link) => ({ code: "orphan-layer-link", ...link }));
    const expected = [...expectation.findings, ...orphans];
    expect(told(report.findings, expected)).toEqual(told(expected, expected));
    expect(report.brokenTags.map(({ repository, tag }) => `${repository}:${tag}`)).toEqual(expectation.brokenTags);
    expect(code).toBe(expectation.exitCode);
    for (const { code, blobs, bytes } of expectation.findings) {
      if (blobs === undefined) continue;
      const finding = report.findings.find((finding) => finding.code === code);
      expect(finding?.message).toMatch(new RegExp(`^${blobs} blobs? of ${bytes} bytes`));
    }
    expectTagsAndFindingsToAgree(report);
  });
});

/** Each broken tag has the findings that say that they break it, and no two findings have one id. */
function expectTagsAndFindingsToAgree({ findings, brokenTags }: Report): void {
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  const byTag = brokenTags.flatMap(({ repository, tag, findings }) =>
    findings.map((id) => `${repository}:${tag} ${id}`),
  );
  const byFinding = findings.flatMap(({ id, affects }) => affects.map((image) => `${image} ${id}`));
  expect(byTag.sort()).toEqual(byFinding.sort());
  for (const { findings } of brokenTags) expect(findings.length).toBeGreaterThan(0);
}

describe("incident", () => {
  it("is reported in the same words by a second scan", async () => {
    const root = await copyOf("incident");
    const { report } = await scan(root);
    const { runId, startedAt: _startedAt, durationMs: _durationMs, ...lasting } = report;
    const second = (await scan(root)).report;
    expect(second).toMatchObject(lasting);
    expect(second.runId).not.toBe(runId);
  });

  it("names the platforms that each image has lost", async () => {
    const { report } = await scan(await copyOf("incident"));
    const platforms = new Map(
      report.brokenTags.map(({ repository, tag, platforms }) => [`${repository}:${tag}`, platforms]),
    );
    expect(platforms.get("infra-ci:latest")).toEqual(["linux/amd64", "linux/arm64"]);
  });
});

describe("base", () => {
  it("is two roots, of which one is a cache; each scans alone as it does beside the other", async () => {
    const base = await copyOf("base");
    const { report } = await scan(base);
    expect(report.roots.map(({ name, kind }) => [name, kind])).toEqual([
      ["dockerhub", "cache"],
      ["private", "authoritative"],
    ]);
    for (const root of report.roots) expect((await scan(join(base, root.name))).report.roots).toEqual([root]);
  });
});
