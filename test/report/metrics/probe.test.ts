// A probe as metrics: what is written, and what is carried over from the file before.
import { expect, it } from "vitest";
import {
  type ProbeMetricsInput,
  parseEarlierProbeMetrics,
  renderProbeMetrics,
} from "../../../src/report/metrics/probe.ts";
import { PROBES } from "../sample-probes.ts";

function metrics(input: Partial<ProbeMetricsInput>): Map<string, number> {
  const whole = { report: PROBES.clean, completedAt: 1000, fails: false, isListed: true, oldestCheck: 900 };
  const text = renderProbeMetrics({ ...whole, earlier: new Map(), ...input });
  const samples = [...text.matchAll(/^regfsck_(?:probe_)?(\w+)\{(.*)\} (.*)$/gm)];
  return new Map(samples.map(([, name, labels, value]) => [`${name} ${labels}`, Number(value)]));
}

const ROOT = 'root="registry.example.com"';

it("counts what was found, each code at all times", () => {
  const clean = metrics({});
  expect(clean.get(`findings ${ROOT},code="missing-child",severity="error"`)).toBe(0);
  expect(clean.get(`complete ${ROOT}`)).toBe(1);
  expect(clean.get(`last_complete_timestamp_seconds ${ROOT}`)).toBe(1000);
  expect(clean.get(`last_clean_timestamp_seconds ${ROOT}`)).toBe(1000);
  expect(clean.get(`oldest_check_timestamp_seconds ${ROOT}`)).toBe(900);
  expect(clean.get(`build_info command="probe",${ROOT},version="0.1.0"`)).toBe(1);
  const broken = metrics({ report: PROBES.broken, fails: true });
  expect(broken.get(`findings ${ROOT},code="missing-child",severity="error"`)).toBe(1);
  expect(broken.get(`broken_tags ${ROOT}`)).toBe(1);
  expect(broken.get(`last_complete_timestamp_seconds ${ROOT}`)).toBe(1000);
  expect(broken.get(`last_clean_timestamp_seconds ${ROOT}`)).toBe(0);
  expect([...broken.keys()].filter((name) => name.startsWith("findings"))).toHaveLength(
    [...clean.keys()].filter((name) => name.startsWith("findings")).length,
  );
});

it("says of a registry that does not answer that it does not, and calls nothing in it 0", () => {
  const text = renderProbeMetrics({
    ...{ report: PROBES.clean, completedAt: 500, fails: false, isListed: true, oldestCheck: 400, earlier: new Map() },
  });
  const earlier = parseEarlierProbeMetrics(text);
  const down = metrics({ report: PROBES.down, isListed: false, oldestCheck: undefined, earlier });
  expect(down.get(`catalog_accessible ${ROOT}`)).toBe(0);
  expect(down.get(`complete ${ROOT}`)).toBe(0);
  expect(down.get(`unreadable_places ${ROOT}`)).toBe(1);
  expect(down.get(`last_complete_timestamp_seconds ${ROOT}`)).toBe(500);
  expect(down.get(`last_clean_timestamp_seconds ${ROOT}`)).toBe(500);
  expect(down.get(`oldest_check_timestamp_seconds ${ROOT}`)).toBe(0);
  expect([...down.keys()].filter((name) => /^(?:findings|tags|broken_tags|repositories) /.test(name))).toEqual([]);
  // A clock that was ahead.
  expect(
    metrics({ report: PROBES.down, completedAt: 400, isListed: false, earlier }).get(
      `last_complete_timestamp_seconds ${ROOT}`,
    ),
  ).toBe(0);
});
