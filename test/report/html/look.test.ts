import { describe, expect, it } from "vitest";
import { STYLE } from "../../../src/report/html/style.ts";

/** The variables that the n-th rule for :root sets. */
function themes(): Record<string, string>[] {
  return [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, rule]) =>
    Object.fromEntries([...rule!.matchAll(/--([a-z]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!])),
  );
}

const areas = () =>
  ["own", "shared", "reclaimable"].map((name) => new RegExp(`\\.${name} \\{\\s*fill: (#[0-9a-f]{6})`).exec(STYLE)?.[1]);

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe("the contrast of text", () => {
  it.each(["light", "dark", "print"].map((name, index) => [name, index] as const))("is enough: %s", (_, index) => {
    const theme = themes()[index]!;
    for (const ink of ["ink", "quiet", "good", "bad", "doubtful"]) {
      for (const paper of ["paper", "panel"]) {
        expect(contrast(theme[ink]!, theme[paper]!), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("is enough on the areas of the map", () => {
    for (const area of areas()) expect(contrast("#ffffff", area!)).toBeGreaterThanOrEqual(4.5);
  });
});
