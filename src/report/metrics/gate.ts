// A gate's decision as metrics for node_exporter's textfile collector. None has the name of a scan's metric, so that
// both files may lie side by side: a gate looks at less than a scan, and must not stand for it.

import type { RootForecastReport } from "../../contract/forecast.ts";
import type { Decision, GateReport } from "../../contract/gate.ts";
import { type Family, renderFamilies, valuesByRoot } from "./exposition.ts";

export interface GateMetricsInput {
  readonly report: Pick<GateReport, "tool" | "durationMs" | "decision"> & {
    readonly forecast: Pick<GateReport["forecast"], "roots">;
  };
  /** Seconds since 1970. */
  readonly completedAt: number;
  /**
   * When a gate last said go (seconds since 1970; 0 for never), by the root's name, as the file said before; empty for
   * none. A root that it knows and the report does not was not found: of it the gate is undecided.
   */
  readonly earlier: ReadonlyMap<string, number>;
}

const DECISIONS = ["go", "stop", "undecided"] as const satisfies readonly Decision[];
const LAST_GO = "regfsck_gate_last_go_timestamp_seconds";

/** The text of a .prom file about this gate. The decision is one for all roots, and repeated for each. */
export function renderGateMetrics({ report, completedAt, earlier }: GateMetricsInput): string {
  const { roots } = report.forecast;
  const names = new Set(roots.map(({ name }) => name));
  const decided = [
    ...[...names].map((name) => ({ name, decision: report.decision })),
    ...[...earlier.keys()].filter((name) => !names.has(name)).map((name) => ({ name, decision: "undecided" as const })),
  ];
  const gauge = (name: string, help: string, value: (root: RootForecastReport) => number): Family => ({
    name,
    help,
    samples: roots.map((root) => ({ labels: { root: root.name }, value: value(root) })),
  });
  return renderFamilies([
    {
      name: "regfsck_gate_decision",
      help: "1 for what the last gate said of all its roots together, 0 for what it did not.",
      samples: decided.flatMap(({ name, decision }) =>
        DECISIONS.map((each) => ({ labels: { root: name, decision: each }, value: each === decision ? 1 : 0 })),
      ),
    },
    gauge(
      "regfsck_gate_broken_tags",
      "Pullable tags that garbage collection would break.",
      ({ breaks }) => breaks.length,
    ),
    gauge("regfsck_gate_aborts", "Whether garbage collection would abort (1) or not (0).", ({ outcome }) =>
      outcome === "aborts" ? 1 : 0,
    ),
    gauge(
      "regfsck_gate_deletable_blobs",
      "Blobs that garbage collection would delete.",
      (root) => root.deletedBlobs.length,
    ),
    gauge(
      "regfsck_gate_deletable_bytes",
      "Size of the blobs that garbage collection would delete.",
      (root) => root.deletedBytes,
    ),
    {
      name: "regfsck_gate_read_all_timestamp_seconds",
      help: "With an index: when the run began that last read all of the root.",
      samples: roots.flatMap(({ name, evidence }) =>
        evidence === undefined ? [] : [{ labels: { root: name }, value: Date.parse(evidence.readAllAt) / 1000 }],
      ),
    },
    gauge("regfsck_gate_run_duration_seconds", "How long the last gate took, all its roots together.", () => {
      return report.durationMs / 1000;
    }),
    {
      name: "regfsck_gate_last_run_timestamp_seconds",
      help: "When the last gate that asked for the root ended.",
      samples: decided.map(({ name }) => ({ labels: { root: name }, value: completedAt })),
    },
    {
      name: LAST_GO,
      help: "When a gate last said go; 0 for never.",
      samples: decided.map(({ name, decision }) => ({
        labels: { root: name },
        value: decision === "go" ? completedAt : (earlier.get(name) ?? 0),
      })),
    },
    {
      name: "regfsck_build_info",
      help: "Always 1; the version of regfsck that wrote this.",
      samples: decided.map(({ name }) => ({
        labels: { command: "gate", root: name, version: report.tool.version },
        value: 1,
      })),
    },
  ]);
}

/** What an earlier file of `renderGateMetrics` said, for `earlier`. Reads any text; what is not ours is passed over. */
export function parseEarlierGateMetrics(text: string): ReadonlyMap<string, number> {
  return valuesByRoot(text, LAST_GO);
}
