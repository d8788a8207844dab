import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "../../src/checks/finding.ts";
import { CHECKS } from "../../src/checks/index.ts";

const project = new URL("../..", import.meta.url);
const at = (path: string) => new URL(path, project);

it("knows a check for every code, in the order of the codes", () => {
  expect(Object.keys(CHECKS)).toEqual([...FINDING_CODES]);
});

describe.each(FINDING_CODES)("%s", (code) => {
  it("has a check in the file of its name", () => {
    const name = code.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(readFileSync(at(`src/checks/${code}.ts`), "utf8")).toContain(`export const ${name}: Check = {`);
  });

  it("has a fixture that says how it was made and what is to be found", () => {
    const { findings } = JSON.parse(readFileSync(at(`test-fixtures/${code}/expected.json`), "utf8"));
    expect(findings.map((finding: { code: string }) => finding.code)).toEqual([code]);
    expect(existsSync(at(`test-fixtures/${code}/README.md`))).toBe(true);
    expect(existsSync(at(`test-fixtures/${code}/docker/registry/v2`))).toBe(true);
  });

  it("has a test in the file of its name", () => {
    expect(existsSync(at(`test/checks/${code}.test.ts`))).toBe(true);
  });

  it("has its heading in the documentation", () => {
    expect(readFileSync(at("docs/findings.md"), "utf8")).toContain(`\n## ${code}\n`);
  });
});

it("has no file that is named like a check and is none", () => {
  const shared = ["finding.ts", "index.ts", "refused-references.ts"];
  const files = readdirSync(at("src/checks")).filter((name) => !shared.includes(name));
  expect(files.sort()).toEqual(FINDING_CODES.map((code) => `${code}.ts`).sort());
});
