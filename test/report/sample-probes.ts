// Reports of probes: of a registry where all is well, where images are broken, and of one that does not answer.
import type { ProbeReport } from "../../src/contract/probe.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const clean: ProbeReport = {
  schemaVersion: 1,
  tool: { name: "regfsck", version: "0.1.0" },
  command: "probe",
  runId: "9eb6aff4-e0b6-49a1-b160-0c66f605308b",
  startedAt: "2026-11-29T12:00:00.000Z",
  durationMs: 1234,
  dryRun: false,
  verdict: "clean",
  contentVerified: false,
  roots: [
    {
      name: "registry.example.com",
      url: "https://registry.example.com",
      counts: { repositories: 2, tags: 3, checked: 3, manifests: 5, blobs: 9, requests: 18 },
    },
  ],
  images: [],
  causes: [],
  brokenTags: [],
  findings: [],
  unreadable: [],
  summary: { error: 0, warning: 0, info: 0, brokenTags: 0, accepted: 0 },
};

const broken: ProbeReport = {
  ...clean,
  verdict: "findings",
  brokenTags: [
    {
      root: "registry.example.com",
      repository: "team/api",
      tag: "1.0",
      digest: digest("a"),
      platforms: ["linux/arm64"],
      findings: ["0123456789abcdef"],
    },
  ],
  findings: [
    {
      id: "0123456789abcdef",
      code: "missing-child",
      severity: "error",
      root: "registry.example.com",
      repository: "team/api",
      digest: digest("b"),
      parent: digest("a"),
      role: "child",
      platform: "linux/arm64",
      path: `v2/team/api/manifests/${digest("b")}`,
      answer: "not-found",
      status: 404,
      message: "the child manifest is not served: 404; the index itself still answers 200",
      affects: ["team/api:1.0"],
      remedy: "push this platform's image again",
      docsUrl: "docs/findings.md#missing-child",
    },
  ],
  summary: { error: 1, warning: 0, info: 0, brokenTags: 1, accepted: 0 },
};

const down: ProbeReport = {
  ...clean,
  verdict: "incomplete",
  roots: [
    { ...clean.roots[0]!, counts: { repositories: 0, tags: 0, checked: 0, manifests: 0, blobs: 0, requests: 5 } },
  ],
  unreadable: [{ root: "registry.example.com", path: "v2/", error: "connection refused" }],
};

export const PROBES = { clean, broken, down };
