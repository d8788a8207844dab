// Prometheus takes the metrics of every report as they are written.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { renderGateMetrics } from "../../../src/report/metrics/gate.ts";
import { renderProbeMetrics } from "../../../src/report/metrics/probe.ts";
import { renderMetrics } from "../../../src/report/metrics/scan.ts";
import { GATES } from "../sample-forecasts.ts";
import { PROBES } from "../sample-probes.ts";
import { SAMPLES } from "../sample-reports.ts";

const completedAt = 1_767_225_600;

function expectAccepted(metrics: string): void {
  const { error, status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: metrics,
    encoding: "utf8",
  });
  expect(error).toBeUndefined();
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
}

it.each(Object.entries(SAMPLES))("passes promtool check metrics: a scan, %s", (_, report) => {
  const unreferenced = new Map([["data", { count: 1, bytes: 2 }]]);
  const earlier = new Map([["lost", { lastComplete: 5 }]]);
  expectAccepted(renderMetrics({ report, completedAt, failOn: "error", unreferenced, earlier }));
});

it.each(Object.entries(GATES))("passes promtool check metrics: a gate, %s", (_, report) => {
  expectAccepted(renderGateMetrics({ report, completedAt, earlier: new Map() }));
});

it.each(Object.entries(PROBES))("passes promtool check metrics: a probe, %s", (_, report) => {
  const isListed = report.unreadable.length === 0;
  expectAccepted(
    renderProbeMetrics({ report, completedAt, fails: false, isListed, oldestCheck: 5, earlier: new Map() }),
  );
});
