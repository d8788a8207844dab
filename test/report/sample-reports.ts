// Reports as a scan could give them, for the tests of the reporters.
import { createHash } from "node:crypto";
import { CHECKS } from "../../src/checks/index.ts";
import type { ContentReport } from "../../src/contract/content.ts";
import type { Finding, FindingCode } from "../../src/contract/finding.ts";
import type { BrokenTagReport, RootReport, ScanReport } from "../../src/contract/scan.ts";

export function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function blobPath(digest: string): string {
  const hex = digest.slice("sha256:".length);
  return `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

export function linkPath(repository: string, kind: "_layers" | "_manifests/revisions", digest: string): string {
  return `docker/registry/v2/repositories/${repository}/${kind}/${digest.replace(":", "/")}/link`;
}

/** A finding with made-up words; its id follows from what it is about. */
export function finding(code: FindingCode, fields: Partial<Finding> = {}): Finding {
  const severity = CHECKS[code].severity;
  const made = {
    code,
    severity: severity === "error-if-tagged" ? ("error" as const) : severity,
    root: "data",
    path: "docker/registry/v2/repositories/team/api",
    message: `message of ${code}`,
    affects: [],
    remedy: `remedy of ${code}`,
    docsUrl: `docs/findings.md#${code}`,
    ...fields,
  };
  const { root, repository, tag, digest, parent, path } = made as Finding;
  return { id: sha256([code, root, repository, tag, digest, parent, path].join("\n")).slice(7, 23), ...made };
}

export function rootReport(fields: Partial<RootReport> = {}): RootReport {
  return {
    name: "data",
    path: "/opt/registry/data",
    kind: "authoritative",
    counts: {
      repositories: 1503,
      tags: 49_651,
      revisions: 144_448,
      manifests: 130_012,
      indexes: 14_436,
      layerLinks: 249_734,
      blobs: 388_698,
      blobBytes: 1.25 * 2 ** 40,
      uploads: 14,
    },
    ...fields,
  };
}

/** A report about one root; verdict and summary follow from what is in it. */
export function scanReport(fields: Partial<ScanReport> & { findings?: readonly Finding[] } = {}): ScanReport {
  const { findings = [], brokenTags = [], unreadable = [] } = fields;
  const count = (severity: Finding["severity"]) => findings.filter((found) => found.severity === severity).length;
  const damaged = count("error") > 0;
  return {
    schemaVersion: 1,
    tool: { name: "regfsck", version: "0.1.0" },
    registry: "2.8.3",
    command: "scan",
    runId: "0197f3a2-0000-7000-8000-000000000001",
    startedAt: "2026-04-19T03:00:12.000Z",
    durationMs: 3120,
    dryRun: false,
    verdict: unreadable.length > 0 ? (damaged ? "findings+incomplete" : "incomplete") : damaged ? "findings" : "clean",
    roots: [rootReport()],
    causes: [],
    brokenTags,
    unreadable,
    summary: {
      error: count("error"),
      warning: count("warning"),
      info: count("info"),
      brokenTags: brokenTags.length,
      accepted: 0,
    },
    ...fields,
    findings,
  };
}

/** The broken tags that the findings' `affects` say, as they all lie in one root and name no other digest. */
export function brokenTagsOf(findings: readonly Finding[]): BrokenTagReport[] {
  const names = [...new Set(findings.flatMap((found) => found.affects))].sort();
  return names.map((name) => {
    const reasons = findings.filter((found) => found.affects.includes(name));
    const colon = name.lastIndexOf(":");
    return {
      root: reasons[0]!.root,
      repository: name.slice(0, colon),
      tag: name.slice(colon + 1),
      digest: sha256(name),
      platforms: [...new Set(reasons.flatMap((found) => found.platform ?? []))].sort(),
      findings: reasons.map((found) => found.id),
    };
  });
}

export const clean = scanReport();

