import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Check } from "../../src/checks/check.ts";
import { CHECKS } from "../../src/checks/index.ts";
import { FINDING_CODES } from "../../src/contract/finding.ts";

const text = readFileSync(new URL("../../docs/findings.md", import.meta.url), "utf8");
const sections = text.split(/^## /m).map((section) => {
  const end = section.indexOf("\n");
  return { title: section.slice(0, end), body: section.slice(end) };
});
const ofCodes = sections.filter(({ title }) => /^[a-z-]+$/.test(title));

describe("docs/findings.md", () => {
  it("has one section a code, in the order in which findings are reported", () => {
    expect(ofCodes.map(({ title }) => title)).toEqual([...FINDING_CODES]);
  });

  describe.each(FINDING_CODES)("on %s", (code) => {
    const check: Check = CHECKS[code];
    const body = ofCodes.find(({ title }) => title === code)?.body ?? "";

    it("says its meaning as the check does", () => {
      expect(body).toContain(`\n- Meaning: ${check.meaning}.\n`);
    });

    it("says its severity", () => {
      const severity =
        check.severity === "error-if-tagged"
          ? "error where a tag needs it, warning where only untagged revisions do, info where only [unwanted platforms](configuration.md#platforms-that-may-be-missing) do"
          : check.severity;
      expect(body).toContain(`\n- Severity: ${severity}.\n`);
    });

    it("says whether it is reported in caches", () => {
      expect(body).toMatch(
        check.inCaches ? /\n- In pull-through caches: reported\b/ : /\n- In pull-through caches: not reported\b/,
      );
    });

    it.each(["What a client sees.", "How it comes about.", "Confirm.", "Fix."])("says: %s", (part) => {
      expect(body).toContain(`**${part}**`);
    });
  });

  it("names no code that does not exist", () => {
    const known = new Set<string>(FINDING_CODES);
    const named = [
      ...text.matchAll(
        /`((?:missing|unlinked|orphan|dangling|malformed|mismatched|invalid|unseen|stray|stale|unreferenced|size|digest|cache|expired)-[a-z-]+)`/g,
      ),
    ];
    expect(named.map(([, code]) => code!).filter((code) => !known.has(code))).toEqual([]);
  });
});
