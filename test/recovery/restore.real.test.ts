// Images that were deleted through a real registry, brought back by the script, and pulled from the registry again.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { deleteManifest } from "../../scripts/registry/client.ts";
import { makeImage, makeMultiArch } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const multi = makeMultiArch("lost");
const plain = makeImage("plain");

/** A root from which `team/app:1.0`, multi-arch, and `team/app:plain` were deleted by digest, children too. */
async function deleted() {
  const folder = temporaryFolder();
  const root = join(folder, "root");
  await withRegistry({ root }, async (url) => {
    await pushImage(url, "team/app", multi, "1.0");
    await pushImage(url, "team/app", plain, "plain");
    // Without any repository it would look as if a volume were not mounted.
    await pushImage(url, "other", makeImage("other"), "1");
    for (const { digest } of [multi, ...multi.children, plain]) await deleteManifest(url, "team/app", digest);
  });
  expect(existsSync(join(root, repositoriesPath, "team/app/_manifests/tags/1.0"))).toBe(false);
  const script = join(folder, "restore.sh");
  const plan = async (...options: string[]) => {
    const args = ["plan", "--config", "/dev/null", "--jobs", "1", "--format", "json", ...options, root];
    const { printed, exitCode } = await runProgram(nodeFs, args);
    return { report: JSON.parse(printed), exitCode };
  };
  const apply = () => spawnSync("sh", [script, "--apply", "--as-root"], { encoding: "utf8" });
  const pull = (tag: string) => withRegistry({ root }, (url) => pullImage(url, "team/app", tag));
  return { root, script, plan, apply, pull };
}

describe("an image that was deleted", () => {
  it("is listed with its platforms while all of it is in the store", async () => {
    const { root, plan } = await deleted();
    const { report, exitCode } = await plan();
    expect([exitCode, report.verdict, report.steps]).toEqual([0, "clean", []]);
    const [found] = report.restorable;
    expect(found).toMatchObject({ count: 2 });
    expect(found.manifests).toContainEqual({
      digest: multi.digest,
      platforms: ["linux/amd64", "linux/arm64", "unknown/unknown"],
      modified: expect.any(String),
      repositories: ["team/app"],
      formerTags: [],
    });
    expect(found.manifests).toContainEqual(
      expect.objectContaining({ digest: plain.digest, platforms: ["linux/amd64"], repositories: ["team/app"] }),
    );
    await collectGarbage(root);
    expect((await plan()).report.restorable).toEqual([]);
  });

  it("is brought back by the script with its children, under any tag, and survives a garbage collection", async () => {
    const { root, script, plan, apply, pull } = await deleted();
    const { report, exitCode } = await plan("--restore", `team/app:again@${multi.digest}`, "--script", script);
    expect(exitCode).toBe(4);
    expect(new Set(report.steps.map(({ kind, restores }: Record<string, string>) => `${kind} ${restores}`))).toEqual(
      new Set(["relink team/app:again"]),
    );
    expect(apply()).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining(" 0 refused") });
    expect(await pull("again")).toEqual([]);
    expect((await plan()).report.restorable[0].manifests.map(({ digest }: { digest: string }) => digest)).toEqual([
      plain.digest,
    ]);
    await collectGarbage(root);
    expect(await pull("again")).toEqual([]);
    expect(apply()).toMatchObject({ status: 0, stdout: expect.stringContaining("0 done") });
  });

  it("is brought back into a repository whose folder is gone", async () => {
    const { root, script, plan, apply, pull } = await deleted();
    rmSync(join(root, repositoriesPath, "team"), { recursive: true });
    await plan("--restore", `team/app:1@${plain.digest}`, "--script", script);
    expect(apply()).toMatchObject({ status: 0, stderr: "" });
    expect(await pull("1")).toEqual([]);
  });

  it("is refused where the tag names another, or not all of it is there", async () => {
    const { root, plan } = await deleted();
    await withRegistry({ root }, (url) => pushImage(url, "team/app", makeImage("newer"), "1.0"));
    await expect(plan("--restore", `team/app:1.0@${plain.digest}`)).rejects.toThrow(
      /the tag names sha256:.*another tag$/,
    );
    await expect(plan("--restore", `team/app:2@sha256:${"0".repeat(64)}`)).rejects.toThrow(/no root has all of that/);
    await expect(plan("--restore", "team/app@latest")).rejects.toThrow(/give REPOSITORY:TAG@DIGEST/);
    await collectGarbage(root);
    await expect(plan("--restore", `team/app:2@${plain.digest}`)).rejects.toThrow(/no root has all of that/);
  });
});