/** A night with a budget, some way into a round. */
export const verifiedContent: ContentReport = {
  total: { blobs: 388_698, bytes: 1.25 * 2 ** 40 },
  verified: { blobs: 350_000, bytes: 2 ** 40 },
  recent: { blobs: 300_000, bytes: 0.75 * 2 ** 40 },
  oldest: "2026-09-30T01:31:02.000Z",
  corrupt: { blobs: 0, bytes: 0 },
  read: { blobs: 30_000, bytes: 2 ** 37, durationMs: 512_000, bytesPerSecond: 2 ** 28 },
  ended: "max-bytes",
  tooLarge: 0,
  round: { runs: 10, runsLeft: 3, endsAt: "2026-11-26T01:30:00.000Z" },
  roots: [
    {
      root: "data",
      total: { blobs: 388_698, bytes: 1.25 * 2 ** 40 },
      verified: { blobs: 350_000, bytes: 2 ** 40 },
      recent: { blobs: 300_000, bytes: 0.75 * 2 ** 40 },
      oldest: "2026-09-30T01:31:02.000Z",
      corrupt: { blobs: 0, bytes: 0 },
    },
  ],
};

const UNLINKED = {
  message: "the child manifest is in the store, but its repository has no revision link to it: 404",
  remedy: "write its revision link back, and the layer links that are gone (all that it needs is in the store)",
};

/** After `garbage-collect -m`: multi-arch tags have lost the links to their children; and what else lies around. */
export const incident = incidentReport();

function incidentReport(): ScanReport {
  const findings: Finding[] = [];
  for (const [repository, tag] of [
    ["infra-ci", "latest"],
    ["team/api", "1.0"],
  ] as const) {
    for (const platform of ["linux/amd64", "linux/arm64", "unknown/unknown"]) {
      const digest = sha256(`${repository} ${platform}`);
      findings.push(
        finding("unlinked-child", {
          repository,
          digest,
          parent: sha256(`${repository}:${tag}`),
          role: "child",
          platform,
          path: linkPath(repository, "_manifests/revisions", digest),
          affects: [`${repository}:${tag}`],
          ...UNLINKED,
        }),
      );
    }
  }
  const base = sha256("shared base layer");
  for (let tag = 1; tag <= 500; tag++) {
    findings.push(
      finding("missing-blob", {
        repository: "team/web",
        digest: base,
        parent: sha256(`team/web:1.${tag}`),
        role: "layer",
        path: blobPath(base),
        message: "the blob is not in the store",
        affects: [`team/web:1.${tag}`],
        remedy: "push the image again (restart the registry first if it still says that the blob exists)",
      }),
    );
  }
  const truncated = sha256("truncated layer");
  findings.push(
    finding("size-mismatch", {
      repository: "tools/builder",
      digest: truncated,
      parent: sha256("tools/builder:2.0"),
      role: "layer",
      path: blobPath(truncated),
      message: "expected size 1048576 bytes, actual size 64 bytes: it is served with 200, and clients reject it",
      affects: ["tools/builder:2.0"],
      remedy: "move the damaged file away, restart the registry, and push the image again",
    }),
  );
  const gone = sha256("gone");
  findings.push(
    finding("dangling-tag", {
      repository: "tools/builder",
      tag: "old",
      digest: gone,
      path: "docker/registry/v2/repositories/tools/builder/_manifests/tags/old/current/link",
      message: "the tag names a manifest that its repository has no link to: 404",
      affects: ["tools/builder:old"],
      remedy: "push the image again, or delete the tag's folder if nobody needs it",
    }),
    finding("unseen-repository", {
      repository: "mirror/index-only",
      path: "docker/registry/v2/repositories/mirror/index-only",
      message: "it has no _layers folder: _catalog leaves it out, and garbage collection would delete all its blobs",
      remedy:
        "create the empty folder docker/registry/v2/repositories/mirror/index-only/_layers before any garbage collection",
    }),
  );
  for (let layer = 0; layer < 2335; layer++) {
    const digest = sha256(`orphan ${layer}`);
    findings.push(
      finding("orphan-layer-link", {
        repository: `team/${["api", "web", "worker"][layer % 3]}`,
        digest,
        path: linkPath("team/api", "_layers", digest),
        message: "the layer link names a blob that is not in the store",
        remedy: "delete the link's folder while the registry is stopped (no image of today needs it)",
      }),
    );
  }
  findings.push(
    finding("stray-entry", {
      path: "docker/registry/v2/repositories/@eaDir",
      message: "a _layers folder whose path is not a valid repository name: garbage collection aborts",
      remedy: "move it out of the storage root",
    }),
    finding("stale-upload", {
      repository: "team/api",
      path: "docker/registry/v2/repositories/team/api/_uploads/00000000-0000-4000-8000-000000000001",
      message: "an upload of 150 bytes, started 2299 days ago and never finished",
      remedy: "let the registry's upload purging remove it (storage.maintenance.uploadpurging)",
    }),
    finding("unreferenced-blob", {
      path: "docker/registry/v2/blobs",
      message: "1234 blobs of 5678901234 bytes that nothing references",
      remedy: "run garbage collection to free this space; ask `regfsck forecast` first what else it would delete",
    }),
  );
  return scanReport({ findings, brokenTags: brokenTagsOf(findings) });
}

