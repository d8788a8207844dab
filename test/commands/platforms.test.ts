// Sparse indexes on purpose, on a root that a real registry wrote: every command goes by the same rule.
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { makeMultiArch } from "../../scripts/registry/content.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const healthy = fileURLToPath(new URL("../../test-fixtures/healthy", import.meta.url));
const infra = makeMultiArch("infra-ci");
const [, arm64, provenance] = infra.children;
const image = "infra-ci:latest";

/** A copy of the root in which a repository lacks these children, as when they were never copied there. */
function without(children: readonly { readonly digest: string }[]): string {
  const root = join(temporaryFolder(), "private");
  cpSync(healthy, root, { recursive: true });
  for (const { digest } of children) {
    for (const path of [blobPath(digest), revisionLinkPath("infra-ci", digest)]) {
      rmSync(dirname(join(root, path)), { recursive: true });
    }
  }
  return root;
}

async function run(command: string, args: readonly string[], config?: string) {
  const more = ["forecast", "gate", "scan", "plan", "why"].includes(command) ? ["--jobs", "1"] : [];
  const { exitCode, printed } = await runProgram(nodeFs, [
    ...[command, "--format", "json", "--config", config ?? "/dev/null", ...more, ...args],
  ]);
  return { exitCode, report: JSON.parse(printed) };
}

function wanting(...wanted: readonly string[]): string {
  const file = join(temporaryFolder(), "regfsck.yaml");
  writeFileSync(file, JSON.stringify({ platforms: [{ repository: "infra-*", wanted }] }));
  return file;
}

describe("a repository that lacks platforms on purpose", () => {
  function sparse() {
    return { root: without([arm64!, ...infra.children.slice(2)]), config: wanting("linux/amd64") };
  }

  it("is broken unless the configuration says so", async () => {
    const { root } = sparse();
    const { exitCode, report } = await run("scan", [root]);
    expect([exitCode, report.brokenTags[0].platforms]).toEqual([4, ["linux/arm64"]]);
  });

  it("is whole for scan, which notes what is missing", async () => {
    const { root, config } = sparse();
    const { exitCode, report } = await run("scan", [root], config);
    expect([exitCode, report.verdict, report.brokenTags, report.causes]).toEqual([0, "clean", [], []]);
    expect(report.findings.map(({ code, severity }: Record<string, string>) => `${code} ${severity}`)).toEqual(
      Array(3).fill("missing-child info"),
    );
  });

  it("is whole for verify, which shows what is not wanted", async () => {
    const { root, config } = sparse();
    const { exitCode, report } = await run("verify", [root, image], config);
    expect([exitCode, report.images[0].state]).toEqual([0, "pullable"]);
    const missing = report.images[0].parts.filter(({ status }: { status: number }) => status === 404);
    expect(missing.map(({ notNeeded }: Record<string, string>) => notNeeded)).toEqual(Array(3).fill("unwanted"));
  });

  it("lets a gate go, and plans nothing", async () => {
    const { root, config } = sparse();
    const gate = await run("gate", ["--quiet-period", "0s", root], config);
    expect([gate.exitCode, gate.report.reasons]).toEqual([0, []]);
    expect((await run("gate", ["--quiet-period", "0s", root])).exitCode).toBe(4);
    const { exitCode, report } = await run("plan", [root], config);
    expect([exitCode, report.steps]).toEqual([0, []]);
  });

  it("needs no platform that is not wanted, says why", async () => {
    const { root, config } = sparse();
    const { report } = await run("why", [root, arm64!.digest], config);
    expect(report.blobs[0].tags).toMatchObject(Array(2).fill({ notNeeded: "unwanted" }));
    const wanted = await run("why", [root, arm64!.digest], wanting("linux/*"));
    expect(wanted.report.blobs[0].tags[0]).not.toHaveProperty("notNeeded");
  });

  it("is broken where a platform is missing that is wanted", async () => {
    const { root } = sparse();
    const { exitCode, report } = await run("scan", [root], wanting("linux/arm64"));
    expect([exitCode, report.summary.brokenTags]).toEqual([4, 2]);
  });
});

it("does not call a loss broken that takes only what is not wanted, and stops the gate for it all the same", async () => {
  const tagged = await run("forecast", ["-m", healthy], wanting("linux/amd64"));
  expect(tagged.report.roots[0].breaks.map(({ repository }: Record<string, string>) => repository)).toContain(
    "infra-ci",
  );
  const { report } = await run("forecast", ["-m", healthy], wanting("windows/amd64"));
  expect(report.roots[0].breaks.map(({ repository }: Record<string, string>) => repository)).not.toContain("infra-ci");
  const gate = await run(
    "gate",
    ["-m", "--quiet-period", "0s", "--max-delete", "100%", healthy],
    wanting("windows/amd64"),
  );
  expect(gate.exitCode).toBe(4);
});

it("warns of an attestation that alone is missing, and calls the image pullable", async () => {
  const root = without([provenance!]);
  const { exitCode, report } = await run("scan", [root]);
  expect([exitCode, report.brokenTags]).toEqual([0, []]);
  expect(report.findings).toMatchObject([{ code: "missing-child", severity: "warning", affects: [] }]);
  const { exitCode: code, report: verified } = await run("verify", [root, image]);
  expect([code, verified.images[0].state]).toEqual([0, "pullable"]);
});
