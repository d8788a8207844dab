import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import type { VerifyReport } from "../../src/contract/verify.ts";
import { entriesOf, listNames, nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { failing, recorded, watched } from "../worlds/watched-fs.ts";
import { OCI_IMAGE, World } from "../worlds/world.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));

/** Runs verify, and gives its report with its exit code. */
async function verify(fs: StorageFs, root: string, images: string[], options: string[] = []) {
  const { printed, exitCode } = await runProgram(fs, ["verify", "--format", "json", ...options, root, ...images]);
  return { ...(JSON.parse(printed) as VerifyReport), exitCode };
}

/** `root/repository:tag [platforms]` of what verify calls broken, of all these images. */
async function brokenByVerify(fs: StorageFs, root: string, images: string[], options: string[] = []) {
  if (images.length === 0) return [];
  const { images: verified } = await verify(fs, root, images, options);
  return verified
    .filter(({ state }) => state === "broken")
    .map(({ root, image, platforms }) => `${root}/${image} ${platforms}`)
    .sort();
}

async function brokenByScan(fs: StorageFs, root: string, options: string[] = []): Promise<string[]> {
  const { printed } = await runProgram(fs, ["scan", "--format", "json", "--jobs", "1", ...options, root]);
  const { brokenTags } = JSON.parse(printed) as ScanReport;
  return brokenTags.map(({ root, repository, tag, platforms }) => `${root}/${repository}:${tag} ${platforms}`).sort();
}

/** Every `repository:tag` that can be asked for below a folder. */
function tagsBelow(fs: StorageFs, path: string, below = ""): string[] {
  return (fs.readdirSync(path, { withFileTypes: true }) as { name: string; isDirectory(): boolean }[]).flatMap(
    (entry) => {
      if (!entry.isDirectory()) return [];
      if (entry.name === "_manifests") {
        const tags = `${path}/_manifests/tags`;
        return entriesOf(listNames(fs, tags)).map((tag) => `${below}:${tag}`);
      }
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.name.startsWith("_") ? [] : tagsBelow(fs, `${path}/${entry.name}`, name);
    },
  );
}

const repositoriesOf = (root: string) => `${root}/docker/registry/v2/repositories`;

describe("verify agrees with scan", () => {
  const names = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(names.map(({ name }) => name).filter((name) => name !== "base"))("on every tag of %s", async (name) => {
    const root = join(fixtures, name);
    // A repository under a name that is none cannot be asked for at all.
    const images = tagsBelow(nodeFs, repositoriesOf(root)).filter((image) => /^[a-z0-9/._-]+:/.test(image));
    expect(images.length).toBeGreaterThan(0);
    expect(await brokenByVerify(nodeFs, root, images)).toEqual(await brokenByScan(nodeFs, root));
  });

  it.each([
    ["", []],
    [", taken for caches", ["--cache", "registry"]],
    [", with their content", ["--verify-content"]],
  ])("on every tag of random damaged worlds%s", async (_, options) => {
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: true }), async ({ fs, root }) => {
        const images = tagsBelow(fs, repositoriesOf(root));
        expect(await brokenByVerify(fs, root, images, options)).toEqual(await brokenByScan(fs, root, options));
      }),
      { numRuns: 10 },
    );
  });
});

