// Each reason against a collection, alone and beside others.
import { describe, expect, it } from "vitest";
import { decide, type Evidence, type RootEvidence, type Rules } from "../../src/commands/decide.ts";
import type { RootForecastReport } from "../../src/contract/forecast.ts";
import type { ScanReport } from "../../src/contract/scan.ts";

const none = { error: 0, warning: 0, info: 0, brokenTags: 0, accepted: 0 };
const tool = { name: "regfsck", version: "0.0.0" };
const run = { schemaVersion: 1, tool, registry: "2.8.3", runId: "r", dryRun: false } as const;
const time = { startedAt: "2026-01-01T00:00:00.000Z", durationMs: 0, verdict: "clean" } as const;

interface Situation extends Partial<Omit<Evidence, "scan" | "forecast" | "roots">> {
  evidence?: Partial<RootEvidence>;
  roots?: RootForecastReport[];
  unreadable?: ScanReport["unreadable"];
  summary?: Partial<ScanReport["summary"]>;
  rules?: Partial<Rules>;
}

function decided({ roots = [], evidence: of = {}, unreadable = [], summary = {}, rules = {}, ...rest }: Situation) {
  const found = { ...none, ...summary };
  const scan = {
    ...run,
    ...time,
    command: "scan",
    roots: [],
    causes: [],
    brokenTags: [],
    findings: [],
    unreadable,
  } as const;
  const evidence = {
    ...{ authoritative: found, uploads: [], stateError: undefined, doubts: [] },
    ...{ roots: [rootEvidence(of)], ...rest },
  };
  return decide(
    {
      ...evidence,
      scan: { ...scan, summary: found },
      forecast: { ...run, ...time, command: "forecast", roots, notFound: [], unreadable },
    },
    { failOn: "error", allowBroken: false, maxDelete: 0.5, quietPeriod: 3_600_000, ...rules },
  );
}

function rootEvidence(rest: Partial<RootEvidence>): RootEvidence {
  const none = { part: 0, whole: 10 };
  return {
    ...{
      name: "private",
      young: { blobs: 0, revisions: 0, layerLinks: 0 },
      refused: [],
      immutable: [],
      closed: [],
      collector: 1000,
    },
    ...{ deletes: { blobs: none, bytes: none }, vanished: [], ...rest },
  };
}

function rootForecast(name: string, rest: Partial<RootForecastReport>): RootForecastReport {
  return {
    ...{ name, path: `/${name}`, kind: "authoritative", deleteUntagged: true, keepTags: null },
    ...{ outcome: "completes", abort: null, aborts: [], marked: 0, deletes: [], removedTags: [], cleanUpWarnings: [] },
    ...{ deletedManifests: [], deletedBlobs: [], deletedBytes: 0, safeToFreeBytes: 0, reclaimable: null },
    ...{ refusedTags: [], deletedLayerLinks: [] },
    ...{ unseenRepositories: [], breaks: [], losesRepair: [], ...rest },
  };
}

const broken: RootForecastReport["breaks"][number] = {
  ...{ repository: "team/app", tag: "1.0", digest: "sha256:0", lost: [], keptBy: [] },
  phase: "garbage-collection",
};
const abort = { path: "docker/x", reason: "no-blobs", message: "there is no blob store" };

