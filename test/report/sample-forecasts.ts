// Reports as a forecast or a gate could give them, for the tests of the reporters.

import type { BreakReport, ForecastReport, RootForecastReport } from "../../src/contract/forecast.ts";
import type { GateReport } from "../../src/contract/gate.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import { abortMessage, type BreakingImage, keeperSentence } from "../../src/report/gc-words.ts";
import { clean, HOSTILE, hostile, incident, incomplete, linkPath, rootReport, sha256 } from "./sample-reports.ts";

/** A root whose collection deletes nothing; what it would be follows from the fields given. */
export function rootForecast(fields: Partial<RootForecastReport> = {}): RootForecastReport {
  const { aborts = [] } = fields;
  return {
    name: "data",
    path: "/opt/registry/data",
    kind: "authoritative",
    deleteUntagged: true,
    keepTags: null,
    outcome: aborts.length > 0 ? "aborts" : "completes",
    abort: aborts[0] ?? null,
    aborts,
    marked: 244_254,
    deletes: [],
    removedTags: [],
    cleanUpWarnings: [],
    refusedTags: [],
    deletedLayerLinks: [],
    deletedManifests: [],
    deletedBlobs: [],
    deletedBytes: 0,
    safeToFreeBytes: 0,
    reclaimable: null,
    unseenRepositories: [],
    breaks: [],
    losesRepair: [],
    ...fields,
  };
}

/** A report about these roots; its verdict follows from what is in them. */
export function forecastReport(
  roots: readonly RootForecastReport[],
  fields: Partial<ForecastReport> = {},
): ForecastReport {
  const harm = roots.some(({ outcome, breaks }) => outcome === "aborts" || breaks.length > 0);
  const unread = (fields.unreadable ?? []).length > 0;
  return {
    schemaVersion: 1,
    tool: { name: "regfsck", version: "0.1.0" },
    registry: "2.8.3",
    command: "forecast",
    runId: "0197f3a2-0000-7000-8000-000000000002",
    startedAt: "2026-04-19T03:00:12.000Z",
    durationMs: 4210,
    dryRun: false,
    verdict: unread ? (harm ? "findings+incomplete" : "incomplete") : harm ? "findings" : "clean",
    roots,
    notFound: [],
    unreadable: [],
    ...fields,
  };
}

function imageNamed(repository: string): BreakingImage {
  return { repository, name: `${repository}:1.0`, deletes: [] };
}

export function broken(repository: string, tag: string, fields: Partial<BreakReport> = {}): BreakReport {
  return {
    repository,
    tag,
    digest: sha256(`${repository}:${tag}`),
    phase: "garbage-collection",
    lost: [{ digest: sha256(`${repository} child`), role: "child", platform: "linux/amd64" }],
    keptBy: [keeperSentence("without-delete-untagged", imageNamed(repository))],
    ...fields,
  };
}

export const harmless = forecastReport([rootForecast()]);

/** 500 tags lose the same child, others lose several parts of other kinds; a clean-up comes first. */
export const breaking = forecastReport([
  rootForecast({
    keepTags: 5,
    removedTags: Array.from({ length: 1200 }, (_, index) => `team/web:0.${index}`),
    deletedManifests: Array.from({ length: 14_436 }, (_, index) => `team/web@${sha256(`manifest ${index}`)}`),
    deletedBlobs: Array.from({ length: 3000 }, (_, index) => sha256(`blob ${index}`)),
    deletedBytes: 1.25 * 2 ** 40,
    safeToFreeBytes: 200 * 2 ** 30,
    unseenRepositories: ["mirror/index-only"],
    breaks: [
      broken("infra-ci", "latest", {
        lost: ["linux/amd64", "linux/arm64", "unknown/unknown"].map((platform) => ({
          digest: sha256(`infra-ci ${platform}`),
          role: "child" as const,
          platform,
        })),
      }),
      broken("mirror/index-only", "stable", {
        lost: [{ digest: sha256("mirror/index-only:stable"), role: "manifest" }],
        keptBy: [keeperSentence("with-layers-folder", imageNamed("mirror/index-only"))],
      }),
      ...Array.from({ length: 500 }, (_, index) => broken("team/web", `1.${index}`)),
      broken("tools/sha512", "1.0", {
        lost: [
          { digest: sha256("config"), role: "config" },
          { digest: `sha512:${"0123456789abcdef".repeat(8)}`, role: "layer" },
        ],
        keptBy: [
          keeperSentence("without-tag-clean-up", imageNamed("tools/sha512")),
          keeperSentence("with-sha256-layers", imageNamed("tools/sha512")),
        ],
      }),
    ],
  }),
]);

