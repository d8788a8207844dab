import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { Cause } from "../../../src/contract/cause.ts";
import type { ScanReport } from "../../../src/contract/scan.ts";
import { renderScanText } from "../../../src/report/text/scan.ts";
import { columns } from "../../../src/text/page.ts";
import {
  brokenTagsOf,
  clean,
  finding,
  incident,
  incomplete,
  linkPath,
  rootReport,
  SAMPLES,
  scanReport,
  severalRoots,
  sha256,
} from "../sample-reports.ts";

type Level = 0 | 1 | 3;

function render(report: ScanReport, { width = 80, level = 0 as Level, full = false } = {}): string {
  return [...renderScanText(report, { colour: new Chalk({ level }), width, full })].join("");
}

const firstLine = (report: ScanReport) => render(report).split("\n")[0];

describe.each(Object.entries(SAMPLES))("the text report of %s", (_, report) => {
  it.each([80, 140, 40])("fits %d columns", (width) => {
    const tooWide = render(report, { width })
      .split("\n")
      // What is to be copied is not wrapped.
      .filter((line) => columns(line) > width && !line.startsWith("Next: ") && !/^ *\S+$/.test(line));
    expect(tooWide).toEqual([]);
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

  it("leaves no space at the end of a line", () => {
    expect(render(report)).not.toMatch(/ \n/);
  });
});

describe("the verdict", () => {
  it.each([
    ["clean: no broken image among 49,651 tags", clean],
    ["clean: no broken image among 49,651 tags (1 warning)", scanReport({ findings: [finding("mismatched-link")] })],
    ["504 of 49,651 tags are broken, and 1 error besides", incident],
    ["incomplete: 25 places could not be read", incomplete],
    ["no broken image, but 1 error", scanReport({ findings: [finding("unseen-repository")] })],
    ["no broken image, but 1 note", scanReport({ findings: [finding("stale-upload")], verdict: "findings" })],
    ["no broken image, but 1 error; incomplete: not all could be checked", failedIncompletely()],
    ["incomplete: /opt/registry/data is empty; is it mounted?", emptyRoot()],
  ])("is the first line: %s", (line, report) => {
    expect(firstLine(report)).toBe(line);
  });

  it("never calls broken images clean, whatever the run may let pass", () => {
    expect(firstLine({ ...incident, verdict: "clean" })).toBe("504 of 49,651 tags are broken, and 1 error besides");
  });
});

function failedIncompletely(): ScanReport {
  return scanReport({ findings: [finding("unseen-repository")], verdict: "findings+incomplete" });
}

function emptyRoot(): ScanReport {
  const { counts } = rootReport();
  const empty = Object.fromEntries(Object.keys(counts).map((key) => [key, 0])) as unknown as typeof counts;
  return scanReport({ verdict: "incomplete", roots: [rootReport({ counts: empty })] });
}

describe("broken images", () => {
  it("says what an image lacks, by platform, and once how to fix it", () => {
    const [, section] = render(incident).split("\ninfra-ci:latest  ");
    expect(section!.split("\n\n")[0]!.split("\n").slice(1)).toEqual([
      `  child  linux/amd64      ${sha256("infra-ci linux/amd64").slice(0, 19)}  in the store, not linked`,
      `  child  linux/arm64      ${sha256("infra-ci linux/arm64").slice(0, 19)}  in the store, not linked`,
      `  child  unknown/unknown  ${sha256("infra-ci unknown/unknown").slice(0, 19)}  in the store, not linked`,
      "    unlinked-child: the child manifest is in the store, but its repository has",
      "      no revision link to it: 404",
      "    fix: write its revision link back, and the layer links that are gone (all",
      "      that it needs is in the store)",
    ]);
  });

  it("says once what breaks 500 tags, and counts them", () => {
    const text = render(incident);
    expect(text).toContain("team/web, 500 tags: 1.1, 1.10, 1.100,");
    expect(text).toContain("… and\n    492 more\n");
    expect(text.split(sha256("shared base layer").slice(0, 19))).toHaveLength(2);
  });

  it("groups tags of several repositories that share a lost layer", () => {
    const lost = ["a", "b"].map((repository) =>
      finding("missing-blob", {
        repository,
        digest: sha256("layer"),
        parent: sha256(repository),
        role: "layer",
        path: "docker/registry/v2/blobs/layer",
        affects: [`${repository}:1`],
      }),
    );
    expect(render(scanReport({ findings: lost, brokenTags: brokenTagsOf(lost) }))).toContain(
      "\n2 images in 2 repositories: a:1, b:1\n",
    );
  });

  it("groups tags that name the same lost manifest", () => {
    const dangling = ["1.0", "latest"].map((tag) =>
      finding("dangling-tag", {
        repository: "a",
        tag,
        digest: sha256("gone"),
        path: `tags/${tag}`,
        affects: [`a:${tag}`],
      }),
    );
    const brokenTags = brokenTagsOf(dangling).map((image) => ({ ...image, digest: sha256("gone") }));
    const text = render(scanReport({ findings: dangling, brokenTags }));
    expect(text).toContain(`\na, 2 tags: 1.0, latest\n    ${sha256("gone").slice(0, 19)}\n  tag  `);
  });

  it("does not group images that lack something else besides", () => {
    const shared = finding("missing-blob", { repository: "a", digest: sha256("x"), affects: ["a:1", "a:2"] });
    const own = finding("missing-blob", { repository: "a", digest: sha256("y"), path: "elsewhere", affects: ["a:2"] });
    const text = render(scanReport({ findings: [shared, own], brokenTags: brokenTagsOf([shared, own]) }));
    expect(text).toMatch(/^a:1 {2}/m);
    expect(text).toMatch(/^a:2 {2}/m);
  });

  it("counts all by repository, says 20 in full, and all where that is asked for", () => {
    const findings = Array.from({ length: 45 }, (_, index) => {
      const digest = sha256(`${index}`);
      const repository = index < 40 ? "many" : "few";
      const path = linkPath(repository, "_layers", digest);
      return finding("unlinked-blob", { repository, digest, role: "layer", path, affects: [`${repository}:${index}`] });
    });
    const report = scanReport({ findings, brokenTags: brokenTagsOf(findings) });
    const text = render(report);
    expect(text).toContain("\nBroken tags by repository:\n  40  many\n   5  few\n");
    expect(text.match(/^(many|few):\d+ {2}/gm)).toHaveLength(20);
    expect(text).toContain("\n… and 25 more (--full prints all)\n");
    expect(render(report, { full: true }).match(/^(many|few):\d+ {2}/gm)).toHaveLength(45);
  });

  it("gives the path of what is to be fixed in place", () => {
    const path = linkPath("a", "_layers", sha256("x"));
    const malformed = finding("malformed-link", { repository: "a", digest: sha256("x"), path, affects: ["a:1"] });
    const report = scanReport({ findings: [malformed], brokenTags: brokenTagsOf([malformed]) });
    expect(render(report, { width: 140 })).toContain(`\n    ${path}\n`);
  });

  it("names the platforms that fail where the findings name none", () => {
    const malformed = finding("malformed-link", { repository: "a", digest: sha256("x"), affects: ["a:1"] });
    const brokenTags = brokenTagsOf([malformed]).map((image) => ({
      ...image,
      platforms: ["linux/amd64", "linux/arm"],
    }));
    expect(render(scanReport({ findings: [malformed], brokenTags }))).toContain(
      "\n  fails on linux/amd64, linux/arm\n",
    );
  });

  it("names an image though no finding says why it is broken", () => {
    const image = { root: "data", repository: "a", tag: "1", digest: null, platforms: [], findings: [] };
    expect(render(scanReport({ brokenTags: [image] }))).toContain("\na:1\n");
  });
});

describe("what breaks no image", () => {
  it("is grouped by code in the order of the codes, counted, with a few examples", () => {
    const text = render(incident);
    const titles = text.match(/^ {2}[a-z-]+: [\d,]+ \w+$/gm);
    expect(titles).toEqual([
      "  unseen-repository: 1 error",
      "  orphan-layer-link: 2,335 warnings",
      "  stray-entry: 1 warning",
    ]);
    expect(text).toContain("      … and 2,332 more (--full prints all)\n");
  });

  it("is counted by repository where there is much, and ends with what to do next", () => {
    const findings = Array.from({ length: 1300 }, (_, index) =>
      finding("orphan-layer-link", { repository: index % 5 === 0 ? "team/api" : "team/web", path: `${index}` }),
    );
    const text = render(scanReport({ findings }));
    expect(text).toContain("\n    in 2 repositories, most in team/web (1,040), team/api (260)\n");
    expect(text).toMatch(/\nNext: regfsck plan \/opt\/registry\/data \(what can be fixed or cleaned up\)\n$/);
    const uploads = [finding("stale-upload", { path: "a", severity: "info" })];
    expect(render(scanReport({ findings: uploads }))).not.toContain("Next:");
  });

  it("ends with the answer and the next step where these have gone by at the top", () => {
    const cause: Cause = {
      ...{ code: "collected-children", root: "data", message: "a garbage-collect -m ran", evidence: {} },
      ...{ findings: 9, images: 9, fix: "push again", next: "regfsck plan /opt/registry/data" },
    };
    const long = render({ ...incident, causes: [cause] });
    expect(long).toMatch(
      /\n\n504 of 49,651 tags are broken, and 1 error besides\nNext: regfsck plan \/opt\/registry\/data\n$/,
    );
    const short = render(scanReport({ findings: [], causes: [cause] }));
    expect(short).not.toContain("Next:");
  });

  it("is shown in full where all is asked for: lists, digests, paths", () => {
    const text = render(incident, { full: true, width: 40 });
    expect(text).not.toContain("--full prints all");
    expect(text).toMatch(/sha256:[0-9a-f]{64}/);
    expect(text).not.toMatch(/sha256:[0-9a-f]{12}(?![0-9a-f])|…/);
  });

  it("shows each kind of message of a code", () => {
    const findings = ["one", "two"].map((message) => finding("stray-entry", { path: message, message }));
    expect(render(scanReport({ findings }))).toContain("    one\n      one\n    two\n      two\n    fix: ");
  });

  it("ends with the notes, a line a finding or a line a code", () => {
    const uploads = Array.from({ length: 300 }, (_, index) => finding("stale-upload", { path: `${index}` }));
    expect(render(incident)).toContain("\nunreferenced-blob: 1,234 blobs of 5.3 GiB that nothing references\n");
    expect(render(scanReport({ findings: uploads }))).toMatch(/\nstale-upload: 300 times: an upload older than/);
  });
});

describe("what could not be read", () => {
  it("is grouped by error and counted", () => {
    const text = render(incomplete);
    expect(text).toContain("  EIO: i/o error, scandir\n    docker/registry/v2/blobs/sha256/10\n");
    expect(text).toContain("    … and 22 more (--full prints all)\n");
  });

  it("is named by itself where it lies in no root", () => {
    const unreadable = [{ root: "", path: "/opt/registry/locked", error: "EACCES" }];
    const text = render({ ...severalRoots, unreadable });
    expect(text).toContain("\n    /opt/registry/locked\n    fix: run regfsck as root, or as the registry's user: ");
  });
});

describe("the totals", () => {
  it("say what was checked, what was found and how long it took", () => {
    expect(render(clean).split("\n").slice(2)).toEqual([
      "Checked  /opt/registry/data  (authoritative)",
      "  1,503 repositories, 49,651 tags, 144,448 revisions, 249,734 layer links,",
      "  388,698 blobs of 1.3 TiB, 14 uploads",
      "Found 0 broken tags, 0 errors, 0 warnings, 0 notes.",
      "Took 3.1 s.",
      "",
    ]);
  });

  it("name roots and put their names before images where there are several", () => {
    const text = render(severalRoots);
    expect(text).toContain("\nprivate/team/api:1.0  ");
    expect(text).toContain("dockerhub/library/alpine  ");
    expect(text).toContain("private/docker/registry/v2/repositories/secret/_layers\n");
    expect(text).toContain("\nChecked  dockerhub  /opt/registry/data/dockerhub  (pull-through cache)\n");
  });
});

it("stays short however much is found", () => {
  function* findings() {
    for (let index = 0; index < 100_000; index++)
      yield finding("size-mismatch", { path: `${index}`, message: `${index}` });
  }
  expect(render({ ...scanReport(), findings: findings() }).split("\n").length).toBeLessThan(40);
});
