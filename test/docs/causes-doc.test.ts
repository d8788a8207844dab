import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CAUSES } from "../../src/causes/index.ts";
import { CAUSE_CODES, type CauseCode, ELSEWHERE } from "../../src/contract/cause.ts";

const sections = readFileSync(new URL("../../docs/causes.md", import.meta.url), "utf8")
  .split(/^## /m)
  .slice(1);

describe("docs/causes.md", () => {
  it("has one section a code, in the order in which causes are reported", () => {
    const titles = sections.map((section) => section.slice(0, section.indexOf("\n")));
    expect(titles.filter((title) => /^[a-z-]+$/.test(title))).toEqual([...CAUSE_CODES]);
  });

  it.each(Object.entries(CAUSES))(
    "says what %s means, and whether it forbids repairs, as the program does",
    (code, cause) => {
      const section = sections.find((section) => section.startsWith(`${code}\n`));
      expect(section).toContain(`\n- Meaning: ${cause.meaning}.\n`);
      expect(/Repairs: none/.test(section!)).toBe(ELSEWHERE.has(code as CauseCode));
    },
  );
});
