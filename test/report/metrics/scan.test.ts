import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "../../../src/contract/finding.ts";
import { type MetricsInput, parseEarlierMetrics, renderMetrics } from "../../../src/report/metrics/scan.ts";
import { clean, finding, incident, rootReport, scanReport, severalRoots, verifiedContent } from "../sample-reports.ts";

const NOW = 1_767_225_600;

function metrics(report: MetricsInput["report"], fields: Partial<MetricsInput> = {}): string {
  return renderMetrics({
    report,
    completedAt: NOW,
    failOn: "error",
    unreferenced: new Map(),
    earlier: new Map(),
    ...fields,
  });
}

/** The values of a metric, by the text of its labels. */
function values(text: string, name: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(name.length + 1, space - 1), Number(line.slice(space + 1))];
    }),
  );
}

function times(text: string, root = "data") {
  const one = (name: string) => values(text, `regfsck_last_${name}_timestamp_seconds`)[`root="${root}"`];
  return { run: one("run"), complete: one("complete"), clean: one("clean") };
}

describe("renderMetrics", () => {
  it("tell how far content is verified, where that is known", () => {
    expect(metrics(clean)).not.toContain("regfsck_content");
    const text = metrics({ ...clean, content: verifiedContent });
    const one = (name: string) => values(text, `regfsck_content_${name}`)['root="data"'];
    expect(one("bytes")).toBe(1.25 * 2 ** 40);
    expect(one("verified_bytes")).toBe(2 ** 40);
    expect(one("recent_bytes")).toBe(0.75 * 2 ** 40);
    expect(one("corrupt_blobs")).toBe(0);
    expect(one("oldest_timestamp_seconds")).toBe(Date.UTC(2026, 8, 30, 1, 31, 2) / 1000);
    expect([one("read_bytes"), one("read_seconds")]).toEqual([2 ** 37, 512]);
  });

  it("takes the counts of findings where they are counted already, without making any", () => {
    const all = [...severalRoots.findings];
    const counted = {
      tally: () =>
        all.map(({ root, code, severity, accepted }) => ({ root, code, severity, accepted: !!accepted, count: 1 })),
      [Symbol.iterator]() {
        throw new Error("made");
      },
    };
    expect(metrics({ ...severalRoots, findings: counted })).toBe(metrics(severalRoots));
  });

  it("counts the tags that are broken and the findings, by root", () => {
    const text = metrics(severalRoots);
    expect(values(text, "regfsck_broken_tags")).toEqual({ 'root="dockerhub"': 0, 'root="private"': 1 });
    const findings = values(text, "regfsck_findings");
    expect(findings['root="private",code="unlinked-blob",severity="error"']).toBe(1);
    expect(findings['root="dockerhub",code="unlinked-blob",severity="error"']).toBe(0);
    expect(findings['root="dockerhub",code="malformed-link",severity="error"']).toBe(1);
  });

  it("has every code at all times, in each severity that it can have", () => {
    const series = Object.entries(values(metrics(clean), "regfsck_findings"));
    expect(series.every(([, value]) => value === 0)).toBe(true);
    for (const code of FINDING_CODES) expect(series.some(([labels]) => labels.includes(`code="${code}"`))).toBe(true);
    const severities = (code: string) =>
      series.filter(([labels]) => labels.includes(`"${code}"`)).map(([labels]) => /severity="(\w+)"/.exec(labels)?.[1]);
    expect(severities("missing-child")).toEqual(["error", "warning", "info"]);
    expect(severities("stale-upload")).toEqual(["info"]);
  });

  it("says what the root holds", () => {
    const text = metrics(clean, { unreferenced: new Map([["data", { count: 12, bytes: 3456 }]]) });
    const one = (name: string) => values(text, name)['root="data"'];
    expect(one("regfsck_repositories")).toBe(1503);
    expect(one("regfsck_tags")).toBe(49_651);
    expect(one("regfsck_revisions")).toBe(144_448);
    expect(one("regfsck_layer_links")).toBe(249_734);
    expect(one("regfsck_blobs")).toBe(388_698);
    expect(one("regfsck_blob_bytes")).toBe(1.25 * 2 ** 40);
    expect(one("regfsck_uploads")).toBe(14);
    expect(one("regfsck_unreferenced_blobs")).toBe(12);
    expect(one("regfsck_unreferenced_bytes")).toBe(3456);
  });

  it("leaves out what was not counted rather than call it 0", () => {
    expect(metrics(clean)).not.toContain("unreferenced_bytes");
  });

  it("counts accepted findings apart, and calls a root with nothing else clean", () => {
    const accepted = { reason: "rebuilt in May", until: "2026-05-31" };
    const text = metrics(scanReport({ findings: [finding("dangling-tag", { accepted })] }));
    expect(values(text, "regfsck_accepted_findings")).toEqual({ 'root="data"': 1 });
    expect(values(text, "regfsck_findings")['root="data",code="dangling-tag",severity="error"']).toBe(0);
    expect(times(text).clean).toBe(NOW);
  });

  it("names no repository, tag or digest", () => {
    const text = metrics(incident);
    for (const { repository, digest } of incident.findings) {
      if (repository) expect(text).not.toContain(repository);
      if (digest) expect(text).not.toContain(digest.slice(0, 20));
    }
  });

  it("escapes a root's name, and reads it back", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'"\\\n\r\t\u001b\u202e\u{e0001}nrtux1b5c{} é'), minLength: 1 }),
        (name) => {
          const text = metrics(scanReport({ roots: [rootReport({ name })] }));
          expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect([...parseEarlierMetrics(text)]).toEqual([[name, { lastComplete: NOW, lastClean: NOW }]]);
        },
      ),
    );
  });
});

