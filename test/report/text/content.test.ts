import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { ContentReport } from "../../../src/contract/content.ts";
import { renderContent } from "../../../src/report/text/content.ts";
import { verifiedContent } from "../sample-reports.ts";

const render = (content: ContentReport | undefined, width = 80) =>
  [...renderContent({ colour: new Chalk({ level: 0 }), width, full: false }, content ? { content } : {})].join("");
const flat = (content: ContentReport) => render(content, 1000);

describe("the lines about verified content", () => {
  it("say what was read, how old the evidence is, and when the round will be done", () => {
    expect(render(verifiedContent)).toBe(
      [
        "Content: read 128 GiB in 30,000 blobs (8 min 32 s, 256 MiB a second), as far as",
        "  --max-bytes permits. Verified 80 % of 1.3 TiB, 60 % within 30 days, the oldest",
        "  on 2026-09-30. With this budget all is read in 10 runs; this round needs 3",
        "  more, until about 2026-11-26.\n",
      ].join("\n"),
    );
  });

  it("are none where nothing is known", () => {
    expect(render(undefined)).toBe("");
  });

  it("never round up to all, and name what is corrupt, and what no run will read", () => {
    const almost = { blobs: 388_697, bytes: 1.25 * 2 ** 40 - 1 };
    const corrupt = { blobs: 1, bytes: 1 };
    const text = flat({ ...verifiedContent, verified: almost, recent: almost, corrupt, tooLarge: 2 });
    expect(text).toContain("Verified 99 % of 1.3 TiB, the oldest on 2026-09-30; 1 blob corrupt.");
    expect(text).toContain("2 blobs are larger than this budget and never verified with it: raise it.");
  });

  it("tell what earlier runs knew where this one was not asked to read", () => {
    const read = { blobs: 0, bytes: 0, durationMs: 0, bytesPerSecond: null };
    const text = flat({
      ...verifiedContent,
      read,
      ended: "not-asked",
      round: { runs: null, runsLeft: null, endsAt: null },
    });
    expect(text).toBe("Content: verified 80 % of 1.3 TiB, 60 % within 30 days, the oldest on 2026-09-30.\n");
  });

  it("say no more of a run that has read all", () => {
    const { total } = verifiedContent;
    const all = { ...verifiedContent, verified: total, recent: total, ended: "complete" as const };
    expect(flat(all)).toContain("256 MiB a second). Verified 100 % of 1.3 TiB, the oldest on 2026-09-30.\n");
    expect(flat(all)).not.toContain("With this budget");
  });
});
