import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { ForecastReport } from "../../../src/contract/forecast.ts";
import { renderForecastText } from "../../../src/report/text/forecast.ts";
import { columns } from "../../../src/text/page.ts";
import {
  aborting,
  breaking,
  broken,
  FORECASTS,
  forecastReport,
  halfWay,
  harmless,
  rootForecast,
  unread,
} from "../sample-forecasts.ts";
import { sha256 } from "../sample-reports.ts";

function render(report: ForecastReport, { width = 80, level = 0 as 0 | 1 } = {}): string {
  return [...renderForecastText(report, { colour: new Chalk({ level }), width })].join("");
}

describe.each(Object.entries(FORECASTS))("the text of a forecast: %s", (_, report) => {
  it.each([80, 140, 40])("fits %d columns", (width) => {
    const lines = render(report, { width }).split("\n");
    // A path is never cut: it stands on a line of its own.
    expect(lines.filter((line) => columns(line) > width && !/^ *\S+$/.test(line))).toEqual([]);
  });

  it("holds no character that a terminal obeys but the end of line", () => {
    expect(render(report).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it("says the same in colour", () => {
    const coloured = render(report, { level: 1 });
    expect(coloured).toContain("\x1b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(render(report));
  });

  it("leaves no space at the end of a line, and stays short", () => {
    expect(render(report)).not.toMatch(/ \n/);
    expect(render(report).split("\n").length).toBeLessThan(100);
  });
});

describe("the verdict of a forecast", () => {
  it.each([
    ["garbage collection with -m breaks nothing", harmless],
    ["garbage collection breaks nothing", forecastReport([rootForecast({ deleteUntagged: false })])],
    ["the tag clean-up and garbage collection with -m break nothing", forecastReport([rootForecast({ keepTags: 5 })])],
    ["the tag clean-up and garbage collection with -m would break 503 tags", breaking],
    ["garbage collection with -m would break 1 tag", forecastReport([rootForecast({ breaks: [broken("a", "1")] })])],
    ["garbage collection with -m would abort", aborting],
    ["the tag clean-up and garbage collection with -m would abort half-way in 1 of 2", halfWay],
    ["incomplete: 25 places could not be read", unread],
    ["garbage collection with -m would abort; incomplete: 25 places could not be read", abortingUnread()],
    ["garbage collection with -m breaks nothing, but does not see 1 repository", unseen()],
  ])("is the first line: %s", (line, report) => {
    expect(render(report).split("\n")[0]).toBe(line);
  });

  it("never says that nothing breaks beside a break, whatever the report's verdict", () => {
    expect(render({ ...breaking, verdict: "clean" })).toMatch(/^the .* would break 503 tags\n/);
  });
});

function abortingUnread(): ForecastReport {
  return forecastReport(aborting.roots, { unreadable: unread.unreadable });
}

function unseen(): ForecastReport {
  return forecastReport([rootForecast({ unseenRepositories: ["a"] })]);
}

describe("what garbage collection breaks", () => {
  it("is said by tag, with what it loses and what keeps it", () => {
    const [, section] = render(breaking).split("\ninfra-ci:latest  ");
    expect(section!.split("\n\n")[0]!.split("\n").slice(1)).toEqual([
      `  loses  child  linux/amd64      ${sha256("infra-ci linux/amd64").slice(0, 19)}`,
      `         child  linux/arm64      ${sha256("infra-ci linux/arm64").slice(0, 19)}`,
      `         child  unknown/unknown  ${sha256("infra-ci unknown/unknown").slice(0, 19)}`,
      "    to keep it: run garbage collection without -m; regfsck reclaim lists what",
      "      can be deleted first, so that it frees as much",
    ]);
  });

  it("is said once for all tags that lose the same", () => {
    const text = render(breaking);
    expect(text).toMatch(/\nteam\/web, 500 tags: 1\.0, 1\.1, .* … and\n? +492 more\n/);
    expect(text.split(sha256("team/web child").slice(0, 19))).toHaveLength(2);
  });

  it("is not said together where something else keeps it", () => {
    const breaks = [broken("a", "1"), broken("a", "2", { keptBy: ["keep the tag"] })];
    const text = render(forecastReport([rootForecast({ breaks })]));
    expect(text).toMatch(/^a:1 {2}/m);
    expect(text).toMatch(/^a:2 {2}/m);
  });

  it("says each way to keep an image", () => {
    expect(render(breaking)).toContain("    to keep it: keep the tags of tools/sha512 that name what is lost:");
    expect(render(breaking)).toContain("    or: push the image again");
  });

  it("is counted by repository beyond 20 groups", () => {
    const breaks = Array.from({ length: 45 }, (_, index) =>
      broken(index < 40 ? "many" : "few", `${index}`, { lost: [{ digest: sha256(`${index}`), role: "layer" }] }),
    );
    const text = render(forecastReport([rootForecast({ breaks })]));
    expect(text.match(/^many:\d+ {2}/gm)).toHaveLength(20);
    expect(text).toContain("\n… and 25 more tags that would break (--full prints all)\n  20  many\n   5  few\n");
  });

  it("has the root before it where there are several", () => {
    expect(render(halfWay)).toContain("\nprivate/team/api:1.0  ");
  });
});

describe("a forecast that frees nothing", () => {
  it("says why, and what reclaim would free", () => {
    const root = rootForecast({ deleteUntagged: false, reclaimable: { manifests: 19, freedBytes: 21_033 } });
    expect(render(forecastReport([root]), { width: 240 })).toContain(
      "marks 244,254 blobs and deletes nothing: it keeps what its repositories link, with a tag or without; regfsck reclaim finds 19 manifests that no tag needs, and frees 20.5 KiB\n",
    );
  });
});

describe("where garbage collection aborts", () => {
  it("is every place by its path, with what to do said once for the same failure", () => {
    const text = render(aborting, { width: 240 });
    expect(text).toContain("\nGarbage collection would abort at 3 places, at the next as soon as one is fixed:\n");
    for (const { path } of aborting.roots[0]!.aborts) expect(text).toContain(`\n  ${path}\n`);
    expect(text.split("this link holds no valid digest")).toHaveLength(2);
  });

  it("says what is gone by then where it is half-way", () => {
    const text = render(halfWay);
    expect(text).toContain("\nGarbage collection of private would abort at 1 place:\n");
    expect(text).toContain("\n  By then 7 manifests are deleted, and no blob:\n    private/team/api  sha256:");
    expect(text).toContain("\n    … and 2 more (--full prints all)\n");
    expect(render(aborting)).not.toContain("By then");
  });
});

describe("the rest of a forecast", () => {
  it("names repositories that garbage collection does not see", () => {
    expect(render(breaking)).toContain("\nGarbage collection does not see 1 repository, ");
    expect(render(halfWay)).toContain("\n  private/mirror/index-only\n");
  });

  it("counts the tags that the clean-up removes, and names a few", () => {
    const removed = /The tag clean-up removes 1,200 tags \(each repository keeps its 5 newest\): team\/web:0\.0,/;
    expect(render(breaking, { width: 140 })).toMatch(removed);
    expect(render(breaking, { width: 240 })).toMatch(/team\/web:0\.199\s+… and 1,000 more\n/);
    expect(render(halfWay)).toContain("\nThe tag clean-up removes 1 tag: private/team/api:0.9\n");
  });

  it("ends with figures, against what is safe to free", () => {
    expect(render(breaking).split("\n").slice(-5)).toEqual([
      "Forecast  /opt/registry/data  (authoritative)",
      "  garbage collection with -m marks 244,254 blobs, deletes 14,436 manifests and",
      "  3,000 blobs, and frees 1.3 TiB; safe to free: 200 GiB",
      "Took 4.2 s.",
      "",
    ]);
    const nothing = "garbage collection with -m marks 244,254 blobs and deletes nothing";
    expect(render(harmless, { width: 200 })).toContain(
      `\n  ${nothing}: every blob belongs to an image that a tag keeps\n`,
    );
    expect(render(aborting)).toContain("\n  garbage collection with -m aborts, and frees nothing;");
    expect(render(halfWay)).toContain(
      "\n  garbage collection with -m aborts after deleting 7 manifests, and frees\n  nothing;",
    );
  });
});
