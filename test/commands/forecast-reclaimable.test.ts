// What a forecast that frees nothing says of what could be deleted: the figure of regfsck reclaim.
import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import type { ForecastReport } from "../../src/contract/forecast.ts";
import type { ReclaimReport } from "../../src/contract/reclaim.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

// Long after the worlds are made, so that nothing in them is young.
const now = Date.UTC(2100, 0, 31);

async function reclaimable(world: World, options: string[] = [], at = now) {
  const { printed } = await runProgram(world.fs, ["forecast", "--format", "json", ...options, world.root], at);
  const report: ForecastReport = JSON.parse(printed);
  return report.roots[0]!.reclaimable;
}

async function reclaimed(world: World, ...options: string[]) {
  const { printed } = await runProgram(world.fs, ["reclaim", "--format", "json", ...options, world.root], now);
  const { roots, summary }: ReclaimReport = JSON.parse(printed);
  return { manifests: summary.manifests, freedBytes: roots[0]!.freedBytes };
}

/** `latest` moved twice; an older index has its children. */
function movedWorld() {
  const world = new World();
  const app = world.repository("app");
  app.image();
  app.index({ "linux/amd64": app.image(), "linux/arm64": app.image() });
  app.image("latest");
  app.image("old");
  return { world };
}

describe("a forecast that frees nothing", () => {
  it("has the figure of reclaim", async () => {
    const { world } = movedWorld();
    const figure = await reclaimable(world);
    expect(figure).toMatchObject({ manifests: 4 });
    expect(figure).toEqual(await reclaimed(world));
  });

  it("has it after the same clean-up", async () => {
    const { world } = movedWorld();
    const cleanUp = ["--remove-tag", "app:old"];
    expect(await reclaimable(world, cleanUp)).toMatchObject({ manifests: 5 });
    expect(await reclaimable(world, cleanUp)).toEqual(await reclaimed(world, ...cleanUp));
  });

  it("has none where something is freed, where nothing can go, or where it is young", async () => {
    const { world } = movedWorld();
    expect(await reclaimable(world, [], Date.now())).toBeNull();
    expect(await reclaimable(world, ["-m"])).toBeNull();
    const needed = new World();
    needed.repository("app").image("latest");
    expect(await reclaimable(needed)).toBeNull();
  });

  it("has none where reclaim offers nothing, and none of a cache", async () => {
    const { world } = movedWorld();
    expect(await reclaimable(world, ["--cache", "registry"])).toBeNull();
    world.write(`${repositoriesPath}/app/_manifests/tags/bad/current/link`, "");
    expect(await reclaimable(world)).toBeNull();
  });
});
