import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderGateMetrics } from "../../src/report/metrics/gate.ts";
import { renderProbeMetrics } from "../../src/report/metrics/probe.ts";
import { renderMetrics } from "../../src/report/metrics/scan.ts";
import { go } from "../report/sample-forecasts.ts";
import { PROBES } from "../report/sample-probes.ts";
import { clean, rootReport, verifiedContent } from "../report/sample-reports.ts";

const docs = new URL("../../docs/", import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, docs));
const read = (name: string) => readFileSync(pathOf(name), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

/** The files of rules, and the alerts of each. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  regfsck: [
    "RegfsckScanIntegrityFailure",
    "RegfsckScanStale",
    "RegfsckScanIncomplete",
    "RegistryCleanUpStopped",
    "RegistryContentUnverified",
  ],
  "regfsck-probe": ["RegistryManifestIntegrityFailure", "RegistryIntegrityProbeStale", "RegistryCatalogInaccessible"],
};

function rulesOf(file: string): readonly Rule[] {
  return parse(read(`alerts/${file}.rules.yml`)).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
}

const rules = Object.keys(FILES).flatMap(rulesOf);
const expected = Object.keys(FILES)
  .flatMap((file) => parse(read(`alerts/${file}.rules.test.yml`)).tests as RuleTest[])
  .flatMap((test) => test.alert_rule_test);

const none = { links: 0, manifests: 0, configs: 0 };
const evidence = { readAllAt: clean.startedAt, indexOf: null, taken: none, read: none, reason: null };
// Runs with an index write what they took from it.
const indexed = { ...clean, roots: [rootReport({ evidence })] };
const indexedForecast = { ...go.forecast, roots: go.forecast.roots.map((root) => ({ ...root, evidence })) };
const written = [
  renderMetrics({
    report: { ...indexed, content: verifiedContent },
    completedAt: 1,
    failOn: "error",
    unreferenced: new Map([["data", { count: 0, bytes: 0 }]]),
    earlier: new Map(),
  }),
  renderGateMetrics({ report: { ...go, forecast: indexedForecast }, completedAt: 1, earlier: new Map() }),
  renderProbeMetrics({
    report: PROBES.clean,
    completedAt: 1,
    fails: false,
    isListed: true,
    oldestCheck: 1,
    earlier: new Map(),
  }),
].join("");
const metrics = new Set([...written.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!));

/** The names in PromQL that look like metrics of ours. */
function named(promql: string): string[] {
  return promql.match(/\bregfsck_\w+/g) ?? [];
}

function promtool(...args: string[]) {
  const { error, status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  if (error) throw new Error(`promtool (Debian package prometheus): ${error.message}`);
  return { status, said: stdout + stderr };
}

describe("docs/alerts/*.rules.yml", () => {
  it.each(Object.entries(FILES))("has the alerts of %s", (file, alerts) => {
    expect(rulesOf(file).map(({ alert }) => alert)).toEqual(alerts);
  });

  it.each(Object.entries(FILES))("passes promtool check rules: %s", (file, alerts) => {
    const { status, said } = promtool("check", "rules", pathOf(`alerts/${file}.rules.yml`));
    expect(status, said).toBe(0);
    expect(said).toContain(`SUCCESS: ${alerts.length} rules found`);
  });

  it.each(Object.keys(FILES))("passes its unit tests: %s", (file) => {
    const { status, said } = promtool("test", "rules", pathOf(`alerts/${file}.rules.test.yml`));
    expect(status, said).toBe(0);
    expect(said).toContain("SUCCESS");
  });

  it.each(rules)("is tested to fire and not to fire: $alert", ({ alert }) => {
    const fires = expected
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(fires)).toEqual(new Set([true, false]));
  });

  it.each(rules)("says how bad it is, which root, and what to do: $alert", ({ alert, labels, annotations }) => {
    expect(labels["severity"]).toMatch(/^(critical|warning)$/);
    expect(annotations["summary"]).toContain("$labels.root");
    expect(annotations["runbook_url"]).toBe(`docs/recovery.md#${alert.toLowerCase()}`);
  });

  it.each(rules)("leads to a heading of the runbook: $alert", ({ alert }) => {
    expect(read("recovery.md").toLowerCase()).toMatch(new RegExp(`^#+ ${alert.toLowerCase()}$`, "m"));
  });

  it.each(rules)("asks only for metrics that are written: $alert", ({ expr, annotations }) => {
    const asked = named([expr, ...Object.values(annotations)].join(" "));
    expect(asked).not.toEqual([]);
    expect(asked.filter((name) => !metrics.has(name))).toEqual([]);
  });
});

describe("docs/alerts/dashboard.json", () => {
  const dashboard = JSON.parse(read("alerts/dashboard.json"));
  const exprs: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );

  it("asks only for metrics that are written", () => {
    const queries = dashboard.templating.list.map(({ definition }: { definition?: string }) => definition ?? "");
    const asked = named([...exprs, ...queries].join(" "));
    expect(asked.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it("asks in PromQL that parses", () => {
    expect(exprs.length).toBeGreaterThan(12);
    const folder = mkdtempSync(join(tmpdir(), "regfsck-dashboard-"));
    try {
      const file = join(folder, "dashboard.rules.yml");
      const asRules = exprs.map((expr, index) => ({ record: `panel:query_${index}`, expr }));
      writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules: asRules }] }));
      const { status, said } = promtool("check", "rules", file);
      expect(status, said).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("places each panel, once", () => {
    const ids = dashboard.panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});

describe("docs/metrics-and-alerts.md", () => {
  const page = read("metrics-and-alerts.md");

  it("describes each metric that is written, and no other", () => {
    const described = [...page.matchAll(/^\| (`regfsck_[^|]+) \|/gm)].flatMap(([, cell]) => named(cell!));
    expect(new Set(described)).toEqual(metrics);
  });

  it("describes each alert, with its severity", () => {
    for (const { alert, labels } of rules) {
      expect(page).toContain(`| [${alert}](recovery.md#${alert.toLowerCase()}) | ${labels["severity"]} |`);
    }
  });
});