describe("the times of a root", () => {
  const earlier = new Map([["data", { lastComplete: 200, lastClean: 100 }]]);
  const unreadable = [{ root: "data", path: "docker/registry/v2/blobs", error: "EACCES" }];

  it("are all now after a clean run", () => {
    expect(times(metrics(clean, { earlier }))).toEqual({ run: NOW, complete: NOW, clean: NOW });
  });

  it("keep when it was last clean through runs that find damage", () => {
    expect(times(metrics(incident, { earlier }))).toEqual({ run: NOW, complete: NOW, clean: 100 });
  });

  it("keep when it was last read whole through runs that cannot read it", () => {
    const text = metrics(scanReport({ unreadable }), { earlier });
    expect(times(text)).toEqual({ run: NOW, complete: 200, clean: 100 });
    expect(values(text, "regfsck_complete")).toEqual({ 'root="data"': 0 });
    expect(values(text, "regfsck_unreadable_places")).toEqual({ 'root="data"': 1 });
  });

  it("concern the other roots of the run as little as their findings do", () => {
    const text = metrics(severalRoots);
    expect(times(text, "private")).toEqual({ run: NOW, complete: 0, clean: 0 });
    expect(times(text, "dockerhub")).toEqual({ run: NOW, complete: NOW, clean: 0 });
  });

  it.each([
    ["error", NOW],
    ["warning", 100],
    ["never", NOW],
  ] as const)("call a root with a warning clean or not as --fail-on %s does", (failOn, lastClean) => {
    const warned = scanReport({ findings: [finding("orphan-layer-link")] });
    expect(times(metrics(warned, { earlier, failOn })).clean).toBe(lastClean);
  });

  it("go on for a root that is no longer found, which counts as unread", () => {
    const text = metrics(scanReport({ roots: [] }), { earlier });
    expect(times(text)).toEqual({ run: NOW, complete: 200, clean: 100 });
    expect(values(text, "regfsck_complete")).toEqual({ 'root="data"': 0 });
    expect(text).not.toContain("regfsck_blobs");
    expect([...parseEarlierMetrics(text)]).toEqual([...earlier]);
  });

  it("are not taken from a clock that was ahead", () => {
    const ahead = new Map([["data", { lastComplete: NOW + 1e9, lastClean: 100 }]]);
    expect(times(metrics(scanReport({ unreadable }), { earlier: ahead }))).toEqual({
      run: NOW,
      complete: 0,
      clean: 100,
    });
  });

  it("have no root where a root may have been missed", () => {
    const outside = [{ root: "", path: "/opt/registry/data/private", error: "EACCES" }];
    const text = metrics(scanReport({ unreadable: outside }));
    expect(values(text, "regfsck_unreadable_places")).toEqual({ 'root="data"': 0, 'root=""': 1 });
  });
});

describe("parseEarlierMetrics", () => {
  it("reads back what a run wrote", () => {
    const earlier = new Map([["private", { lastClean: 100.25, lastComplete: 200.5 }]]);
    const again = parseEarlierMetrics(metrics(severalRoots, { earlier }));
    expect(Object.fromEntries(again)).toEqual({
      private: { lastComplete: 200.5, lastClean: 100.25 },
      dockerhub: { lastComplete: NOW },
    });
  });

  it("knows a root that never was read whole", () => {
    const never = metrics(scanReport({ unreadable: [{ root: "data", path: "x", error: "EIO" }] }));
    expect([...parseEarlierMetrics(never)]).toEqual([["data", {}]]);
  });

  it.each([
    ["", "nothing"],
    ["<html>\u0000\ufffd", "another format"],
    ['regfsck_complete{root="a', "a line that is cut off"],
    ['regfsck_last_clean_timestamp_seconds{root="a"} NaN\nregfsck_complete{root="a",b="c"} 1', "values we never write"],
    ['node_load1{root="a"} 1\n# regfsck_complete{root="a"} 1', "other metrics"],
  ])("passes over %j: %s", (text) => {
    expect([...parseEarlierMetrics(text)]).toEqual([]);
  });

  it("throws for no text whatever, however an earlier file was cut", () => {
    const text = metrics(severalRoots);
    fc.assert(
      fc.property(fc.nat(text.length), fc.string(), (end, garbage) => {
        for (const name of parseEarlierMetrics(text.slice(0, end) + garbage).keys()) {
          expect(["private", "dockerhub"]).toContain(name);
        }
      }),
    );
  });
});
