// Compares `regfsck scan` with the registry: the broken tags both ways, and each finding by asking for its object.
import type { Difference } from "./judge/difference.ts";
import { judgedByCollection, judgeFinding, noQuestion } from "./judge/findings.ts";
import { isStoreEmpty, looksUnmounted } from "./judge/mounts.ts";
import { type Finding, scanRoot } from "./judge/report.ts";
import { checkRun, compareTags, describeFinding, tagsBeyondAsking } from "./judge/tags.ts";
import { judgeUnexpected } from "./judge/unexpected.ts";
import type { Comparison, ComparisonResult, Stage } from "./round.ts";
import { base } from "./storage.ts";

const blobs = `${base}/blobs`;

export const compareScan: Comparison = async ({ root, tested, client, walk }: Stage): Promise<ComparisonResult> => {
  const run = await scanRoot(root, tested.registry);
  const result: ComparisonResult = {
    differences: checkRun(run, (path) => looksUnmounted(root, path) || (path === blobs && isStoreEmpty(root))),
    counts: {},
    notAskable: [],
  };
  const { report } = run;
  if (report === undefined) return result;
  const count = (name: string) => {
    result.counts[name] = (result.counts[name] ?? 0) + 1;
  };
  const confirm = (finding: Finding) => count(`confirmed ${finding.code}`);

  for (const { code } of report.causes) count(`cause ${code}`);
  // Of a store that seems not to be mounted the report says nothing, and is incomplete.
  if (report.causes.some(({ code }) => code === "store-not-mounted") && isStoreEmpty(root)) return result;
  result.differences.push(...compareTags(walk, report));
  result.notAskable.push(...tagsBeyondAsking(report).map((name) => `broken tag ${name}`));
  for (const finding of report.findings) {
    if (judgedByCollection.has(finding.code)) continue;
    if (noQuestion.has(finding.code)) {
      count(`no question ${finding.code}`);
      continue;
    }
    const verdict = await judgeFinding(client, root, finding);
    if (verdict === "confirmed") confirm(finding);
    else if (verdict === "not askable") result.notAskable.push(describeFinding(finding));
    else result.differences.push(contradicted(finding, verdict.contradiction));
  }

  // What gets in the way of a walk is judged by what 2.8.3 does there.
  if (tested.registry !== "2") {
    count("what stops a walk: not judged");
    return result;
  }
  const holdsSomething = (name: string) => walk.tags.some((tag) => tag.repository === name);
  const unexpected = await judgeUnexpected(root, report, holdsSomething);
  for (const finding of unexpected.confirmed) confirm(finding);
  result.differences.push(...unexpected.differences);
  return result;
};

function contradicted(finding: Finding, why: string): Difference {
  return { sort: "finding contradicted", text: `${describeFinding(finding)}: ${why}` };
}
