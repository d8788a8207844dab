// Scans in a loop beside a registry that clients are using. Every finding about what nobody damaged is a false alarm;
// every damage that a scan does not name is one that it missed.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pushBlob, startUpload } from "../../../scripts/registry/client.ts";
import { makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { PROGRAM } from "../../worlds/program.ts";
import { seededRandom } from "../exactness/random.ts";
import { makeScratch } from "../exactness/scratch.ts";
import { DAMAGES, doDamage, pushStill, STILL, type Still } from "./damage.ts";
import { startTraffic, type TrafficTally } from "./traffic.ts";

export interface LiveOptions {
  readonly scans: number;
  readonly lanes: number;
  readonly seed: number;
  /** Told after each scan. */
  readonly seen?: (tally: LiveTally) => void;
}

export interface LiveTally {
  scans: number;
  /** Scans of a root with damage in it, and by what it should be called. */
  damaged: number;
  readonly damages: Map<string, number>;
  /** Each as one line. */
  readonly falseAlarms: string[];
  readonly missed: string[];
  /** Scans that could not settle what they saw: incomplete, so no alarm, but no answer either. */
  readonly unsettled: string[];
  forecasts: number;
  gates: number;
  traffic: TrafficTally;
}

interface Report {
  findings: { code: string; severity: string; repository?: string; path: string; message: string }[];
  brokenTags: { repository: string; tag: string }[];
  unreadable: { path: string; error: string }[];
}

/** Runs until so many scans are made; every fourth of them is of a root that nobody damaged. */
export async function watchLive({ scans, lanes, seed, seen }: LiveOptions): Promise<LiveTally> {
  const folder = await makeScratch("live");
  const root = join(folder, "registry");
  try {
    return await withRegistry({ root, descriptorCache: true }, async (url) => {
      const still = await pushStill(url);
      const traffic = startTraffic(url, lanes, seed);
      const tally: LiveTally = {
        scans: 0,
        damaged: 0,
        damages: new Map(),
        falseAlarms: [],
        missed: [],
        unsettled: [],
        forecasts: 0,
        gates: 0,
        traffic: traffic.tally,
      };
      try {
        const random = seededRandom(seed);
        for (let round = 0; round < scans; round++) {
          const isDamaged = round % 4 !== 3;
          const number = isDamaged ? (round - Math.floor(round / 4)) % DAMAGES.length : -1;
          await scanOnce(root, number, still, tally, random.below(4));
          if (round % 8 === 3) await forecastOnce(root, tally);
          if (round % 4 === 1) await gateOnce(root, url, tally);
          seen?.(tally);
        }
      } finally {
        await traffic.stop();
      }
      return tally;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function scanOnce(root: string, number: number, still: readonly Still[], tally: LiveTally, way: number) {
  const undo = number < 0 ? () => {} : doDamage(root, number, still[number]!);
  const options = [[], ["--jobs", "1"], ["--jobs", "2"], ["--verify-content"]][way]!;
  const { code, report, stderr } = await run(["scan", "--format", "json", ...options, root]);
  undo();
  tally.scans++;
  if (report === undefined) {
    tally.falseAlarms.push(`scan ended with ${code}: ${stderr}`);
    return;
  }
  for (const { path, error } of report.unreadable) tally.unsettled.push(`${path}: ${error}`);
  const kind = DAMAGES[number];
  for (const finding of report.findings) {
    const isOurs = kind && (finding.repository === STILL || finding.path.includes("/still/"));
    if (finding.severity !== "info" && !isOurs) tally.falseAlarms.push(`${finding.code} ${finding.path}`);
  }
  const broken = report.brokenTags.map(({ repository, tag }) => `${repository}:${tag}`);
  const expected = kind && kind.breaks !== false ? [`${STILL}:${still[number]!.tag}`] : [];
  for (const image of broken) if (!expected.includes(image)) tally.falseAlarms.push(`broken ${image}`);
  if (!kind) {
    if (code !== 0) tally.falseAlarms.push(`exit code ${code} for a root that nobody damaged`);
    return;
  }
  tally.damaged++;
  tally.damages.set(kind.code, (tally.damages.get(kind.code) ?? 0) + 1);
  // Where every blob is hashed, one that is cut short is told as corrupt.
  const codes = options.includes("--verify-content") ? [kind.code, "digest-mismatch"] : [kind.code];
  const isNamed = report.findings.some(({ code: found }) => codes.includes(found));
  const isComplete = expected.every((image) => broken.includes(image));
  if (!isNamed || !isComplete) tally.missed.push(`${kind.code} of ${expected.join()}: exit code ${code}`);
}

/** A collection breaks nothing that is whole, whatever is being pushed. */
async function forecastOnce(root: string, tally: LiveTally): Promise<void> {
  const { code, stdout, stderr } = await run(["forecast", root]);
  tally.forecasts++;
  if (code !== 0) tally.falseAlarms.push(`forecast ended with ${code}: ${stdout.slice(0, 300)}${stderr}`);
}

interface PushUnderWay {
  readonly what: string;
  push(url: string, repository: string, seed: string): Promise<unknown>;
  readonly flags: readonly string[];
  /** Of the reason that the gate must give. */
  readonly reason: RegExp;
}

// The steps of a push after which garbage collection would take what it has brought.
const PUSHES: readonly PushUnderWay[] = [
  {
    what: "a young upload",
    push: (url, repository, seed) => startUpload(url, repository, Buffer.from(seed)),
    flags: [],
    reason: /upload is under way|uploads are under way/,
  },
  {
    what: "blobs without their manifest",
    push: (url, repository, seed) => pushBlob(url, repository, Buffer.from(seed)),
    flags: [],
    reason: /\d blobs?\b[^;]* that garbage collection would delete (is|are) younger than 1h/,
  },
  {
    what: "platforms without their index",
    push: async (url, repository, seed) => {
      await pushImage(url, repository, makeImage(`${seed} before`), "1.0");
      await pushImage(url, repository, makeImage(seed));
    },
    flags: ["-m"],
    reason: /\d (manifest|revision)s?\b[^;]* that garbage collection would delete (is|are) younger than 1h/,
  },
];

/** A gate must never say go while a push is under way, wherever it has got to. */
async function gateOnce(root: string, url: string, tally: LiveTally): Promise<void> {
  const { what, push, flags, reason } = PUSHES[tally.gates % PUSHES.length]!;
  await push(url, `live/under-way-${tally.gates}`, `a push that goes on for long ${tally.gates}`);
  const { code, stdout } = await run(["gate", ...flags, root]);
  tally.gates++;
  const text = stdout.replace(/\s+/g, " ");
  if (code !== 4 || !reason.test(text))
    tally.missed.push(`${what}: the gate ended with ${code}: ${text.slice(0, 300)}`);
}

interface ProgramRun {
  code: number;
  stdout: string;
  stderr: string;
  report: Report | undefined;
}

async function run(args: readonly string[]): Promise<ProgramRun> {
  const options = { maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: "1" } };
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], options).then(
    (out) => ({ code: 0, ...out }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const isReport = args.includes("json") && stdout.startsWith("{");
  return { code, stdout, stderr, report: isReport ? JSON.parse(stdout) : undefined };
}

/** The figures as lines. */
export function liveText({ traffic, ...tally }: LiveTally): string {
  const damages = [...tally.damages].map(([code, count]) => `${code} ${count}`).join(", ");
  const acts = Object.entries(traffic).map(([what, count]) => `${count} ${what}`);
  return [
    `scans         ${tally.scans}, of these ${tally.damaged} of a damaged root (${damages})`,
    `beside them   ${acts.join(", ")}; ${tally.forecasts} forecasts, ${tally.gates} gates`,
    `false alarms  ${tally.falseAlarms.length}`,
    `missed        ${tally.missed.length}`,
    `unsettled     ${tally.unsettled.length}`,
    ...[...tally.falseAlarms, ...tally.missed, ...tally.unsettled].map((line) => `  ${line}`),
  ].join("\n");
}
