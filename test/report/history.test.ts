import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.ts";
import type { RootReport, ScanReport } from "../../src/contract/scan.ts";
import { parseState, type State } from "../../src/contract/state-file.ts";
import {
  compareWithState,
  doubtedRoots,
  type Marked,
  nextState,
  type RootIdentity,
  splitState,
  stateText,
  vanishedIn,
} from "../../src/report/history.ts";
import { clean } from "./sample-reports.ts";

const finding = (id: string): Finding => ({
  id,
  code: "missing-blob",
  severity: "error",
  root: "private",
  path: `at/${id}`,
  message: "",
  affects: [],
  remedy: "",
  docsUrl: "docs/findings.md#missing-blob",
});
const root = (name: string, repositories: number, blobs: number): RootReport => ({
  ...clean.roots[0]!,
  name,
  path: `/data/${name}`,
  counts: { ...clean.roots[0]!.counts, repositories, blobs },
});
/** Of a root with so many repositories. */
const identity = (repositories: number, marked?: Marked, mounts: string[] = []): RootIdentity => ({
  repositories: Array.from({ length: repositories }, (_, index) => `app-${index}`),
  mounts,
  marked,
});
const report = (night: number, ids: string[], roots = [root("private", 10, 100)]): ScanReport => ({
  ...clean,
  startedAt: `2026-11-${night}T01:30:00.000Z`,
  roots,
  findings: ids.map(finding),
});
const first = nextState(report(10, ["a", "b"]), undefined, new Map());

describe("the state", () => {
  it("is read as it was written", () => {
    for (const state of [
      first,
      nextState(report(10, []), undefined, new Map([["/data/private", identity(10, { all: 7 }, ["mounted"])]])),
    ]) {
      expect(parseState([...stateText(state)].join(""))).toEqual(state);
    }
  });

  it("remembers no findings where there are too many, without making them", () => {
    const unmade: Iterable<Finding> = {
      [Symbol.iterator]() {
        throw new Error("made");
      },
    };
    const summary = { ...clean.summary, warning: 100_001 };
    const state = nextState({ ...report(10, []), summary, findings: unmade }, undefined, new Map());
    expect(state.findings).toBeNull();
    expect(parseState([...stateText(state)].join(""))).toEqual(state);
  });

  it("stays as it was of roots that a run is not asked about", () => {
    const roots = ["private", "cache"].map((name) => root(name, 10, 100));
    const all = nextState(report(10, ["a"], roots), undefined, new Map());
    all.findings!.push({ ...all.findings![0]!, id: "b", root: "cache" });
    const { asked, others } = splitState(all, ["/data/cache"]);
    expect([asked.roots, others.roots].map(([one, ...rest]) => [one?.path, rest.length])).toEqual([
      ["/data/cache", 0],
      ["/data/private", 0],
    ]);
    const run = report(11, [], [roots[1]!]);
    expect(compareWithState(run.findings, asked).resolved.map(({ id }) => id)).toEqual(["b"]);
    const next = nextState(run, asked, new Map(), others);
    expect(next.roots.map(({ path }) => path)).toEqual(["/data/cache", "/data/private"]);
    expect(next.findings).toEqual([all.findings![0]]);
    expect(splitState(next, ["/data"])).toEqual({ asked: next, others: { roots: [], findings: [] } });
  });

  it("keeps when a finding was first seen, until it is gone", () => {
    const second = nextState(report(11, ["b", "c"]), first, new Map());
    const third = nextState(report(12, ["a", "c"]), second, new Map());
    const seen = ({ findings }: State) =>
      findings!.map(({ id, firstSeen, lastSeen }) => `${id} ${firstSeen.slice(8, 10)}-${lastSeen.slice(8, 10)}`);
    expect([seen(first), seen(second), seen(third)]).toEqual([
      ["a 10-10", "b 10-10"],
      ["b 10-11", "c 11-11"],
      ["a 12-12", "c 11-12"],
    ]);
  });

  it("keeps what a forecast counted through runs that make none", () => {
    const gated = nextState(report(10, []), undefined, new Map([["/data/private", identity(10, { tagged: 7 })]]));
    expect(nextState(report(11, []), gated, new Map()).roots[0]).toMatchObject({
      marked: { all: null, tagged: 7 },
    });
  });

  it.each(["", "{}", "not json", '{"schemaVersion":2}', "null"])("is refused where it is %j", (text) => {
    expect(() => parseState(text)).toThrow(/./);
  });
});

describe("compareWithState", () => {
  it("tells what is new, what persists and since when, and what was resolved", () => {
    expect(compareWithState([finding("b"), finding("c")], first)).toEqual({
      since: "2026-11-10T01:30:00.000Z",
      new: 1,
      persisting: 1,
      oldest: "2026-11-10T01:30:00.000Z",
      resolved: [{ id: "a", code: "missing-blob", root: "private", path: "at/a" }],
    });
    expect(compareWithState([finding("c")], first)).toMatchObject({ new: 1, persisting: 0, oldest: null });
  });
});

