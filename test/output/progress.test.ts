import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderProgress } from "../../src/output/progress.ts";

describe("renderProgress", () => {
  it("shows how far a phase has come, at what rate, and how long it will take", () => {
    const progress = { phase: "reading links", done: 50_000, total: 200_000, perSecond: 10_000 };
    expect(renderProgress(progress, 120)).toBe(
      "reading links  [======>                       ]  25%  50,000 of 200,000  10,000/s  15.0 s left",
    );
  });

  it("counts while the total is not known", () => {
    const progress = { phase: "finding repositories", done: 1503, total: undefined, perSecond: 0 };
    expect(renderProgress(progress, 80)).toBe("finding repositories  1,503");
  });

  it("fills the bar at the end only", () => {
    const at = (done: number) => renderProgress({ phase: "blobs", done, total: 1000, perSecond: 1 }, 120);
    expect(at(999)).toContain("99%");
    expect(at(999)).toContain(">");
    expect(at(1000)).toContain("[==============================]  100%");
    expect(at(1001)).toContain("100%");
  });

  it("is one line that fits, whatever the width", () => {
    const progress = fc.record({
      phase: fc.constantFrom("reading links", "checking"),
      done: fc.nat(),
      total: fc.option(fc.nat(), { nil: undefined }),
      perSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(progress, fc.integer({ min: 0, max: 200 }), (state, width) => {
        expect(renderProgress(state, width).length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
