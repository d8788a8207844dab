import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { ProbeReport } from "../../../src/contract/probe.ts";
import { renderProbeText } from "../../../src/report/text/probe.ts";
import { PROBES } from "../sample-probes.ts";

/** An image that is all right, by tag or by digest. */
function image(tag: string | null): ProbeReport["images"][number] {
  const digest = `sha256:${"a".repeat(64)}`;
  const name = tag === null ? `app@${digest}` : `app:${tag}`;
  return {
    image: name,
    repository: "app",
    tag,
    digest,
    state: "pullable",
    platforms: [],
    parts: 3,
    bytes: 1000,
  };
}

function render(report: ProbeReport): string {
  return [...renderProbeText(report, { colour: new Chalk({ level: 0 }), width: 80, full: false })].join("");
}

describe("the text of a probe", () => {
  it("counts tags, as that of a scan does", () => {
    const images = ["1", "2", "3"].map(image);
    const text = render({ ...PROBES.clean, images });
    expect(text).toMatch(/^clean: no broken image among 3 tags\n/);
    expect(text).toContain("  2 repositories, 3 tags, 5 manifests, 9 blobs, 18 requests\n");
    expect(render({ ...PROBES.broken, images })).toMatch(/^1 of 3 tags is broken\n/);
  });

  it("counts images where one was asked for by digest", () => {
    const text = render({ ...PROBES.clean, images: [image("1"), image(null)] });
    expect(text).toMatch(/^clean: no broken image among 2 images\n/);
    expect(text).toContain("  2 repositories, 3 images, ");
  });
});