/** Two roots side by side, and a folder that could not be read. */
export const severalRoots = severalRootsReport();

function severalRootsReport(): ScanReport {
  const digest = sha256("config of private");
  const findings = [
    finding("unlinked-blob", {
      root: "private",
      repository: "team/api",
      digest,
      parent: sha256("team/api:1.0"),
      role: "config",
      path: linkPath("team/api", "_layers", digest),
      affects: ["team/api:1.0"],
    }),
    finding("malformed-link", {
      root: "dockerhub",
      repository: "library/alpine",
      digest,
      path: linkPath("library/alpine", "_layers", digest),
    }),
  ];
  return scanReport({
    roots: [
      rootReport({ name: "dockerhub", path: "/opt/registry/data/dockerhub", kind: "cache" }),
      rootReport({ name: "private", path: "/opt/registry/data/private" }),
    ],
    findings,
    brokenTags: brokenTagsOf(findings),
    unreadable: [
      {
        root: "private",
        path: "docker/registry/v2/repositories/secret/_layers",
        error: "EACCES: permission denied, scandir",
      },
    ],
  });
}

/** What could not be read, and nothing else. */
export const incomplete = scanReport({
  unreadable: Array.from({ length: 25 }, (_, index) => ({
    root: "data",
    path: `docker/registry/v2/blobs/sha256/${(index + 16).toString(16)}`,
    error: "EIO: i/o error, scandir",
  })),
});

/** Strings that would take over a terminal or a page, forge lines of the report, or show themselves in another order. */
export const HOSTILE =
  "\x1b[2J\x1b]0;title\x07\r\nclean: no broken image\n\u202egnp.\u2066x\u2069\u200b\u2028\u0085\x7f\u{e0041}é</td><script src=//x>\"'&amp;";

export const hostile = hostileReport();

function hostileReport(): ScanReport {
  const fields = {
    root: HOSTILE,
    repository: HOSTILE,
    digest: HOSTILE,
    parent: HOSTILE,
    platform: HOSTILE,
    path: `${HOSTILE}/${"very-long-name/".repeat(60)}`,
    message: HOSTILE.repeat(20),
    remedy: HOSTILE,
  };
  const findings = [
    finding("missing-child", { ...fields, role: "child", affects: [`${HOSTILE}:${HOSTILE}`] }),
    finding("dangling-tag", { ...fields, tag: HOSTILE, affects: [`${HOSTILE}:${HOSTILE}`] }),
    finding("stray-entry", { root: HOSTILE, path: HOSTILE, message: HOSTILE, remedy: HOSTILE }),
    finding("malformed-link", fields),
    finding("stale-upload", fields),
  ];
  return scanReport({
    roots: [rootReport({ name: HOSTILE, path: `/opt/${HOSTILE}` }), rootReport({ name: "b", path: "/b" })],
    findings,
    brokenTags: brokenTagsOf(findings),
    unreadable: [{ root: HOSTILE, path: HOSTILE, error: HOSTILE }],
  });
}

export const SAMPLES = { clean, incident, severalRoots, incomplete, hostile };