describe("verify", () => {
  it("touches nothing but what the image needs", async () => {
    const world = new World();
    const shared = world.repository("other").layer();
    world.repository("other").image("v1");
    world.repository("app").link("layer", shared.digest);
    const child = world.repository("app").image(undefined, [shared]);
    world.repository("app").index({ "linux/amd64": child }, "v1");
    world.repository("app").image("v2");
    const touched = (["openSync", "statSync", "readdirSync"] as const).map((call) => recorded(world.fs, call));
    for (const { fs } of touched) expect((await verify(fs, world.root, ["app:v1"])).exitCode).toBe(0);
    const [opened, looked, listed] = touched.map(({ paths }) => paths.filter((path) => path.includes("/v2/")));
    // A tag, four links (of a child there are two to look for), two manifests, and the config.
    expect(opened!.filter((path) => path.endsWith("/link"))).toHaveLength(1 + 4 + 2);
    expect(opened!.filter((path) => path.endsWith("/data"))).toHaveLength(2 + 1);
    expect(looked!.filter((path) => path.endsWith("/data"))).toHaveLength(4);
    expect(listed).toEqual([]);
    expect(
      opened!.filter((path) => path.includes("/other/") || path.includes("v2/repositories/app/_manifests/tags/v2")),
    ).toEqual([]);
  });

  it("shows each part with what the registry answers", async () => {
    const world = new World();
    const repository = world.repository("app");
    const [amd64, arm64] = [repository.image(), repository.image()];
    const index = repository.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "v1");
    world.removeEntry(revisionLinkPath("app", amd64.digest));
    world.removeEntry(blobPath(arm64.layers[0]!.digest));
    const { images, exitCode, verdict } = await verify(world.fs, world.root, ["app:v1"]);
    const parts = images[0]!.parts.map(({ depth, role, digest, platform, linked, stored, status, reached }) => {
      return [depth, role, digest, platform ?? "", linked, stored, status, reached];
    });
    expect(parts).toEqual([
      [0, "manifest", index.digest, "", true, true, 200, true],
      [1, "child", amd64.digest, "linux/amd64", false, true, 404, true],
      [2, "config", amd64.config.digest, "", true, true, 200, false],
      [2, "layer", amd64.layers[0]!.digest, "", true, true, 200, false],
      [1, "child", arm64.digest, "linux/arm64", true, true, 200, true],
      [2, "config", arm64.config.digest, "", true, true, 200, true],
      [2, "layer", arm64.layers[0]!.digest, "", true, false, 404, true],
    ]);
    expect(images[0]).toMatchObject({ state: "broken", platforms: ["linux/amd64", "linux/arm64"], tagStatus: 200 });
    expect(images[0]!.findings.map(({ code, digest, affects }) => [code, digest, affects])).toEqual([
      ["unlinked-child", amd64.digest, ["app:v1"]],
      ["missing-blob", arm64.layers[0]!.digest, ["app:v1"]],
    ]);
    expect([exitCode, verdict]).toEqual([4, "findings"]);
  });

  it("gives a finding the id that a scan gives it", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    world.removeEntry(blobPath(image.config.digest));
    const scanned = JSON.parse((await runProgram(world.fs, ["scan", "--format", "json", world.root])).printed);
    const { images } = await verify(world.fs, world.root, ["app:v1"]);
    expect(images[0]!.findings).toEqual(
      scanned.findings.filter(({ code }: { code: string }) => code === "missing-blob"),
    );
  });

  it("takes a digest for an image's name", async () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("v1");
    const whole = await verify(world.fs, world.root, [`app@${image.digest}`]);
    expect([whole.exitCode, whole.images[0]!.tag, whole.images[0]!.digest]).toEqual([0, null, image.digest]);
    world.removeEntry(revisionLinkPath("app", image.digest));
    const unlinked = await verify(world.fs, world.root, [`app@${image.digest}`]);
    expect([unlinked.exitCode, unlinked.images[0]!.parts[0]!.status, unlinked.images[0]!.findings]).toEqual([
      4,
      404,
      [],
    ]);
  });

  it("finds corrupt content only where it is asked to hash it", async () => {
    const world = new World();
    const image = world.repository("app").image("v1", [world.repository("app").layer("1234")]);
    world.write(blobPath(image.layers[0]!.digest), "1243");
    expect((await verify(world.fs, world.root, ["app:v1"])).exitCode).toBe(0);
    const { exitCode, images, contentVerified } = await verify(world.fs, world.root, ["app:v1"], ["--verify-content"]);
    expect([exitCode, contentVerified, images[0]!.findings[0]!.code]).toEqual([4, true, "digest-mismatch"]);
    expect(images[0]!.parts.at(-1)).toMatchObject({ status: 200, failure: "wrong-content" });
  });

  it("calls an image whole whose cache has not fetched all of it", async () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    repository.index({ "linux/amd64": child }, "v1");
    world.removeEntry(revisionLinkPath("app", child.digest));
    world.removeEntry(blobPath(child.digest));
    const { exitCode, images } = await verify(world.fs, world.root, ["app:v1"], ["--cache", "registry"]);
    expect([exitCode, images[0]!.state, images[0]!.parts[1]!.status]).toEqual([0, "pullable", null]);
  });

  it("waits for a push that is under way", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const link = revisionLinkPath("app", image.digest);
    world.write(link, "");
    let reads = 0;
    const fs = watched(world.fs, (call, path) => {
      if (call === "openSync" && path.endsWith(link) && ++reads === 2) world.write(link, image.digest);
    });
    expect((await verify(fs, world.root, ["app:v1"])).exitCode).toBe(0);
  });

  it("does not call whole what could not be read, nor broken", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const fs = failing(world.fs, "EIO", new RegExp(image.config.digest.slice(7)), ["statSync"]);
    const { exitCode, verdict, images, unreadable } = await verify(fs, world.root, ["app:v1"]);
    expect([exitCode, verdict, images[0]!.state]).toEqual([8, "incomplete", "unknown"]);
    expect(unreadable).toEqual([{ root: "registry", path: blobPath(image.config.digest), error: "EIO" }]);
  });

  it("looks in every root, and says which has the image", async () => {
    const { images, exitCode } = await verify(nodeFs, join(fixtures, "base"), [
      "infra-ci:latest",
      "library/alpine:3.20",
    ]);
    expect(images.map(({ root, image, state }) => [root, image, state])).toEqual([
      ["private", "infra-ci:latest", "pullable"],
      ["dockerhub", "library/alpine:3.20", "pullable"],
    ]);
    expect(exitCode).toBe(0);
  });

  it("prints nothing when it is to be quiet and all is whole", async () => {
    const world = new World();
    world.repository("app").image("v1");
    expect(await runProgram(world.fs, ["verify", "--quiet", world.root, "app:v1"])).toMatchObject({
      exitCode: 0,
      printed: "",
    });
  });
});

