// Thirty nights of a machine on which registries are pushed to, cleaned, collected, damaged, repaired, unmounted: each
// must end, say, remember, measure and alert as it should.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { valuesByRoot } from "../../../src/report/metrics/exposition.ts";
import { type Firing, judgeAlerts } from "./alerts.ts";
import { Machine, type Run } from "./machine.ts";
import { NIGHTS, type Night } from "./nights.ts";

const ROOTS = ["private", "hub"];

/** What there was to see after a night. */
interface Seen {
  readonly scan: Run | undefined;
  readonly gate: Run | undefined;
  readonly report: { summary: Record<string, number>; history?: History } | undefined;
  readonly rememberedNight: number | undefined;
  readonly remembered: number;
  readonly metrics: string;
  readonly files: readonly string[];
}

interface History {
  new: number;
  persisting: number;
  oldest: string | null;
  resolved: unknown[];
}

let folder: string;
let machine: Machine;
const seen: Seen[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "regfsck-month-"));
  machine = new Machine(folder);
  for (const [night, plan] of NIGHTS.entries()) {
    await plan.act?.(machine);
    const isOff = "scan" in plan && plan.scan === undefined;
    const scan = isOff ? undefined : await machine.run(night, "scan");
    const gate = isOff ? undefined : await machine.run(night, "gate", ...(plan.gateOptions ?? []));
    const state = machine.json("scan.json");
    seen.push({
      scan,
      gate,
      report: isOff || scan?.code === 16 ? undefined : machine.json("scan-report.json"),
      rememberedNight: machine.nightOf(Date.parse(state.completedAt) / 1000),
      remembered: state.findings.length,
      metrics: machine.metrics(),
      files: machine.filesBeside(),
    });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const codesOf = (plan: Night) => ({ scan: "scan" in plan ? plan.scan : 0, gate: "gate" in plan ? plan.gate : 0 });
const isUnread = (plan: Night, root: string) => plan.unread?.includes(root) ?? false;

/** The last night up to this one, this one too, on which the root was like that. */
function lastNight(night: number, isSo: (plan: Night) => boolean): number | undefined {
  const found = NIGHTS.slice(0, night + 1).findLastIndex((plan) => codesOf(plan).scan !== undefined && isSo(plan));
  return found < 0 ? undefined : found;
}

describe.each(NIGHTS.map((plan, night) => [night, plan.happened, plan] as const))(
  "night %i, when %s",
  (night, _, plan) => {
    const codes = codesOf(plan);

    it("ends as it should, and says so in 50 lines or not at all", () => {
      const { scan, gate } = seen[night]!;
      expect({ scan: scan?.code, gate: gate?.code }).toEqual(codes);
      for (const run of [scan, gate]) {
        if (!run) continue;
        const lines = run.said.split("\n").length - 1;
        if (run.code === 0) expect(run.said).toBe("");
        else expect(lines).toBeGreaterThan(0);
        expect(lines).toBeLessThanOrEqual(50);
      }
      if (plan.says) expect(`${scan?.said}${gate?.said}`).toMatch(plan.says);
    });

    it("counts, compares and remembers", () => {
      const { report, rememberedNight, remembered, files } = seen[night]!;
      const complete = lastNight(night, ({ unread }) => unread === undefined);
      expect(rememberedNight).toBe(complete);
      if (report) {
        const { error, warning, accepted } = report.summary;
        expect({ error, warning, accepted }).toEqual({
          error: plan.errors ?? 0,
          warning: plan.warnings ?? 0,
          accepted: plan.accepted ?? 0,
        });
        if (complete === night) {
          expect(remembered).toBe(
            ["error", "warning", "info", "accepted"].reduce((sum, each) => sum + report.summary[each]!, 0),
          );
        }
        expect(report.history !== undefined).toBe(night > 0 && plan.unread === undefined);
      }
      if (plan.history) {
        const { new: fresh, persisting, oldest, resolved } = report!.history!;
        const since = oldest === null ? null : machine.nightOf(Date.parse(oldest) / 1000);
        expect([fresh, persisting, since, resolved.length]).toEqual(plan.history);
      }
      expect(files).toEqual([
        "gate-report.json",
        "gate.json",
        "gate.prom",
        "regfsck.yaml",
        "scan-report.json",
        "scan.json",
        "scan.prom",
      ]);
    });

    it("measures", () => {
      const values = (name: string) => valuesByRoot(seen[night]!.metrics, name);
      for (const root of ROOTS) {
        const isBad = ({ errors }: Night) => root === "private" && errors !== undefined;
        const time = (name: string) => machine.nightOf(values(name).get(root)!);
        expect({
          complete: values("regfsck_complete").get(root),
          run: time("regfsck_last_run_timestamp_seconds"),
          lastComplete: time("regfsck_last_complete_timestamp_seconds"),
          lastClean: time("regfsck_last_clean_timestamp_seconds"),
          lastGo: time("regfsck_gate_last_go_timestamp_seconds"),
        }).toEqual({
          complete: lastNight(night, () => true) === lastNight(night, (each) => !isUnread(each, root)) ? 1 : 0,
          run: lastNight(night, () => true),
          lastComplete: lastNight(night, (each) => !isUnread(each, root)),
          lastClean: lastNight(night, (each) => !isUnread(each, root) && !isBad(each)),
          lastGo: lastNight(night, (each) => codesOf(each).gate === 0),
        });
      }
    });
  },
);

it("alerts on what is broken, unread, stale or held back, by root, and on nothing else", () => {
  const expected = NIGHTS.map((_, night): Firing[] => {
    const last = NIGHTS[lastNight(night, () => true)!]!;
    const decision = { 0: undefined, 4: "stop", 8: "undecided", 16: "undecided" }[codesOf(last).gate!];
    return [
      ...(last.errors ? ["RegfsckScanIntegrityFailure private"] : []),
      ...ROOTS.flatMap((root) => [
        ...(lastNight(night, (each) => !isUnread(each, root)) === night ? [] : [`RegfsckScanStale ${root}`]),
        ...(isUnread(last, root) ? [`RegfsckScanIncomplete ${root}`] : []),
        ...(decision ? [`RegistryCleanUpStopped ${root} ${decision}`] : []),
      ]),
    ];
  });
  expect(NIGHTS).toHaveLength(30);
  // Each alert fires on some nights and is resolved on others.
  expect(new Set(expected.flat().map((firing) => firing.split(" ")[0])).size).toBe(4);
  expect(
    judgeAlerts(
      seen.map(({ metrics }) => metrics),
      expected,
      machine.begin,
      folder,
    ),
  ).toBe("");
});
