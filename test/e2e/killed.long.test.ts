// A run that is killed: whenever that is, each file that it writes is the old one or the new one, whole.
//   KILLS=100 npx vitest run --config .config/vitest.config.ts test/e2e/killed.test.ts
// tells how often each file was the old one and the new one.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { bundle } from "../../scripts/package/bundle.ts";
import { parseState } from "../../src/contract/state-file.ts";
import { digestOf } from "../worlds/world.ts";

const { KILLS: asked } = process.env;
const KILLS = Number(asked ?? 25);
const FINDINGS = 3000;

let folder: string;
/** Where the run writes, and nothing else lies. */
let results: string;
let args: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "regfsck-killed-"));
  results = join(folder, "results");
  mkdirSync(results);
  await bundle(join(folder, "regfsck.mjs"));
  const root = join(folder, "root");
  mkdirSync(join(root, "docker/registry/v2/blobs"), { recursive: true });
  for (let i = 0; i < FINDINGS; i++) {
    const link = join(root, layerLinkPath("team/app", digestOf(`gone ${i}`)));
    mkdirSync(join(link, ".."), { recursive: true });
    writeFileSync(link, digestOf(`gone ${i}`));
  }
  const files = ["--report", "report.json", "--state", "state.json", "--metrics", "regfsck.prom", "--index", "index"];
  args = [join(folder, "regfsck.mjs"), "scan", "--quiet", ...files, root];
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals | null;
  /** Milliseconds until the first file was begun, and from then to the end. */
  readonly reading: number;
  readonly writing: number;
}

/** Runs, and kills the run so many milliseconds after its start, or after it began to write. */
function run(kill?: { after: "start" | "write"; wait: number }): Promise<Ended> {
  return new Promise((resolve) => {
    const started = performance.now();
    let wrote: number | undefined;
    const child = spawn(process.execPath, args, { cwd: results, stdio: "ignore" });
    const killSoon = () => setTimeout(() => child.kill("SIGKILL"), kill?.wait);
    const watcher = watch(results, () => {
      if (wrote !== undefined) return;
      wrote = performance.now();
      if (kill?.after === "write") killSoon();
    });
    if (kill?.after === "start") killSoon();
    child.once("exit", (code, signal) => {
      watcher.close();
      const ended = performance.now();
      resolve({ end: signal ?? code, reading: (wrote ?? ended) - started, writing: ended - (wrote ?? ended) });
    });
  });
}

/** What tells a run's file from another's; throws where the file is not whole. */
const IDENTITY: Record<string, (text: string, bytes: Buffer) => string> = {
  "report.json": (text) => {
    const { runId, findings, summary } = JSON.parse(text);
    expect([findings.length, summary.warning]).toEqual([FINDINGS, FINDINGS]);
    return runId;
  },
  "state.json": (text) => {
    const { completedAt, findings } = parseState(text);
    expect(findings).toHaveLength(FINDINGS);
    return completedAt;
  },
  "regfsck.prom": (text) => {
    expect(text).toMatch(/^# HELP regfsck_complete [\s\S]*\nregfsck_build_info\{[^}\n]*\} 1\n$/);
    return /^regfsck_last_run_timestamp_seconds\S* (\S+)$/m.exec(text)![1]!;
  },
  index: (_, bytes) => {
    const checksum = createHash("sha256").update(bytes.subarray(0, -32)).digest("hex");
    expect(bytes.subarray(-32).toString("hex")).toBe(checksum);
    return checksum;
  },
};
const NAMES = Object.keys(IDENTITY);
const identities = () =>
  NAMES.map((name) => {
    const bytes = readFileSync(join(results, name));
    return IDENTITY[name]!(bytes.toString("utf8"), bytes);
  });

it(`leaves whole files wherever it is killed, ${KILLS} times`, async () => {
  const { end, reading, writing } = await run();
  expect(end).toBe(0);
  const tally = { killed: 0, finished: 0, leftovers: 0, new: Object.fromEntries(NAMES.map((name) => [name, 0])) };
  let before = identities();
  for (let i = 0; i < KILLS; i++) {
    const after = i % 2 === 0 ? "start" : "write";
    const wait = Math.random() * (after === "start" ? reading + writing : writing);
    const { end } = await run({ after, wait });
    const now = identities();
    const fresh = NAMES.filter((_, index) => now[index] !== before[index]);
    for (const name of fresh) tally.new[name]!++;
    before = now;
    if (end === "SIGKILL") tally.killed++;
    else {
      // It was faster. Then it ended well, with nothing left unwritten.
      expect([end, fresh]).toEqual([0, NAMES]);
      tally.finished++;
    }
    const others = readdirSync(results).filter((name) => !NAMES.includes(name));
    // node_exporter reads what ends with .prom.
    for (const name of others) expect(name).toMatch(/^\..*\.tmp$/);
    tally.leftovers = others.length;
  }
  expect(tally.killed).toBeGreaterThan(0);
  if (asked) console.log(tally);
}, 600_000);
