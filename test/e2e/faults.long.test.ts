// The built program on a disk that fails in its threads, with threads that die, too few files and too little memory.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/contract/scan.ts";
import { type FaultyRun, runFaulty } from "../worlds/faulty-program.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));
const SCAN = ["scan", "--format", "json", "--jobs", "2", fixture("incident")];
/** The first repositories are read before there are threads, the others and all blobs by threads. */
const HOLD = "_layers$";

function lasting(stdout: string) {
  const { runId: _runId, startedAt: _startedAt, durationMs: _durationMs, ...report } = JSON.parse(stdout) as ScanReport;
  return report;
}

const whole = runFaulty({ args: SCAN });
const truth = lasting(whole.stdout);

/** Expects the whole report, or one that says what is missing and has no finding that is none. */
function expectRight({ code, stdout, stderr }: ReturnType<typeof runFaulty>): void {
  expect(stderr).not.toContain("UnhandledPromiseRejection");
  expect(stderr).not.toContain("ended by");
  const report = lasting(stdout);
  if (code === whole.code) {
    expect(report).toEqual(truth);
    return;
  }
  expect(code! & 8, stderr).toBe(8);
  expect(report.unreadable).not.toEqual([]);
  const known = new Set([...truth.findings].map(({ id }) => id));
  expect([...report.findings].filter(({ id }) => !known.has(id))).toEqual([]);
}

it("the root is damaged, and read whole without a fault", () => {
  expect([whole.code, truth.unreadable]).toEqual([4, []]);
});

describe("a call that fails in a thread", () => {
  const codes = ["EIO", "EACCES", "EMFILE", "ESTALE", "ENAMETOOLONG"];
  const places: [string, NonNullable<FaultyRun["fault"]>["call"]][] = [
    ["web/frontend/_layers/sha256/[0-9a-f]+/link$", "openSync"],
    ["web/frontend/_manifests/tags$", "readdirSync"],
    ["tools/windows/_manifests/revisions/sha256/[0-9a-f]+/link$", "readSync"],
    ["blobs/sha256/f[0-9a-f]$", "readdirSync"],
    ["blobs/sha256/[0-7][0-9a-f]/[0-9a-f]+/data$", "statSync"],
    ["blobs/sha256/[0-7][0-9a-f]/[0-9a-f]+/data$", "openSync"],
  ];
  it.each(places.map(([path, call], index) => [path, call!, codes[index % codes.length]!] as const))(
    "%s, %s: %s",
    (path, call, does) => {
      const result = runFaulty({ args: SCAN, hold: HOLD, fault: { where: "threads", path, call, does } });
      expect(result.stderr).toContain(`thread: ${does} ${call}`);
      expectRight(result);
      expect(result.code! & 8).toBe(8);
      const { unreadable } = lasting(result.stdout);
      expect(unreadable.some(({ path: told, error }) => error === does && new RegExp(path).test(told))).toBe(true);
    },
  );
});

describe("a thread that dies", () => {
  it.each([
    ["throw", undefined],
    ["exit", 0],
    ["exit", 3],
    ["eat memory", undefined],
  ] as const)("by %s %s: what it was at is done again", (does, code) => {
    for (const path of ["web/frontend/_layers/sha256/[0-9a-f]+/link$", "blobs/sha256/../[0-9a-f]+/data$"]) {
      const fault = { where: "threads", path, does, ...(code !== undefined && { code }) } as const;
      const result = runFaulty({ args: SCAN, hold: HOLD, fault, node: ["--max-old-space-size=128"] });
      expect(result.stderr).toContain(`thread: ${does}`);
      expect(result.code).toBe(whole.code);
      expectRight(result);
    }
  });
});

describe("too few file descriptors", () => {
  it("64 are enough, with threads too", () => {
    const result = runFaulty({ args: SCAN, hold: HOLD, limit: "ulimit -n 64" });
    expect(result.code).toBe(whole.code);
    expectRight(result);
  });

  it.each([40, 32, 28, 20])("%i: all or nothing, and 0 never", (files) => {
    const result = runFaulty({ args: SCAN, hold: HOLD, limit: `ulimit -n ${files}` });
    if (result.stdout !== "") expectRight(result);
    else expect([0, 4, 12, null]).not.toContain(result.code);
  });
});

describe("little memory", () => {
  it.each([6, 9, 12, 32])("%i MiB: all, or an end that is no success", (size) => {
    const result = runFaulty({ args: SCAN, hold: HOLD, node: [`--max-old-space-size=${size}`] });
    // Where even main has too little, node ends itself by a signal.
    if (result.code === whole.code) expectRight(result);
    else expect([0, 12]).not.toContain(result.code);
  });
});
