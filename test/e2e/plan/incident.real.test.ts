// After a `garbage-collect -m`: what the script repairs, and whether what is left is exactly what the plan says.
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath } from "../../../scripts/fixtures/storage.ts";
import { pushBlob, pushManifest } from "../../../scripts/registry/client.ts";
import { startRegistry } from "../../../scripts/registry/server.ts";
import type { PlanReport } from "../../../src/contract/plan.ts";
import { brokenOf, copyOf, fixture, planFor, runScript, scratch } from "./stage.ts";

const lost = [
  "infra-ci:2026.04",
  "infra-ci:latest",
  "team/api/server:2.3",
  "tools/builder:nested",
  "tools/builder:plain",
];

/** Pushes what the plan asks for, no more, from the blobs that the images had. */
async function pushAll(url: string, { steps }: PlanReport): Promise<void> {
  const bytes = (digest: string) => readFileSync(join(fixture("healthy"), blobPath(digest)));
  const manifests: { repository: string; digest: string; content: Buffer }[] = [];
  for (const step of steps) {
    if (step.kind !== "push") continue;
    const content = bytes(step.digest);
    const { config, layers = [] } = JSON.parse(content.toString());
    const blobs = step.known ? step.blobs : [config, ...layers];
    for (const { digest } of blobs) await pushBlob(url, step.repository, bytes(digest));
    if (step.pushManifest) manifests.push({ repository: step.repository, digest: step.digest, content });
  }
  // Children before the indexes that name them.
  manifests.sort((a, b) => Number(a.content.includes('"manifests"')) - Number(b.content.includes('"manifests"')));
  for (const { repository, digest, content } of manifests) {
    await pushManifest(url, repository, digest, JSON.parse(content.toString()).mediaType, content);
  }
}

describe("the plan for a root after a collection", () => {
  it("says what to push, and that is enough, and no more is broken before", async () => {
    const folder = scratch();
    const [root, script] = [copyOf("incident", folder), join(folder, "fix.sh")];
    const { status, report } = planFor(script, root);
    expect(status).toBe(4);
    expect(report.roots).toMatchObject([{ fixedByScript: [], fixedByPush: lost, unrecoverable: [] }]);
    expect(runScript(script, "--apply").status).toBe(0);
    expect(await brokenOf(root)).toEqual(lost);
    const registry = await startRegistry({ root });
    try {
      await pushAll(registry.url, report);
    } finally {
      await registry.stop();
    }
    expect(await brokenOf(root)).toEqual([]);
  });

  it("repairs every image whose blobs survived", async () => {
    const folder = scratch();
    const [root, script] = [copyOf("incident", folder), join(folder, "fix.sh")];
    const blobs = "docker/registry/v2/blobs";
    cpSync(join(fixture("healthy"), blobs), join(root, blobs), { recursive: true });
    const { report } = planFor(script, root);
    expect(report.roots).toMatchObject([{ fixedByScript: lost, fixedByPush: [], unrecoverable: [] }]);
    expect(await brokenOf(root)).toEqual(lost);
    expect(runScript(script).status).toBe(0);
    expect(await brokenOf(root)).toEqual(lost);
    expect(runScript(script, "--apply")).toMatchObject({ status: 0, stderr: "" });
    expect(await brokenOf(root)).toEqual([]);
  });

  it("copies from another root what is gone in this", async () => {
    const folder = scratch();
    const [root, script] = [copyOf("incident", folder), join(folder, "fix.sh")];
    copyOf("healthy", folder, "mirror");
    const { report } = planFor(script, "--cache", "mirror", folder);
    expect(report.summary).toMatchObject({ brokenTags: 5, fixedByScript: 5, push: 0, rebuild: 0 });
    expect(runScript(script, "--apply")).toMatchObject({ status: 0, stderr: "" });
    expect(await brokenOf(root)).toEqual([]);
    expect(planFor(join(folder, "next.sh"), "--cache", "mirror", folder).report.summary.brokenTags).toBe(0);
  });
});
