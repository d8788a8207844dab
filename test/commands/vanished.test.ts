import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
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
    { code: "vanished", evidence: { repositories: 1, first: "team/gone", unreferencedBlobs: 3 } },
  ]);
  expect(causes[0].message).toMatch(
    /^a repository is gone since .* UTC: team\/gone; 3 blobs of \d+ bytes .* still in the store$/,
  );
  expect(exitCode).toBe(4);
  expect(await scan()).toMatchObject({ causes: [], exitCode: 0 });
});
