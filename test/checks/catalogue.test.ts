// That a finding code has all that belongs to it; docs/internals/adding-a-check.md tells how to add one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHECKS } from "../../src/checks/index.ts";
import { FINDING_CODES } from "../../src/contract/finding.ts";

const project = new URL("../..", import.meta.url);
const at = (path: string) => new URL(path, project);
const GUIDE = "see docs/internals/adding-a-check.md";

/** What the checks share: files of src/checks that are no check. */
const SHARED = [
  "check.ts",
  "content-damage.ts",
  "context.ts",
  "finding.ts",
  "index.ts",
  "pull-problems.ts",
  "root-findings.ts",
];

it("knows a check for every code, in the order of the codes", () => {
  expect(Object.values(CHECKS).map(({ code }) => code)).toEqual([...FINDING_CODES]);
});

it("has a file of src/checks for every code, and no other file that is named like a check", () => {
  const files = readdirSync(at("src/checks")).filter((name) => !SHARED.includes(name));
  expect(files.sort(), `one file a finding code, ${GUIDE}`).toEqual(FINDING_CODES.map((code) => `${code}.ts`).sort());
});

/** Git keeps neither owners nor modes. */
const WITHOUT_FIXTURE: readonly string[] = ["unreadable-for-registry"];

function expectFile(code: string, what: string, path: string): void {
  expect(existsSync(at(path)), `${code} lacks ${what}: ${path} (${GUIDE})`).toBe(true);
}

describe.each(FINDING_CODES.filter((code) => !WITHOUT_FIXTURE.includes(code)))("the fixture of %s", (code) => {
  it.each([
    ["a fixture", "docker/registry/v2"],
    ["what the fixture is to show", "expected.json"],
    ["how the fixture was made", "README.md"],
  ])("has %s", (what, path) => expectFile(code, what, `test-fixtures/${code}/${path}`));

  it("shows this one code", () => {
    const { findings } = JSON.parse(readFileSync(at(`test-fixtures/${code}/expected.json`), "utf8"));
    expect(findings.map((finding: { code: string }) => finding.code)).toEqual([code]);
  });
});

describe.each(FINDING_CODES)("%s", (code) => {
  const check = CHECKS[code];

  it("has a test", () => expectFile(code, "a test", `test/checks/${code}.test.ts`));

  it("is documented", () => {
    const isThere = readFileSync(at("docs/findings.md"), "utf8").includes(`\n## ${code}\n`);
    expect(isThere, `docs/findings.md lacks a section "## ${code}" (${GUIDE})`).toBe(true);
  });

  it("has words that fit a line", () => {
    expect(check.label.length, "the label stands in a column").toBeLessThanOrEqual(32);
    expect(check.meaning).not.toMatch(/^[A-Z]|[.\n]$/);
  });
});
