// Each event on a root in memory, with the damage beside it that is none.
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { runProgram, scanWorld } from "../worlds/scan-world.ts";
import { type Descriptor, digestOf, type Image, World } from "../worlds/world.ts";

const blobs = "docker/registry/v2/blobs";

const codes = async (world: World) => (await scanWorld(world)).causes.map(({ code }) => code);

function manyImages(world: World, count: number): Image[] {
  return Array.from({ length: count }, (_, i) => world.repository(`team/app${i % 4}`).image(`v${i}`));
}

/** Moves a folder of the world into another. */
function move(world: World, from: string, to: string): void {
  world.mkdir(dirname(to));
  world.memory.renameSync(`${world.root}/${from}`, `${world.root}/${to}`);
}

describe("collected-children", () => {
  const children = () => {
    const world = new World();
    const repository = world.repository("infra-ci");
    const images = [repository.image(), repository.image()] as const;
    repository.index({ "linux/amd64": images[0], "linux/arm64": images[1] }, "latest");
    return { world, repository, images };
  };
  /** What `-m` and the sweep after it take of a child. */
  const collect = (world: World, { digest, config, layers }: Image) => {
    world.removeEntry(revisionLinkPath("infra-ci", digest));
    for (const part of [config, ...layers]) world.removeEntry(blobPath(part.digest));
  };

  it("is named with the images, the children and what not to do", async () => {
    const { world, repository, images } = children();
    repository.image("single");
    for (const image of images) collect(world, image);
    const { causes, exitCode } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "collected-children", images: 1, evidence: { children: 2, swept: 2 } }]);
    expect(causes[0]!.message).toMatch(
      /^1 of 2 tags lost children, 2 in all, unlinked since .* UTC: a garbage-collect -m ran$/,
    );
    expect(causes[0]!.fix).toMatch(
      /^do not run garbage-collect -m again; regfsck plan lists 2 platforms to push again$/,
    );
    expect(exitCode).toBe(4);
  });

  it("stands above the images in text", async () => {
    const { world, images } = children();
    for (const image of images) collect(world, image);
    const { printed } = await runProgram(world.fs, ["scan", world.root]);
    expect(printed.indexOf("a garbage-collect -m ran")).toBeLessThan(printed.indexOf("infra-ci:latest"));
  });

  it("is none where an untagged revision is left, which -m would have taken", async () => {
    const { world, repository, images } = children();
    repository.image();
    for (const image of images) collect(world, image);
    expect(await codes(world)).toEqual([]);
  });

  it("is none where nothing was swept", async () => {
    const { world, images } = children();
    for (const { digest } of images) world.removeEntry(revisionLinkPath("infra-ci", digest));
    expect(await codes(world)).toEqual([]);
  });

  it("is none where a layer is named by sha512, which is stored under another name", async () => {
    const world = new World();
    const repository = world.repository("infra-ci");
    const layer = repository.layer("layer");
    const alias = { ...layer, digest: digestOf("layer", "sha512") };
    repository.link("layer", alias.digest, layer.digest);
    const images = [repository.image(undefined, [alias]), repository.image(undefined, [alias])] as const;
    repository.index({ "linux/amd64": images[0], "linux/arm64": images[1] }, "latest");
    for (const { digest } of images) world.removeEntry(revisionLinkPath("infra-ci", digest));
    expect(await codes(world)).toEqual([]);
  });

  it("is named still after a later push of another index", async () => {
    const { world, repository, images } = children();
    for (const image of images) collect(world, image);
    repository.index({ "linux/amd64": repository.image() }, "next");
    expect(await codes(world)).toEqual(["collected-children"]);
  });
});

describe("store-not-mounted", () => {
  it("is incomplete, and calls nothing broken, where blobs/ is empty", async () => {
    const world = new World();
    manyImages(world, 3);
    world.remove(blobs);
    world.mkdir(blobs);
    const { causes, brokenTags, findings, exitCode } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "store-not-mounted", evidence: { path: blobs, linkedManifests: 3 } }]);
    expect([brokenTags, findings, exitCode]).toEqual([[], [], 8]);
  });

  it("is named for an empty directory among repositories beside a full store", async () => {
    const world = new World();
    manyImages(world, 3);
    world.remove(`${repositoriesPath}/team`);
    world.mkdir(`${repositoriesPath}/team`);
    const { causes, exitCode } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "store-not-mounted", evidence: { path: `${repositoriesPath}/team` } }]);
    expect(exitCode).toBe(8);
  });

  it("is none where every image was deleted and collected, though layer links are left", async () => {
    const world = new World();
    const { digest, config, layers } = world.repository("app").image("1");
    for (const path of [revisionLinkPath("app", digest), blobPath(digest)]) world.removeEntry(path);
    for (const part of [config, ...layers]) world.removeEntry(blobPath(part.digest));
    world.remove(`${repositoriesPath}/app/_manifests/tags`);
    expect(await codes(world)).toEqual([]);
  });

  it("lets no step be planned", async () => {
    const world = new World();
    manyImages(world, 3);
    world.remove(blobs);
    world.mkdir(blobs);
    const { printed, exitCode } = await runProgram(world.fs, ["plan", "--format", "json", world.root]);
    expect(JSON.parse(printed)).toMatchObject({ steps: [], left: [{ code: "store-not-mounted" }] });
    expect(exitCode).toBe(8);
  });
});

