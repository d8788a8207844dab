// Holds the program against hostile roots, as docs/reliability.md describes: every command in every format, with what it
// took. Build first. Exits 0 only if nothing broke out of any root.
//   npx tsx scripts/hostile.ts                              a million entries, chains 100,000 deep
//   npx tsx scripts/hostile.ts --only "huge manifests" --formats text --verbose
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HOSTILE_ROOTS, HostileRoot } from "../test/e2e/hostile/root.ts";
import { type HostileRun, judgeRoot, withFolder } from "../test/e2e/hostile/run.ts";

const { values } = parseArgs({
  options: {
    entries: { type: "string", default: "1000000" },
    depth: { type: "string", default: "100000" },
    only: { type: "string" },
    formats: { type: "string", default: "text,json,jsonl" },
    verbose: { type: "boolean", default: false },
  },
});

// Only a run to its end may pass.
process.exitCode = 1;
let wrong = 0;
for (const { name, images, write } of HOSTILE_ROOTS) {
  if (values.only !== undefined && values.only !== name) continue;
  await withFolder(async (folder) => {
    const root = new HostileRoot(join(folder, "root"));
    await write(root, { depth: Number(values.depth), entries: Number(values.entries) });
    const digests = [`sha256:${"a".repeat(64)}`, ...root.someDigests()];
    const formats = (["text", "json", "jsonl"] as const).filter((one) => values.formats.split(",").includes(one));
    const seen = (run: HostileRun) => {
      if (!values.verbose) return;
      const what = run.args
        .filter((part) => !part.startsWith(folder))
        .join(" ")
        .slice(0, 90);
      process.stderr.write(
        `  ${what}: ${run.code}, ${run.seconds.toFixed(1)} s, ${Math.round(run.peak)} MiB, ${run.stdout.length} bytes\n`,
      );
    };
    const { found, peak, seconds, runs } = judgeRoot(root.path, folder, { images, digests }, formats, { seen });
    wrong += found.length;
    const most = `at most ${Math.round(peak)} MiB and ${seconds.toFixed(1)} s`;
    process.stdout.write(`${name.padEnd(16)} ${runs} runs, ${most}, ${found.length} wrong\n`);
    for (const line of found) process.stdout.write(`  ${JSON.stringify(line)}\n`);
  });
}
if (wrong === 0) process.exitCode = 0;
