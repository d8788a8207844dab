// Where nearly everything is damaged, a root is read over at once instead of place by place: what moved meanwhile shows all
// the same.
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import { watched } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

const LINKS = 1100;

/** A repository whose layer links all dangle, and whose tag does. The store has one blob. */
function dangling(): World {
  const world = new World();
  const app = world.repository("team/app");
  for (let link = 0; link < LINKS; link++) app.link("layer", digestOf(`layer ${link}`));
  app.tag("gone", digestOf("gone"));
  world.blob("unreferenced");
  return world;
}

/** How often each path was asked for. `act` is called before the first call on what was read before. */
async function scanCounting(world: World, act: () => void = () => {}) {
  const calls = new Map<string, number>();
  let acted = false;
  const fs = watched(world.fs, (call, path) => {
    const count = (calls.get(`${call} ${path}`) ?? 0) + 1;
    calls.set(`${call} ${path}`, count);
    if (count === 2 && !acted && call === "openSync") {
      acted = true;
      act();
    }
  });
  return { report: await scanWorld(world, { fs }), calls };
}

describe("a root of which nearly everything is damaged", () => {
  it("has each link read twice and no blob asked for that is not there", async () => {
    const world = dangling();
    const { report, calls } = await scanCounting(world);
    expect(report.findings).toHaveLength(LINKS + 1);
    const opens = [...calls].filter(([call]) => /^openSync .*\/_layers\/.*\/link$/.test(call));
    expect(opens).toHaveLength(LINKS);
    expect(new Set(opens.map(([, count]) => count))).toEqual(new Set([2]));
    const absent = [...calls.keys()].filter((call) => call.startsWith("stat") && call.endsWith("/data"));
    expect(absent).toHaveLength(1);
  });

  it("says nothing of a link that went, a blob that came and a tag that moved before it was read over", async () => {
    const world = dangling();
    const [link, blob] = [digestOf("layer 1"), digestOf("layer 2")];
    const { report } = await scanCounting(world, () => {
      world.removeEntry(layerLinkPath("team/app", link));
      world.write(blobPath(blob), "back");
      const image = world.repository("team/app").image();
      world.write(tagLinkPath("team/app", "gone"), image.digest);
    });
    expect(report.findings).toHaveLength(LINKS - 2);
    const told = new Set(report.findings.map(({ digest }) => digest));
    expect([told.has(link), told.has(blob), told.has(digestOf("gone"))]).toEqual([false, false, false]);
    expect(report).toMatchObject({ verdict: "findings", unreadable: [], brokenTags: [] });
  });
});

it("has no link read again of a root whose store is not mounted", async () => {
  const world = dangling();
  world.repository("team/base").image("1.0");
  world.remove("docker/registry/v2/blobs");
  world.mkdir("docker/registry/v2/blobs/sha256/ab");
  const { report, calls } = await scanCounting(world);
  expect(report).toMatchObject({ verdict: "incomplete", findings: [], causes: [{ code: "store-not-mounted" }] });
  const opens = [...calls].filter(([call]) => call.startsWith("openSync"));
  expect(opens.length).toBeGreaterThan(LINKS);
  expect(new Set(opens.map(([, count]) => count))).toEqual(new Set([1]));
});
