// Tries regfsck on the versions of Node.js that are promised and not the installed one: the unit tests, the built program
// over all fixtures with the same exit codes, JSON and text, and a comparison with a real registry on damaged roots. One that
// is too old is refused in one line.
//   npm run test:nodes            all of them; fetches each once, into the user's cache
//   npm run test:nodes -- 22 26   these alone
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchNode } from "./nodes/fetch-node.ts";
import { builtProgram, copyFixtures, differences, outputsOf } from "./nodes/outputs.ts";

const TOO_OLD = "18";
const PROMISED = ["20", "22", "24", "26"];
const EXACTNESS_ROOTS = 40;
const repository = fileURLToPath(new URL("..", import.meta.url));
const installed = process.version.slice(1).split(".")[0];

const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : PROMISED.filter((version) => version !== installed);
const failures: string[] = [];
const roots = copyFixtures();
process.on("exit", () => rmSync(roots, { recursive: true }));
const expected = await outputsOf(builtProgram(process.execPath), roots);

for (const [index, version] of versions.entries()) {
  const node = fetchNode(version);
  const passed = (what: string, ...args: readonly string[]) => {
    process.stdout.write(`\nNode.js ${version}: ${what}\n`);
    const { status } = spawnSync(node, args, { cwd: repository, stdio: "inherit" });
    if (status !== 0) failures.push(`Node.js ${version}: ${what}`);
  };
  const outputs = await outputsOf(builtProgram(node), roots);
  const differing = differences(expected, outputs);
  process.stdout.write(`\nNode.js ${version}: ${outputs.size} outputs over the fixtures, ${differing.length} differ\n`);
  for (const difference of differing) process.stdout.write(`${difference}\n`);
  if (differing.length > 0) failures.push(`Node.js ${version}: the program over the fixtures`);
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  passed("unit tests", vitest, "run", "--config", ".config/vitest.config.ts", "--project", "unit", "--reporter=dot");
  const tsx = join(repository, "node_modules/tsx/dist/cli.mjs");
  const draw = ["--seed", `${100 + index}`, "--count", `${EXACTNESS_ROOTS}`];
  passed("damaged roots beside a real registry", tsx, "scripts/exactness.ts", ...draw);
}

const old = spawnSync(fetchNode(TOO_OLD), ["dist/cli.js", "scan", roots], { cwd: repository, encoding: "utf8" });
process.stdout.write(`\nNode.js ${TOO_OLD}: exit ${old.status}, ${old.stderr}`);
if (old.status !== 16 || old.stdout !== "" || !/^regfsck: needs Node\.js [^\n]+\n$/.test(old.stderr)) {
  failures.push(`Node.js ${TOO_OLD} is not refused in one line`);
}

for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