describe("doubtedRoots", () => {
  const last = nextState(
    report(10, [], [root("private", 10, 100), root("hub", 4, 9)]),
    undefined,
    new Map([
      ["/data/private", identity(10, { all: 90, tagged: 20 }, ["repositories/team"])],
      ["/data/hub", identity(4)],
    ]),
  );
  const identities = (marked?: Marked, mounts = ["repositories/team"]) =>
    new Map([["/data/private", identity(10, marked, mounts)]]);
  const doubts = (roots: RootReport[], paths = ["/data"], seen = identities()) =>
    [...doubtedRoots(roots, last, paths, seen)].map(({ root, error }) => `${root}: ${error.split(/,|;/)[0]}`);
  const hub = root("hub", 4, 9);

  it.each([
    [10, 100, []],
    [5, 50, []],
    [4, 50, ["private: repositories: 4"]],
    [5, 49, ["private: blobs: 49"]],
    [0, 0, ["private: repositories: 0", "private: blobs: 0"]],
  ])("of 10 repositories and 100 blobs, %i and %i are left: %j", (repositories, blobs, expected) => {
    expect(doubts([root("private", repositories, blobs), hub])).toEqual(expected);
  });

  it("compares what garbage collection would keep, where that is known", () => {
    const roots = [root("private", 10, 100), hub];
    expect(doubts(roots, ["/data"], identities({ all: 44 }))).toEqual([
      "private: blobs that garbage collection keeps: 44",
    ]);
    expect(doubts(roots, ["/data"], identities({ all: 45 }))).toEqual([]);
  });

  it("compares what -m would keep with what it would have kept alone", () => {
    const roots = [root("private", 10, 100), hub];
    expect(doubts(roots, ["/data"], identities({ tagged: 10 }))).toEqual([]);
    expect(doubts(roots, ["/data"], identities({ tagged: 9 }))).toEqual([
      "private: blobs that garbage collection with -m keeps: 9",
    ]);
  });

  it("misses a file system that was mounted in the root", () => {
    expect(doubts([root("private", 10, 100), hub], ["/data"], identities({ all: 90 }, []))).toEqual([
      "private: a file system was mounted here on 2026-11-10T01:30:00.000Z",
    ]);
  });

  it("misses a root that is not where it was, where the run asks for it", () => {
    const found = [root("private", 10, 100)];
    expect(doubts(found)).toEqual(["hub: not a storage root any more"]);
    expect(doubts(found, ["/data/private", "/data/hub"])).toEqual(["hub: not a storage root any more"]);
    expect(doubts(found, ["/"])).toEqual(["data/hub: not a storage root any more"]);
    for (const paths of [["/data/private"], ["/data/hu"]]) expect(doubts(found, paths)).toEqual([]);
  });

  it("takes a root that was not there before as it is", () => {
    expect(doubts([root("private", 10, 100), hub, root("quay", 0, 0)])).toEqual([]);
  });
});

describe("vanishedIn", () => {
  it("names the repositories that are gone, however few they are", () => {
    const last = nextState(report(10, []), undefined, new Map([["/data/private", identity(10)]]));
    const now = new Map([["/data/private", identity(9)]]);
    const gone = { repositories: ["app-9"], tags: [] };
    expect([...vanishedIn([root("private", 9, 100)], last, now)]).toEqual([["private", gone]]);
    const more = new Map([["/data/private", identity(11)]]);
    expect([...vanishedIn([root("private", 10, 100)], last, more)]).toEqual([]);
  });

  const tagged = (...tags: [string, string][]) =>
    new Map([["/data/private", { ...identity(1), tags: [["app-0", tags]] as const }]]);

  it("names the tags that are gone, with what they named, and none that names something else now", () => {
    const last = nextState(report(10, []), undefined, tagged(["a", "sha256:1"], ["__proto__", "sha256:2"]));
    expect(parseState([...stateText(last)].join(""))).toEqual(last);
    const now = tagged(["a", "sha256:3"], ["b", "sha256:1"]);
    expect([...vanishedIn([root("private", 1, 100)], last, now)]).toEqual([
      ["private", { repositories: [], tags: [{ repository: "app-0", tag: "__proto__", digest: "sha256:2" }] }],
    ]);
  });

  it("says nothing of tags where either run remembers none", () => {
    const [without, last] = [identity(1), nextState(report(10, []), undefined, tagged(["a", "sha256:1"]))];
    const tooMany = { ...without, tags: null };
    for (const now of [without, tooMany]) {
      expect([...vanishedIn([root("private", 1, 100)], last, new Map([["/data/private", now]]))]).toEqual([]);
    }
    for (const then of [without, tooMany]) {
      const before = nextState(report(10, []), undefined, new Map([["/data/private", then]]));
      expect([...vanishedIn([root("private", 1, 100)], before, tagged())]).toEqual([]);
    }
  });
});
