import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { World } from "../worlds/world.ts";

it("names the repositories that are gone, once, and says what is still in the store", async () => {
  const world = new World();
  for (const name of ["a", "b", "team/gone"]) world.repository(name).image("1");
  const tomorrow = Date.now() + 2 * 86_400_000;
  const scan = async (...options: string[]) => {
    const args = ["scan", "--format", "json", "--state", join(folder, "state.json"), ...options, world.root];
    const { printed, exitCode } = await runProgram(world.fs, args, tomorrow);
    return { causes: JSON.parse(printed).causes, exitCode };
  };
  const folder = temporaryFolder();
  expect(await scan()).toEqual({ causes: [], exitCode: 0 });
  world.remove(`${repositoriesPath}/team`);
  expect(await scan("--fail-on", "never", "--dry-run")).toMatchObject({ causes: [{ code: "vanished" }], exitCode: 0 });
  const { causes, exitCode } = await scan();
  expect(causes).toMatchObject([
    { code: "vanished", evidence: { repositories: 1, first: "team/gone", restorable: 1, unreferencedBlobs: 3 } },
  ]);
  expect(causes[0].message).toMatch(
    /^1 repository is gone since .* UTC: team\/gone; its image is still in the store, until the next garbage collection$/,
  );
  expect(exitCode).toBe(4);
  expect(await scan()).toMatchObject({ causes: [], exitCode: 0 });
});

describe("tags that are gone from a root that a real registry wrote", () => {
  /** A root, remembered, and without the tag; `spoil` is done to it afterwards. */
  async function withoutTag(spoil: (root: string, digest: string) => void) {
    const folder = temporaryFolder();
    const root = join(folder, "healthy");
    cpSync(fileURLToPath(new URL("../../test-fixtures/healthy", import.meta.url)), root, { recursive: true });
    const run = async (command: string, ...options: string[]) => {
      const state = join(folder, `${command}.json`);
      const args = [command, "--config", "/dev/null", "--jobs", "1", "--format", "json", "--state", state];
      const { printed, exitCode } = await runProgram(nodeFs, [...args, ...options, root]);
      return { report: JSON.parse(printed), exitCode };
    };
    const gate = () => run("gate", "--quiet-period", "0s");
    await run("scan");
    await gate();
    const { report } = await run("scan");
    expect(report.causes).toEqual([]);
    const tag = join(root, repositoriesPath, "infra-ci/_manifests/tags/2026.04");
    rmSync(tag, { recursive: true });
    spoil(root, INDEX);
    return { scan: () => run("scan"), gate };
  }
  const INDEX = "sha256:fbf325af7af671d7a23f1bdcd1c21f73ac5e7aeef60b3aea65dde6d7ed450652";
  const remove = (root: string, path: string) => rmSync(join(root, path, ".."), { recursive: true });

  it("are named once, fail no run, and can be restored until their blobs go", async () => {
    const { scan } = await withoutTag(() => {});
    const { report, exitCode } = await scan();
    expect([exitCode, report.verdict]).toEqual([0, "clean"]);
    expect(report.causes).toMatchObject([
      {
        code: "vanished",
        evidence: { repositories: 0, tags: 1, first: "infra-ci:2026.04", restorable: 1 },
        next: expect.stringMatching(/^regfsck plan --restore infra-ci:2026\.04@sha256:fbf325af7af6[0-9a-f]+ \//),
      },
    ]);
    expect(report.causes[0].message).toMatch(
      /^1 tag is gone since .*: infra-ci:2026\.04; its image is still in the store, until the next garbage collection$/,
    );
    expect((await scan()).report.causes).toEqual([]);
  });

  it("are named by a gate too, which goes", async () => {
    const { gate } = await withoutTag(() => {});
    const { report, exitCode } = await gate();
    expect([exitCode, report.decision]).toEqual([0, "go"]);
    expect(report.scan.causes).toMatchObject([{ code: "vanished", evidence: { tags: 1 } }]);
  });

  it("can be restored where their manifest is not linked any more, and not where it is gone", async () => {
    const latest = (root: string) =>
      rmSync(join(root, repositoriesPath, "infra-ci/_manifests/tags/latest"), { recursive: true });
    const unlinked = await withoutTag((root, digest) => {
      latest(root);
      remove(root, revisionLinkPath("infra-ci", digest));
    });
    expect((await unlinked.scan()).report.causes[0].evidence).toMatchObject({ tags: 2, restorable: 2 });
    const swept = await withoutTag((root, digest) => {
      latest(root);
      remove(root, revisionLinkPath("infra-ci", digest));
      remove(root, blobPath(digest));
    });
    const { causes } = (await swept.scan()).report;
    expect(causes[0].evidence).toMatchObject({ tags: 2, restorable: 0 });
    expect(causes[0].message).toMatch(/nothing of them is complete in the store any more$/);
  });
});