describe("store-displaced", () => {
  it.each([
    [blobs, `${blobs}/blobs`],
    [`${blobs}/sha256`, `${blobs}/sha256/sha256`],
  ])("is named where %s lies in %s, with the one move", async (from, to) => {
    const world = new World();
    manyImages(world, 3);
    move(world, from, "elsewhere");
    move(world, "elsewhere", to);
    const { causes, exitCode } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "store-displaced", images: 3 }]);
    const [found, belongs] = [`${to}${from === blobs ? "/sha256" : ""}`, `${blobs}/sha256`];
    const operands = from === blobs ? `${found} ${world.root}/${belongs}` : `${found}/* ${world.root}/${belongs}/`;
    expect(causes[0]!.next).toBe(`mv -n ${world.root}/${operands}`);
    expect(exitCode).toBe(12);
  });
});

it("lets no remedy of single things stand in the text where they are elsewhere", async () => {
  const world = new World();
  manyImages(world, 3);
  move(world, blobs, "elsewhere");
  move(world, "elsewhere", `${blobs}/blobs`);
  const { printed } = await runProgram(world.fs, ["scan", world.root]);
  expect(printed).toContain("\nBroken tags by repository:\n");
  expect(printed.match(/fix:/g)).toHaveLength(1);
});

describe("partial-restore", () => {
  it("is named where no repository has a layer link", async () => {
    const world = new World();
    manyImages(world, 8);
    for (const i of [0, 1, 2, 3]) {
      world.remove(`${repositoriesPath}/team/app${i}/_layers`);
      world.mkdir(`${repositoriesPath}/team/app${i}/_layers`);
    }
    expect(await codes(world)).toEqual(["partial-restore"]);
  });

  it("is named where blobs are missing by whole shards", async () => {
    const world = new World();
    const images = manyImages(world, 300);
    for (const digest of digestsOf(images)) if (digest >= "sha256:c0") world.removeEntry(blobPath(digest));
    const { causes } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "partial-restore", evidence: { first: "c0", last: "ff" } }]);
  });

  it("is none where as many are missing everywhere", async () => {
    const world = new World();
    const images = manyImages(world, 300);
    for (const [i, digest] of digestsOf(images).entries()) if (i % 4 === 0) world.removeEntry(blobPath(digest));
    expect(await codes(world)).toEqual([]);
  });
});

describe("torn-writes", () => {
  /** Three images: the links of one were torn, and the layer of another. */
  const torn = (time: (index: number) => number, content: string | Buffer) => {
    const world = new World();
    const [, other, { config, layers }] = manyImages(world, 3) as [Image, Image, Image];
    const paths = [
      ...[config, ...layers].map(({ digest }) => layerLinkPath("team/app2", digest)),
      tagLinkPath("team/app2", "v2"),
      ...other.layers.map(({ digest }) => blobPath(digest)),
    ];
    for (const [index, path] of paths.entries()) {
      world.write(path, path.endsWith("/data") ? "" : content);
      world.touch(path, time(index));
    }
    return world;
  };
  const night = Date.parse("2026-04-19T03:00:00Z");

  it.each([
    ["empty", ""],
    ["zeroed", Buffer.alloc(71)],
  ])("is named where links and blobs of one time are %s", async (_, content) => {
    const { causes } = await scanWorld(torn((index) => night + index * 1000, content));
    expect(causes).toMatchObject([{ code: "torn-writes", evidence: { files: 4 } }]);
    expect(causes[0]!.message).toMatch(/^4 files written around 2026-04-19 03:00 UTC are empty or zeroed/);
  });

  it("is named beside a file that was damaged another day, which it does not explain", async () => {
    const world = torn((index) => night + index * 1000, "");
    const { layers } = world.repository("other").image("1");
    world.write(blobPath(layers[0]!.digest), "");
    world.touch(blobPath(layers[0]!.digest), night - 86_400_000);
    const { causes, findings } = await scanWorld(world);
    expect(causes).toMatchObject([{ code: "torn-writes", evidence: { files: 4 }, findings: findings.length - 1 }]);
  });

  it("is none where they were written days apart", async () => {
    expect(await codes(torn((index) => night + index * 86_400_000, ""))).toEqual([]);
  });
});

describe("cache-state", () => {
  it("is named with the file and the one move", async () => {
    const world = new World();
    world.write("scheduler-state.json", "");
    world.repository("library/app").image("1");
    const { causes, exitCode } = await scanWorld(world, { kind: "cache" });
    expect(causes).toMatchObject([{ code: "cache-state", findings: 1, evidence: { path: "scheduler-state.json" } }]);
    expect(exitCode).toBe(4);
  });
});

function digestsOf(images: readonly Image[]): string[] {
  return images.flatMap(({ digest, config, layers }) => [
    digest,
    config.digest,
    ...layers.map((layer: Descriptor) => layer.digest),
  ]);
}
