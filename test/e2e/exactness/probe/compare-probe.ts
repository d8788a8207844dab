// Compares `regfsck probe` with `regfsck scan` of the root that the registry serves, and with a client that pulls: every
// tag that can be asked for is broken for all three, or for none.
import { brokenTagsOf } from "../client/walk.ts";
import type { Difference } from "../judge/difference.ts";
import { program, type Report, runToEnd, scanRoot } from "../judge/report.ts";
import { tagsBeyondAsking } from "../judge/tags.ts";
import type { Comparison, ComparisonResult, Stage } from "../round.ts";

interface ProbeReport extends Report {
  readonly images: readonly { readonly image: string; readonly state: "pullable" | "broken" | "unknown" }[];
}

/** A registry that hangs on a pipe in its storage is waited for five times. */
const patienceMs = 300_000;

export const compareProbe: Comparison = async ({ root, url, tested, walk }: Stage): Promise<ComparisonResult> => {
  const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
  const count = (name: string, times = 1) => {
    result.counts[name] = (result.counts[name] ?? 0) + times;
  };
  const listed = walk.repositories.filter(({ listStatus }) => listStatus === 200).map(({ name }) => name);
  if (walk.tags.length === 0) return result;
  // By name: the catalogue leaves repositories out, which a scan reports, and no client asks the catalogue before it pulls.
  const run = await runToEnd(
    process.execPath,
    [
      ...[program, "probe", "--format", "json", "--timeout", "2s", "--allow-empty", "--registry", tested.registry],
      ...listed.flatMap((name) => ["--repo", name]),
      url,
    ],
    patienceMs,
  );
  const probed = parse(run.stdout);
  const { report: scanned } = await scanRoot(root, tested.registry);
  const differ = (sort: Difference["sort"], text: string) => result.differences.push({ sort, text });
  if (probed === undefined || scanned === undefined || /^\s+at /m.test(run.stderr)) {
    differ("crash", `exit ${run.exitCode}\n${run.stderr}\n${run.stdout.slice(0, 500)}`);
    return result;
  }
  const wanted = (probed.summary.error > 0 ? 4 : 0) + (probed.unreadable.length > 0 ? 8 : 0);
  if (run.exitCode !== wanted) differ("exit code", `probe: exit ${run.exitCode}, not ${wanted}`);
  const byWalk = new Set(brokenTagsOf(walk));
  const beyond = new Set(tagsBeyondAsking(scanned));
  const byScan = new Set(scanned.brokenTags.map(({ repository, tag }) => `${repository}:${tag}`));
  const states = new Map(probed.images.map(({ image, state }) => [image, state]));
  for (const { repository, tag } of walk.tags) {
    const name = `${repository}:${tag}`;
    if (beyond.has(name)) continue;
    const state = states.get(name);
    count(`probe: ${state ?? "not listed"}`);
    // What gets no answer is known to nobody over HTTP; a walk counts it as a failure.
    if (state === "unknown") continue;
    const isBroken = state === "broken";
    const said = `probe ${state}, scan ${byScan.has(name) ? "broken" : "pullable"}, walk ${byWalk.has(name) ? "broken" : "pullable"}`;
    // A scan that could not read all says nothing of the rest.
    const isScanned = scanned.unreadable.length === 0;
    if (isBroken !== byWalk.has(name) || (isScanned && isBroken !== byScan.has(name))) {
      const why = probed.findings.filter(({ affects }) => affects.includes(name));
      const failures = walk.tags.find((one) => one.repository === repository && one.tag === tag)!.failures;
      const known = why.map(({ code, message }) => `${code} ${message}`).join("; ");
      const failed = failures.map((one) => `${one.role} ${one.digest} ${one.reason}`).join("; ");
      differ("probe differs", `${name}: ${said}; ${known || "nothing"}; walk: ${failed || "nothing"}`);
    }
  }
  for (const { code } of probed.findings) count(`probe found ${code}`);
  return result;
};

function parse(stdout: string): ProbeReport | undefined {
  try {
    return JSON.parse(stdout) as ProbeReport;
  } catch {
    return undefined;
  }
}