describe("verify refuses, in one line,", () => {
  const world = new World();
  world.repository("team/api").image("1.0");
  world.repository("team/api").image("1.1");
  world.repository("tools/builder").image("latest");
  const digest = `sha256:${"0".repeat(64)}`;
  const refused: [image: string, words: string | RegExp][] = [
    ["team/api", '"team/api" names no image: give team/api:TAG or team/api@DIGEST'],
    ["", '"" names no image: give REPOSITORY:TAG or REPOSITORY@DIGEST'],
    ["team/api:", '"team/api:" names no image: no tag can be called ""'],
    ["team/api:a b", '"team/api:a b" names no image: no tag can be called "a b"'],
    ["Team/Api:1.0", '"Team/Api:1.0" names no image: no repository can be called "Team/Api"'],
    ["../../etc:1.0", '"../../etc:1.0" names no image: no repository can be called "../../etc"'],
    ["team/api:..", '"team/api:.." names no image: no tag can be called ".."'],
    ["team/\u001b[31m:1", /^"team\/\\u001b\[31m:1" names no image: no repository can be called/],
    [
      "localhost:5000/team/api:1.0",
      '"localhost:5000/team/api:1.0" names no image: leave out the registry\'s address: team/api',
    ],
    [`team/api:1.0@${digest}`, /give a tag or a digest, not both$/],
    ["team/api@sha256:abcd", /"sha256:abcd" is an invalid digest/],
    ["team/api:1.2", "there is no image team/api:1.2 in /registry; nearest: team/api:1.0, team/api:1.1"],
    ["team/api:nightly", "there is no image team/api:nightly in /registry; the repository has 2 tags"],
    ["team/spi:1.0", "there is no repository team/spi in /registry; nearest: team/api"],
    ["builder:latest", "there is no repository builder in /registry; nearest: tools/builder"],
    [
      "registry.example/team/api:1.0",
      "there is no repository registry.example/team/api in /registry; nearest: team/api",
    ],
    ["something/else:1.0", "there is no repository something/else in /registry"],
    [`team/api@${digest}`, /^there is no image team\/api@sha256:0+ in \/registry: /],
  ];
  it.each(refused)("%j", async (image, words) => {
    const error = await runProgram(world.fs, ["verify", world.root, image]).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error!.message).not.toContain("\n");
    if (typeof words === "string") expect(error!.message).toBe(words);
    else expect(error!.message).toMatch(words);
  });

  it("a path without a root", async () => {
    await expect(runProgram(world.fs, ["verify", "/nowhere", "app:v1"])).rejects.toThrow("/nowhere: no such directory");
  });

  it("an image that is missing among others that are there", async () => {
    await expect(runProgram(world.fs, ["verify", world.root, "team/api:1.0", "team/api:9"])).rejects.toThrow(
      UsageError,
    );
  });

  it("a report inside a root", async () => {
    const report = join(fixtures, "small", "report.json");
    const run = runProgram(nodeFs, ["verify", "--report", report, join(fixtures, "small"), "team/api:1.0"]);
    await expect(run).rejects.toThrow(/inside the storage root/);
  });
});

it("reads a manifest that nests without end no further than it must", async () => {
  const world = new World();
  const repository = world.repository("app");
  // Each index's link leads to itself by way of another digest, so that following it never ends by itself.
  const first = repository.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, layers: [], config: repository.layer() });
  const loop = repository.index({ "linux/amd64": first }, "v1");
  repository.link("revision", first.digest, loop.digest);
  const { exitCode, images } = await verify(world.fs, world.root, ["app:v1"]);
  expect([exitCode, images[0]!.parts.length]).toEqual([4, 3]);
});