describe("decide", () => {
  it("goes where nothing speaks against it", () => {
    expect(decided({ roots: [rootForecast("private", {})] })).toEqual({ decision: "go", reasons: [] });
  });

  it("stops where an image would break, and names the root and how many", () => {
    const roots = [rootForecast("a", { breaks: [broken] }), rootForecast("b", { breaks: [broken, broken] })];
    expect(decided({ roots })).toEqual({
      decision: "stop",
      reasons: [
        "a: garbage collection would break 1 tag; regfsck forecast names them and what keeps them",
        "b: garbage collection would break 2 tags (1 image); regfsck forecast names them and what keeps them",
      ],
    });
  });

  it("stops at each place where garbage collection would abort", () => {
    const roots = [rootForecast("a", { aborts: [abort, { ...abort, path: "docker/y" }] })];
    expect(decided({ roots })).toEqual({
      decision: "stop",
      reasons: ["docker/x", "docker/y"].map(
        (path) => `a: garbage collection would abort at ${path}: there is no blob store`,
      ),
    });
  });

  it("counts the places beyond ten of a root", () => {
    const { reasons } = decided({ roots: [rootForecast("a", { aborts: Array(12).fill(abort) })] });
    expect(reasons).toHaveLength(11);
    expect(reasons[10]).toBe("a: garbage collection would abort at 2 places more; regfsck forecast lists them");
  });

  it("stops for damage that is there already, unless it may pass", () => {
    const summary = { error: 2, brokenTags: 1 };
    expect(decided({ summary })).toEqual({
      decision: "stop",
      reasons: [
        "there is damage already (2 errors, 1 broken tag); repair it first (regfsck scan says how), or let it pass with --allow-broken",
      ],
    });
    expect(decided({ summary, rules: { allowBroken: true } })).toEqual({ decision: "go", reasons: [] });
    expect(decided({ summary, rules: { failOn: "never" } })).toEqual({ decision: "go", reasons: [] });
  });

  it("stops for a warning only where it is asked to", () => {
    expect(decided({ summary: { warning: 1 } }).decision).toBe("go");
    expect(decided({ summary: { warning: 1 }, rules: { failOn: "warning" } }).decision).toBe("stop");
  });

  it("does not stop for damage in a cache", () => {
    expect(decided({ summary: { error: 1 }, authoritative: none }).decision).toBe("go");
  });

  it("never lets new damage pass with --allow-broken", () => {
    for (const rest of [{ breaks: [broken] }, { aborts: [abort] }]) {
      const { decision } = decided({ roots: [rootForecast("a", rest)], rules: { allowBroken: true, failOn: "never" } });
      expect(decision).toBe("stop");
    }
  });

  it("stops for each upload that is under way", () => {
    expect(decided({ uploads: ["private: team/app", "private: team/web"] })).toEqual({
      decision: "stop",
      reasons: ["team/app", "team/web"].map(
        (name) => `an upload is under way in private: ${name}; wait until it has ended, or stop the registry first`,
      ),
    });
  });

  it("names three uploads and counts the others", () => {
    const uploads = ["a", "b", "c", "d", "e"].map((name) => `private: ${name}`);
    const { reasons } = decided({ uploads });
    expect(reasons).toHaveLength(4);
    expect(reasons.at(-1)).toBe("2 more uploads are under way");
  });

  it("is undecided where something could not be read, and names the first", () => {
    const unreadable = [
      { root: "private", path: "docker/a", error: "EIO" },
      { root: "private", path: "docker/b", error: "EACCES" },
    ];
    expect(decided({ unreadable })).toEqual({
      decision: "undecided",
      reasons: [
        "2 places could not be read for certain, the first private/docker/a (EIO); put that right and run again",
      ],
    });
    expect(decided({ unreadable: [{ root: "", path: "/x", error: "EIO" }] }).reasons).toEqual([
      "1 place could not be read for certain, the first /x (EIO); put that right and run again",
    ]);
  });

  it("is undecided where the last run cannot be known", () => {
    expect(decided({ stateError: "state.json is no state" })).toEqual({
      decision: "undecided",
      reasons: ["the last run cannot be known: state.json is no state; delete the file to start afresh"],
    });
  });

  it("is undecided where a root shrank or is gone", () => {
    const doubts = [{ root: "private", path: "", error: "holds 1 blob, not 5" }];
    expect(decided({ doubts })).toEqual({ decision: "undecided", reasons: ["private: holds 1 blob, not 5"] });
  });

  it("stops where something is known to be wrong and something is not known, and gives all reasons", () => {
    const { decision, reasons } = decided({ summary: { error: 1 }, stateError: "x", uploads: ["private: a"] });
    expect(decision).toBe("stop");
    expect(reasons.map((reason) => reason.split(" ").slice(0, 3).join(" "))).toEqual([
      "there is damage",
      "an upload is",
      "the last run",
    ]);
  });

  it("stops where what would go is young, or may not be deleted", () => {
    const young = { blobs: 3, revisions: 0, layerLinks: 1 };
    expect(decided({ evidence: { young, refused: ["docker/a", "docker/b"] } })).toEqual({
      decision: "stop",
      reasons: [
        expect.stringContaining("3 blobs and 1 layer link that garbage collection would delete are younger than 1h"),
        expect.stringContaining("user 1000 may not delete 2 directories, the first docker/a"),
      ],
    });
  });

  it("stops where nobody may delete what would go, whatever damage is let pass", () => {
    expect(decided({ evidence: { immutable: ["docker/a"] }, rules: { allowBroken: true } })).toEqual({
      decision: "stop",
      reasons: [expect.stringMatching(/nobody may delete 1 place .* the first docker\/a .*chattr -i/)],
    });
  });

  it("stops where the clean-up removes what was pushed last, or a signature; a tie is no reason", () => {
    const warning = (reason: "pushed-last" | "lost-signature" | "tie") => ({
      image: `app:${reason}`,
      reason,
      message: "why",
    });
    const cleanUpWarnings = [warning("pushed-last"), warning("lost-signature"), warning("tie")];
    const { decision, reasons } = decided({ roots: [rootForecast("private", { cleanUpWarnings })] });
    expect(decision).toBe("stop");
    expect(reasons.map((reason) => /app:\S+(?=:)/.exec(reason)?.[0])).toEqual([
      "app:pushed-last",
      "app:lost-signature",
    ]);
  });

  it.each([
    [5, 5, "go"],
    [6, 0, "undecided"],
    [0, 6, "undecided"],
  ])("of 10 blobs and 10 bytes, %i and %i would go, at most half may: %s", (blobs, bytes, decision) => {
    const deletes = { blobs: { part: blobs, whole: 10 }, bytes: { part: bytes, whole: 10 } };
    expect(decided({ evidence: { deletes } }).decision).toBe(decision);
  });

  it("is undecided where repositories of the last run are gone, or the configuration is another root's", () => {
    expect(decided({ evidence: { vanished: ["team/app"] } })).toEqual({
      decision: "undecided",
      reasons: [expect.stringContaining("1 repository of the last complete run is gone (team/app)")],
    });
    expect(decided({ otherRoot: "another root" })).toEqual({ decision: "undecided", reasons: ["another root"] });
  });
});
