// Runs a command with every call of it failing in turn, and judges each run: complete and right, or incomplete and said.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { NoRootError, UsageError } from "../../src/contract/errors.ts";
import { STORAGE } from "../../src/layout/paths.ts";
import { nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { FAULTS, type FaultPlan, type FaultyFs, faulty, LASTING, without } from "./faulty-fs.ts";
import { runProgram } from "./scan-world.ts";

const FIXTURES = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const fixture = (name: string) => join(FIXTURES, name);
/** A layer of `small`. */
const LAYER = "sha256:06d95001beefb0a9d83d7c5f3afe6e63ec3fc5732e81dc9ba6e74c792b112041";

/** A command line, without `--format`, whose calls are to fail. */
export interface Campaign {
  readonly name: string;
  readonly args: readonly string[];
}

/** Each command, on roots that hold something to be wrong about. Writes a gate's report into the folder. */
export async function campaigns(folder: string): Promise<Campaign[]> {
  const earlier = join(folder, "gate.json");
  const pair = corruptPair(folder);
  await runProgram(faulty(nodeFs).fs, ["gate", fixture("small"), "--report", earlier], NOW);
  return [
    { name: "scan of incident", args: ["scan", fixture("incident")] },
    { name: "scan of base", args: ["scan", fixture("base")] },
    { name: "scan of cache, with content", args: ["scan", "--verify-content", fixture("cache")] },
    { name: "scan of digest-mismatch, with content", args: ["scan", "--verify-content", fixture("digest-mismatch")] },
    { name: "scan of two roots, with content", args: ["scan", "--verify-content", pair] },
    { name: "scan of small, with a part of its content", args: [...PART, fixture("small")] },
    { name: "scan of stale-upload", args: ["scan", fixture("stale-upload")] },
    { name: "scan of stray-entry", args: ["scan", fixture("stray-entry")] },
    { name: "forecast of small", args: ["forecast", "-m", "--keep-tags", "1", fixture("small")] },
    { name: "gate of small", args: ["gate", fixture("small")] },
    { name: "gate of incident", args: ["gate", "-m", fixture("incident")] },
    { name: "gate of unreferenced-blob", args: ["gate", fixture("unreferenced-blob")] },
    { name: "gate of small, for another user", args: ["gate", "--as-user", "65534:65534", fixture("small")] },
    { name: "gate --recheck of small", args: ["gate", fixture("small"), "--recheck", earlier] },
    { name: "verify of incident", args: ["verify", fixture("incident"), "team/api/server:2.3"] },
    { name: "why of small", args: ["why", fixture("small"), LAYER] },
    { name: "usage of small", args: ["usage", fixture("small")] },
    { name: "plan of missing-blob", args: ["plan", fixture("missing-blob")] },
  ];
}

const PART = ["scan", "--verify-content", "--max-bytes", "3K"];

/** Two roots that hold the same, but for a layer of one of them. */
function corruptPair(folder: string): string {
  const pair = join(folder, "pair");
  for (const name of ["one", "two"])
    cpSync(join(fixture("small"), "docker"), join(pair, name, "docker"), { recursive: true });
  const layer = join(pair, "one", blobPath(LAYER));
  const content = readFileSync(layer);
  content[content.length - 1]! ^= 1;
  writeFileSync(layer, content);
  return pair;
}

export interface CampaignResult {
  /** The calls that a run makes when none fails. */
  readonly calls: number;
  readonly runs: number;
  /** What was wrong, a line each. */
  readonly wrong: readonly string[];
}

/** How many runs are under way at a time: each spends most of its time waiting to look again. */
const AT_A_TIME = 256;

/** Lets every call fail in every way, each for once and lasting; of all these runs it makes one in `every`. */
export async function runCampaign({ name, args }: Campaign, every: number): Promise<CampaignResult> {
  const counting = faulty(nodeFs);
  const truth = await attempt(counting.fs, args);
  const calls = counting.calls;
  const plans: FaultPlan[] = [];
  let serial = 0;
  for (const fault of FAULTS) {
    for (const lasting of LASTING) {
      for (let call = 0; call < calls; call++) if (serial++ % every === 0) plans.push({ call, fault, lasting });
    }
  }
  const references = new Map<string, Promise<Outcome[]>>();
  const vanished = (path: string) => {
    const runs = () => [false, true].map((isListed) => attempt(without(nodeFs, path, isListed), args));
    const known = references.get(path) ?? Promise.all(runs());
    references.set(path, known);
    return known;
  };
  const wrong: string[] = [];
  const work = plans.values();
  const lane = async () => {
    for (const plan of work) {
      const disk = faulty(nodeFs, plan);
      const outcome = await attempt(disk.fs, args);
      // Who may not look beside a root learns of no root there (docs/gate.md).
      if (plan.fault === "EACCES") forgetBeside(disk.unread, args);
      for (const line of await judge(plan, disk, outcome, truth, vanished)) {
        wrong.push(`${name}: call ${plan.call} ${plan.fault} ${plan.lasting} (${disk.path}): ${line}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return { calls, runs: plans.length, wrong };
}

/** Leaves out what is beside the roots, in directories that belong to others. */
function forgetBeside(unread: Set<string>, args: readonly string[]): void {
  const roots = args.filter((arg) => arg.startsWith(FIXTURES));
  for (const part of unread) {
    const path = part.slice(part.indexOf(" ") + 1);
    const isInside = roots.some((root) => path === root || path.startsWith(`${root}/`));
    if (args[0] === "gate" && !isInside && path.startsWith(dirname(FIXTURES))) unread.delete(part);
  }
}

interface Outcome {
  readonly code: number;
  /** All that the run said, on whichever stream. */
  readonly said: string;
  /** The report without what differs from run to run; undefined where there is none. */
  readonly report: Report | undefined;
}

interface Report {
  readonly findings?: readonly { readonly id: string; readonly code: string }[];
  readonly brokenTags?: readonly object[];
  readonly unreadable?: readonly { readonly root: string; readonly path: string }[];
  readonly decision?: string;
  readonly scan?: Report;
}

async function attempt(fs: StorageFs, args: readonly string[]): Promise<Outcome> {
  try {
    const { exitCode, printed, warnings } = await runProgram(fs, [...args, "--format", "json"], NOW);
    const said = `${printed}\n${warnings.join("\n")}`;
    return { code: exitCode, said, report: JSON.parse(printed, timeless) };
  } catch (error) {
    if (!(error instanceof NoRootError || error instanceof UsageError)) throw error;
    return { code: 16, said: error.message, report: undefined };
  }
}

/** Long after every file of a fixture, so that the same blobs are old in every run. */
const NOW = Date.UTC(2100, 0);

/** Without what differs from run to run. A fingerprint that saw less makes the re-check stop, and is a mistake in no run. */
function timeless(key: string, value: unknown): unknown {
  return key === "runId" || key === "recheckOf" || key === "fingerprints" ? undefined : value;
}

async function judge(
  { fault, lasting }: FaultPlan,
  { path, unread, open }: FaultyFs,
  outcome: Outcome,
  truth: Outcome,
  vanished: (path: string) => Promise<Outcome[]>,
): Promise<string[]> {
  const wrong: string[] = [];
  if (open.size > 0) wrong.push(`left open: ${[...open.values()].join(" ")}`);
  if (![0, 4, 8, 12, 16].includes(outcome.code)) return [...wrong, `exit code ${outcome.code}`];
  const isTrue = isSame(outcome, truth);
  if (fault === "short read") return isTrue ? wrong : [...wrong, `short reads change the report`];
  if (outcome.code === 16) {
    // What is not there makes for a wrong path, or for an image that there is not.
    if (!outcome.said.includes(fault) && fault !== "ENOENT") wrong.push(`16 does not say why: ${outcome.said}`);
    return wrong;
  }
  if (outcome.code & 8 || unreadableOf(outcome).length > 0) {
    const paths = [path!, ...[...unread].map((part) => part.slice(part.indexOf(" ") + 1))];
    // Where a folder is not there and what is in it is, it is what is in it that never settles.
    if (fault !== "ENOENT" && !paths.some((unreadPath) => names(outcome, unreadPath)))
      wrong.push(`incomplete without the path: ${outcome.said}`);
    return [...wrong, ...falseAlarms(outcome, truth)];
  }
  if (isTrue && unread.size === 0) return wrong;
  if (fault === "ENOENT") {
    // What is not there, however it is asked for, is not there.
    const isTakenBack = lasting === "all" && outcome.report?.decision === "stop" && truth.report?.scan === undefined;
    const gone = await vanished(path!);
    if (isTrue || isTakenBack) return wrong;
    if ([truth, ...gone].some((other) => isSame(uncounted(outcome), uncounted(other)))) return wrong;
    return [...wrong, "complete, but neither with nor without what vanished"];
  }
  return [
    ...wrong,
    unread.size > 0 ? `complete, exit code ${outcome.code}, with something unread` : "complete, but wrong",
  ];
}

/** What was read before its parent vanished is counted still, and what was gone for an instant was not verified. */
function uncounted(outcome: Outcome): Outcome {
  const isCount = (key: string) => key === "counts" || key === "content";
  const text = JSON.stringify(outcome.report, (key, value) => (isCount(key) ? undefined : value));
  return { ...outcome, report: text && JSON.parse(text) };
}

function isSame(a: Outcome, b: Outcome): boolean {
  return a.code === b.code && JSON.stringify(a.report) === JSON.stringify(b.report);
}

function unreadableOf({ report }: Outcome) {
  return report?.unreadable ?? report?.scan?.unreadable ?? [];
}

/** Whether the run names the path, a folder that it lies in, or what lies in it. */
function names(outcome: Outcome, path: string): boolean {
  const below = path.slice(path.indexOf(`/${STORAGE}`) + 1);
  if (outcome.said.includes(path) || outcome.said.includes(below)) return true;
  return unreadableOf(outcome).some(
    (entry) => path === entry.path || `${path}/`.includes(`/${entry.path}/`) || entry.path.startsWith(`${below}/`),
  );
}

/** Findings and broken images that are none, in a run that could not read all. */
function falseAlarms(outcome: Outcome, truth: Outcome): string[] {
  const wrong: string[] = [];
  const scanOf = ({ report }: Outcome) => report?.scan ?? report;
  const known = new Set(scanOf(truth)?.findings?.map(({ id }) => id));
  for (const finding of scanOf(outcome)?.findings ?? []) {
    if (!known.has(finding.id)) wrong.push(`false alarm: ${JSON.stringify(finding)}`);
  }
  if (outcome.report?.decision === "go") wrong.push("go, though incomplete");
  return wrong;
}
