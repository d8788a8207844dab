// Has promtool say which alerts fire on each night, from the metrics files of the nights and the rules as they are shipped.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}

/** `RegfsckScanIncomplete private`, or `RegistryCleanUpStopped private stop`. */
export type Firing = string;

const HOURS_A_NIGHT = 24;
/** How long after a night's run the alerts are looked at. A run that missed a night is more than 30 hours old then. */
const LOOK = 8;

/**
 * What promtool has to say against these alerts: "" where they are what fires. `nights` holds what node_exporter read
 * after each night, with times in seconds since 1970, of which `begin` is that of night 0.
 */
export function judgeAlerts(
  nights: readonly string[],
  expected: readonly (readonly Firing[])[],
  begin: number,
  folder: string,
): string {
  const shipped = new URL("../../../docs/alerts/regfsck.rules.yml", import.meta.url);
  const { groups } = parse(readFileSync(shipped, "utf8")) as { groups: { name: string; rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  // Their words are tested where they are kept; here it matters only which fire, and where.
  const bare = rules.map(({ alert, expr, for: wait }) => ({ alert, expr, ...(wait && { for: wait }) }));
  writeFileSync(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "regfsck", rules: bare }] }));
  const test = {
    rule_files: ["rules.yml"],
    evaluation_interval: "1h",
    tests: [
      {
        interval: "1h",
        input_series: inputSeries(nights, begin),
        alert_rule_test: expected.flatMap((firing, night) =>
          rules.map(({ alert }) => ({
            eval_time: `${night * HOURS_A_NIGHT + LOOK}h`,
            alertname: alert,
            exp_alerts: firing.filter((each) => each.split(" ")[0] === alert).map(expectedAlert),
          })),
        ),
      },
    ],
  };
  writeFileSync(join(folder, "month.test.yml"), JSON.stringify(test));
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "month.test.yml"], {
    cwd: folder,
    encoding: "utf8",
  });
  return status === 0 ? "" : stdout + stderr;
}

function expectedAlert(firing: Firing) {
  const [, root, decision] = firing.split(" ");
  return { exp_labels: { root, ...(decision && { decision }) } };
}

/** Each series with its value through each night; a gap where the night's files do not have it. */
function inputSeries(nights: readonly string[], begin: number): { series: string; values: string }[] {
  const values = new Map<string, string[]>();
  for (const [night, text] of nights.entries()) {
    for (const [, series, value] of text.matchAll(/^(\w+\{.*\}) (\S+)$/gm)) {
      const all = values.get(series!) ?? nights.map(() => `_x${HOURS_A_NIGHT}`);
      // promtool's own clock begins at 0.
      const shift = series!.includes("_timestamp_seconds{") ? begin : 0;
      all[night] = `${Number(value) - shift}x${HOURS_A_NIGHT - 1}`;
      values.set(series!, all);
    }
  }
  return [...values].map(([series, all]) => ({ series, values: all.join(" ") }));
}
