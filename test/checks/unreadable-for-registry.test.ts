import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { SERVER, ServedWorld } from "../worlds/owners.ts";
import { brokenImages, findingsOf as findIn, scanWorld as scan, type WorldScan } from "../worlds/scan-world.ts";
import type { Image } from "../worlds/world.ts";

/** Two images that share nothing, in a root that SERVER serves. */
function servedWorld(): { world: ServedWorld; image: Image } {
  const world = new ServedWorld();
  const image = world.repository("team/app").image("1.0");
  world.repository("team/base").image("1.0");
  return { world, image };
}

const scanWorld = (world: ServedWorld, options: WorldScan = {}) => scan(world, { ...options, fs: world.servedFs });
const findingsOf = (world: ServedWorld, options: WorldScan = {}) => findIn(world, { ...options, fs: world.servedFs });
const named = { options: ["--as-user", String(SERVER)] };

describe("unreadable-for-registry", () => {
  it.each<[string, (image: Image) => string, number]>([
    ["a tag's link", () => tagLinkPath("team/app", "1.0"), 0o600],
    ["a tag's directory", () => dirname(tagLinkPath("team/app", "1.0")), 0o700],
    ["a revision link", ({ digest }) => revisionLinkPath("team/app", digest), 0o600],
    ["the directory of one", ({ digest }) => dirname(revisionLinkPath("team/app", digest)), 0o700],
    ["a layer link", ({ layers }) => layerLinkPath("team/app", layers[0]!.digest), 0o640],
    ["a config", ({ config }) => blobPath(config.digest), 0o600],
    ["a layer's directory", ({ layers }) => dirname(blobPath(layers[0]!.digest)), 0o700],
    ["a manifest", ({ digest }) => blobPath(digest), 0o600],
    ["a repository", () => `${repositoriesPath}/team/app`, 0o750],
  ])("breaks the image of %s that the user named may not read", async (_, pathOf, mode) => {
    const { world, image } = servedWorld();
    const path = pathOf(image);
    world.restoreAsRoot(path, mode);
    const report = await scanWorld(world, named);
    expect(report).toMatchObject({
      exitCode: 4,
      findings: [{ code: "unreadable-for-registry", severity: "error", path, affects: ["team/app:1.0"] }],
      causes: [{ code: "unreadable-for-registry", findings: 1, images: 1 }],
    });
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("is a warning that breaks no image where the user is only whom most belongs to", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o600);
    expect(await scanWorld(world)).toMatchObject({
      exitCode: 0,
      findings: [{ code: "unreadable-for-registry", severity: "warning", affects: [] }],
      causes: [{ code: "unreadable-for-registry", evidence: { user: SERVER, owner: "0:0", mode: "0600" } }],
    });
  });

  it("is not said of what the user may read, whoever owns it", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o644);
    world.restoreAsRoot(`${repositoriesPath}/team`, 0o755);
    expect(await findingsOf(world, named)).toEqual([]);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said where root serves, which may read everything", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o600);
    expect(await findingsOf(world, { options: ["--as-user", "0"] })).toEqual([]);
    world.giveAll(0);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("goes by the groups of the user", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o640);
    expect(await findingsOf(world, { options: ["--as-user", `${SERVER}:0`] })).toEqual([]);
  });

  it("is an error that breaks no image where a list of names is closed, and a warning where only a collection lists", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(dirname(dirname(dirname(tagLinkPath("team/app", "1.0")))), 0o711);
    world.restoreAsRoot(dirname(dirname(revisionLinkPath("team/app", image.digest))), 0o711);
    const report = await scanWorld(world, named);
    expect(report.findings.map(({ severity, affects }) => [severity, affects])).toEqual([
      ["warning", []],
      ["error", []],
    ]);
    expect(report.brokenTags).toEqual([]);
  });

  it("tells the root itself, and nothing below it", async () => {
    const { world } = servedWorld();
    world.change("", SERVER, 0o600);
    expect(await scanWorld(world, named)).toMatchObject({
      findings: [{ path: ".", affects: ["team/app:1.0", "team/base:1.0"] }],
      causes: [{ next: "chmod -R u+rX /registry" }],
    });
  });

  it("is a warning in a cache, which fetches what it may not read", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o600);
    expect(await findingsOf(world, { ...named, kind: "cache" })).toMatchObject([{ severity: "warning", affects: [] }]);
  });

  it("calls nothing unreferenced that an image needs whose manifest is closed", async () => {
    const { world, image } = servedWorld();
    world.restoreAsRoot(blobPath(image.digest), 0o600);
    expect((await findingsOf(world, named)).map(({ code }) => code)).toEqual(["unreadable-for-registry"]);
  });
});