const aborts = (["malformed-link", "malformed-link", "misplaced-data"] as const).map((reason, index) => ({
  path: linkPath("team/api", "_manifests/revisions", sha256(`${index}`)),
  reason,
  message: abortMessage(reason, "mark"),
}));

export const aborting = forecastReport([rootForecast({ aborts })]);

/** What is deleted by then breaks an image; a second root is well. */
export const halfWay = forecastReport([
  rootForecast({ name: "dockerhub", path: "/opt/registry/data/dockerhub", kind: "cache" }),
  rootForecast({
    name: "private",
    path: "/opt/registry/data/private",
    aborts: [
      {
        path: linkPath("team/api", "_manifests/revisions", sha256("gone")),
        reason: "twice-deleted",
        message: abortMessage("twice-deleted", "delete"),
      },
    ],
    deletedManifests: Array.from({ length: 7 }, (_, index) => `team/api@${sha256(`manifest ${index}`)}`),
    breaks: [broken("team/api", "1.0")],
    unseenRepositories: ["mirror/index-only"],
    removedTags: ["team/api:0.9"],
  }),
]);

export const unread = forecastReport([rootForecast()], { unreadable: incomplete.unreadable });

/** Strings that would take over a terminal wherever the disk has a say. */
export const hostileForecast = forecastReport(
  [
    rootForecast({
      name: HOSTILE,
      path: `/opt/${HOSTILE}`,
      aborts: [{ path: `${HOSTILE}/${"very-long-name/".repeat(60)}`, reason: HOSTILE, message: HOSTILE.repeat(20) }],
      deletes: [
        { image: HOSTILE, answer: "deleted", digest: HOSTILE, tags: [HOSTILE.repeat(20), HOSTILE] },
        { image: `${HOSTILE}@${HOSTILE}`, answer: "fails-half-way", digest: null, tags: [] },
      ],
      removedTags: [`${HOSTILE}:${HOSTILE}`],
      deletedManifests: [`${HOSTILE}@${HOSTILE}`, HOSTILE],
      deletedBlobs: [HOSTILE],
      unseenRepositories: [HOSTILE],
      breaks: [
        {
          repository: HOSTILE,
          tag: HOSTILE,
          digest: HOSTILE,
          phase: "delete",
          lost: [{ digest: HOSTILE, role: "child", platform: HOSTILE }],
          keptBy: [HOSTILE.repeat(20)],
        },
      ],
    }),
    rootForecast({ name: "b", path: "/b" }),
  ],
  { notFound: [HOSTILE], unreadable: [{ root: HOSTILE, path: HOSTILE, error: HOSTILE }] },
);

export const FORECASTS = { harmless, breaking, aborting, halfWay, unread, hostile: hostileForecast };

export function gateReport(scan: ScanReport, forecast: ForecastReport, reasons: readonly string[]): GateReport {
  const { schemaVersion, tool, registry, startedAt, verdict } = scan;
  return {
    schemaVersion,
    tool,
    registry,
    command: "gate",
    runId: "0197f3a2-0000-7000-8000-000000000003",
    startedAt,
    durationMs: 5000,
    dryRun: false,
    verdict,
    asked: {
      ...{ deleteUntagged: true, keepTags: null, removeTags: [], deletes: [] },
      ...{ quietPeriodMs: 3_600_000, maxDelete: 0.5, allowBroken: false },
    },
    decision: reasons.length === 0 ? "go" : scan.unreadable.length > 0 ? "undecided" : "stop",
    reasons,
    warnings: reasons.filter((reason) => reason.includes(HOSTILE)),
    fingerprints: scan.roots.map(({ name, path }) => ({ root: name, path, sha256: sha256(path).slice(7) })),
    scan,
    forecast,
  };
}

export const go = gateReport(clean, harmless, []);
export const goThoughBroken = gateReport(incident, harmless, []);
export const stop = gateReport(incident, breaking, [
  "data: garbage collection would break 503 tags; regfsck forecast names them and what keeps them",
  "there is damage already (504 images broken); repair it first",
]);
export const undecided = gateReport(incomplete, unread, ["25 places could not be read; fix that and run again"]);
const hostileGate = gateReport(hostile, hostileForecast, [HOSTILE.repeat(20), HOSTILE]);
export const severalRootsGate = gateReport(
  { ...clean, roots: halfWay.roots.map(({ name, path, kind }) => rootReport({ name, path, kind })) },
  halfWay,
  ["private: garbage collection would abort; repair that first"],
);

export const GATES = { go, goThoughBroken, stop, undecided, severalRoots: severalRootsGate, hostile: hostileGate };
