import { describe, expect, it } from "vitest";
import { parseEarlierGateMetrics, renderGateMetrics } from "../../../src/report/metrics/gate.ts";
import { renderMetrics } from "../../../src/report/metrics/scan.ts";
import { go, stop, undecided } from "../sample-forecasts.ts";
import { clean } from "../sample-reports.ts";

const NOW = 1_767_225_600;

const metrics = (report: typeof go, earlier = new Map<string, number>()) =>
  renderGateMetrics({ report, completedAt: NOW, earlier });

describe("renderGateMetrics", () => {
  it.each([
    ["go", go],
    ["stop", stop],
    ["undecided", undecided],
  ])("says %s, and that it is nothing else", (decision, report) => {
    const text = metrics(report);
    for (const each of ["go", "stop", "undecided"]) {
      expect(text).toContain(`regfsck_gate_decision{root="data",decision="${each}"} ${each === decision ? 1 : 0}\n`);
    }
  });

  it("keeps when a gate last said go", () => {
    const first = metrics(go);
    expect(parseEarlierGateMetrics(first).get("data")).toBe(NOW);
    const later = renderGateMetrics({ report: stop, completedAt: NOW + 60, earlier: parseEarlierGateMetrics(first) });
    expect(parseEarlierGateMetrics(later).get("data")).toBe(NOW);
    expect(later).toContain(`regfsck_gate_last_run_timestamp_seconds{root="data"} ${NOW + 60}\n`);
  });

  it("is undecided of a root that is no longer found", () => {
    const nothing = { ...undecided, forecast: { ...undecided.forecast, roots: [] } };
    const text = metrics(nothing, new Map([["data", 100]]));
    expect(text).toContain('regfsck_gate_decision{root="data",decision="undecided"} 1\n');
    expect(text).toContain('regfsck_gate_decision{root="data",decision="go"} 0\n');
    expect([...parseEarlierGateMetrics(text)]).toEqual([["data", 100]]);
    expect(text).not.toContain("deletable");
  });

  it("says how much garbage collection would take", () => {
    const [root] = stop.forecast.roots;
    const text = metrics(stop);
    expect(root!.breaks.length).toBeGreaterThan(0);
    expect(text).toContain(`regfsck_gate_broken_tags{root="data"} ${root!.breaks.length}\n`);
    expect(text).toContain(`regfsck_gate_deletable_bytes{root="data"} ${root!.deletedBytes}\n`);
  });

  it("shares no series with a scan's file beside it", () => {
    const input = {
      report: clean,
      completedAt: NOW,
      failOn: "error",
      unreferenced: new Map(),
      earlier: new Map(),
    } as const;
    const series = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const ofScan = new Set(series(renderMetrics(input)).map((line) => line.slice(0, line.lastIndexOf(" "))));
    const shared = series(metrics(go)).filter((line) => ofScan.has(line.slice(0, line.lastIndexOf(" "))));
    expect(shared).toEqual([]);
  });
});
