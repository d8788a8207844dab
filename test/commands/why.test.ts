import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { investigate, investigateLines } from "../worlds/investigate.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));

async function whyOne(world: World, digest: string, options: string[] = []) {
  const report = await investigate(world.fs, "why", [...options, world.root, digest]);
  expect(report.blobs).toHaveLength(1);
  return { ...report.blobs[0]!, exitCode: report.exitCode };
}

function loopIn(world: World, folder: string): void {
  world.symlink(`${folder}/loop`, "loop");
}

/** Puts a symbolic link to the folder of another blob in place of a blob's. */
function linkBlob(world: World, digest: string, other: string): void {
  const folder = dirname(blobPath(digest));
  world.remove(folder);
  world.symlink(folder, `${world.root}/${dirname(blobPath(other))}`);
}

describe("why", () => {
  it("leads from a layer over configs and indexes to every tag, across repositories", async () => {
    const world = new World();
    const [app, other] = [world.repository("app"), world.repository("other")];
    const layer = app.layer();
    const child = app.image(undefined, [layer]);
    const index = app.index({ "linux/arm64": child }, "v1");
    app.tag("latest", index.digest);
    other.link("layer", layer.digest);
    const image = other.image("v2", [layer]);
    const { references, tags, links, heldBy, exitCode } = await whyOne(world, layer.digest);
    expect(references).toEqual([
      ...[child, image]
        .map(({ digest }) => ({ kind: "layer", from: digest, to: layer.digest }))
        .sort((a, b) => (a.from < b.from ? -1 : 1)),
      { kind: "child", from: index.digest, to: child.digest, platform: "linux/arm64" },
    ]);
    expect(tags).toEqual([
      { repository: "app", tag: "latest", digest: index.digest },
      { repository: "app", tag: "v1", digest: index.digest },
      { repository: "other", tag: "v2", digest: image.digest },
    ]);
    expect(links.map(({ repository, kind }) => [repository, kind])).toEqual([
      ["app", "layer"],
      ["other", "layer"],
    ]);
    expect([heldBy, exitCode]).toEqual(["tag", 0]);
  });

  it("tells what a collection would do, without and with -m", async () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    repository.index({ "linux/amd64": child }, "v1");
    const { garbageCollection: collection } = await whyOne(world, child.config.digest);
    expect(collection.plain).toEqual({ outcome: "kept", unlinkedIn: [], abort: null });
    expect(collection.deleteUntagged).toEqual({ outcome: "deleted", unlinkedIn: [], abort: null });
    const manifest = await whyOne(world, child.digest);
    expect(manifest.garbageCollection.deleteUntagged).toEqual({ outcome: "kept", unlinkedIn: ["app"], abort: null });
  });

  it("says where a collection aborts that would decide", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const link = revisionLinkPath("app", image.digest);
    world.write(link, "");
    const { garbageCollection: collection } = await whyOne(world, image.config.digest);
    expect(collection.plain).toMatchObject({ outcome: "aborts", abort: { path: link, reason: "malformed-link" } });
  });

  it.each<[what: string, change: (world: World, digest: string) => void, heldBy: string]>([
    ["a layer link alone", () => {}, "layer-link"],
    ["nothing at all", (world, digest) => world.removeEntry(layerLinkPath("app", digest)), "nothing"],
  ])("tells what %s holds, and since when it lies there", async (_, change, heldBy) => {
    const world = new World();
    const layer = world.repository("app").layer();
    world.touch(blobPath(layer.digest), Date.UTC(2026, 3, 19, 3));
    change(world, layer.digest);
    expect(await whyOne(world, layer.digest)).toMatchObject({
      heldBy,
      stored: true,
      bytes: layer.size,
      modified: "2026-04-19T03:00:00.000Z",
      references: [],
      tags: [],
      garbageCollection: { plain: { outcome: "deleted" }, deleteUntagged: { outcome: "deleted" } },
    });
  });

  it("tells a manifest that lost its tag from one that is tagged, and by which tag it was named", async () => {
    const world = new World();
    const repository = world.repository("app");
    const before = repository.image("v1");
    repository.image("v1");
    const { heldBy, formerTags, kind } = await whyOne(world, before.digest);
    expect([heldBy, formerTags, kind]).toEqual(["untagged-manifest", [{ repository: "app", tag: "v1" }], "image"]);
    expect((await whyOne(world, before.config.digest)).heldBy).toBe("untagged-manifest");
  });

  it("answers for a blob that is gone, and for what only an alias names", async () => {
    const world = new World();
    const repository = world.repository("app");
    const layer = repository.layer("content");
    const alias = digestOf("content", "sha512");
    repository.link("layer", alias, layer.digest);
    repository.image("v1", [{ ...layer, digest: alias }]);
    world.removeEntry(blobPath(layer.digest));
    const blob = await whyOne(world, layer.digest);
    expect(blob).toMatchObject({ known: true, stored: false, bytes: null, modified: null, heldBy: "tag" });
    expect(blob.references[0]).toEqual({ kind: "alias", from: alias, to: layer.digest, repository: "app" });
    expect(blob.links).toEqual([
      { repository: "app", kind: "layer", place: layer.digest, target: layer.digest },
      { repository: "app", kind: "layer", place: alias, target: layer.digest },
    ]);
  });

  it("answers that nothing knows a digest, with exit code 0", async () => {
    const world = new World();
    world.repository("app").image("v1");
    const digest = `sha256:${"0".repeat(64)}`;
    expect(await whyOne(world, digest)).toMatchObject({ known: false, stored: false, heldBy: "nothing", exitCode: 0 });
    const { printed } = await runProgram(world.fs, ["why", world.root, digest]);
    expect(printed).toContain("in no store, link, tag or manifest of /registry");
  });

  it("takes the beginning of a digest, and each digest once", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const hex = image.digest.slice("sha256:".length);
    const args = [world.root, hex.slice(0, 12), image.digest, `sha256:${hex.slice(0, 12)}`, hex];
    const { blobs } = await investigate(world.fs, "why", args);
    expect(blobs.map(({ digest }) => digest)).toEqual([image.digest]);
  });

  it("answers for every root", async () => {
    const digest = "sha256:fbf325af7af671d7a23f1bdcd1c21f73ac5e7aeef60b3aea65dde6d7ed450652";
    const { blobs } = await investigate(nodeFs, "why", ["--jobs", "1", join(fixtures, "base"), digest]);
    expect(blobs.map(({ root, known }) => [root, known])).toEqual([
      ["dockerhub", false],
      ["private", true],
    ]);
    const { printed } = await runProgram(nodeFs, ["why", "--jobs", "1", join(fixtures, "base"), digest]);
    expect(printed).toContain("private: an index of");
    expect(printed).toContain("Nothing in 1 other root mentions it.");
  });

  it("gives 8 when something could not be read", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const fs = failing(world.fs, "EACCES", /\/app\/_layers$/);
    expect((await investigate(fs, "why", [world.root, image.digest])).exitCode).toBe(8);
  });

  it("lists the folders of the digest that is asked for, and of no other", async () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("v1");
    repository.image("v2");
    const { fs, paths } = recorded(world.fs, "readdirSync");
    await whyOne({ ...world, fs } as World, image.digest);
    const listed = paths
      .filter((path) => /\/[0-9a-f]{64}$/.test(path))
      .map((path) => path.slice(world.root.length + 1));
    expect(new Set(listed)).toEqual(
      new Set([dirname(blobPath(image.digest)), dirname(revisionLinkPath("app", image.digest))]),
    );
  });

  it.each<[what: string, change: (world: World, digest: string, other: string) => void, outcome: string]>([
    ["a loop in the blob's folder", (world, digest) => loopIn(world, dirname(blobPath(digest))), "aborts"],
    ["a loop in its revision's", (world, digest) => loopIn(world, dirname(revisionLinkPath("app", digest))), "aborts"],
    ["a blob that is a symbolic link to another that goes too", linkBlob, "aborts"],
    ["a loop where forecast alone looks", (world, _, other) => loopIn(world, dirname(blobPath(other))), "deleted"],
  ])("knows whether a collection aborts: %s", async (_, change, outcome) => {
    const world = new World();
    const repository = world.repository("app");
    repository.image("kept");
    const [image, other] = [repository.image(), repository.image()];
    change(world, image.digest, other.digest);
    const { garbageCollection } = await whyOne(world, image.digest);
    expect(garbageCollection.deleteUntagged.outcome).toBe(outcome);
  });

  it("prints a line a blob, and a summary last", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    const lines = await investigateLines(world.fs, "why", [world.root, image.digest, image.config.digest]);
    expect(lines.map(({ type }) => type)).toEqual(["root", "blob", "blob", "summary"]);
  });

  it("keeps what it prints within bounds, and leads to tags first", async () => {
    const world = new World();
    const layer = world.repository("app").layer();
    for (let number = 0; number < 100; number++) {
      const repository = world.repository(`app${number}`);
      repository.link("layer", layer.digest);
      repository.image(number === 50 ? "v1" : undefined, [layer]);
    }
    const { printed } = await runProgram(world.fs, ["why", world.root, layer.digest]);
    expect(printed.split("\n").length).toBeLessThan(70);
    expect(printed).toContain("\n    layer of image  sha256:");
    expect(printed).toContain("\n      tag of app50: v1\n");
    expect(printed).toContain("… and 60 more (--full prints all)");
  });

  it("shows names from disk without obeying them", async () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    world.write(tagLinkPath("app", "\u001b[2Jv\u202e1"), image.digest);
    const { printed } = await runProgram(world.fs, ["why", world.root, image.digest]);
    expect(printed).toContain("\\x1b[2Jv\\u202e1");
    expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("why refuses, in one line,", () => {
  const world = new World();
  world.repository("app").image("v1");
  const refused: [digest: string, words: string][] = [
    ["", '"" is an invalid digest: it takes at least 4 hex digits'],
    ["abc", '"abc" is an invalid digest: it takes at least 4 hex digits'],
    ["sha256:", '"sha256:" is an invalid digest: it takes at least 4 hex digits'],
    ["latest", '"latest" is an invalid digest: it takes hex digits, in lower case'],
    ["sha256:ABCDEF", '"sha256:ABCDEF" is an invalid digest: it takes hex digits, in lower case'],
    ["md5:abcdef", '"md5:abcdef" is an invalid digest: the algorithms are sha256, sha384, sha512'],
    [`sha256:${"0".repeat(65)}`, `"sha256:${"0".repeat(65)}" is an invalid digest: it has 65 hex digits, more than 64`],
    ["00000000000", "no digest here begins with 00000000000"],
  ];
  it.each(refused)("%j", async (digest, words) => {
    const run = runProgram(world.fs, ["why", world.root, digest]);
    await expect(run).rejects.toThrow(new UsageError(words));
  });

  it("a short digest that could be several, and names them", async () => {
    const crowded = new World();
    const repository = crowded.repository("app");
    // Among so many digests some begin with the same four hex digits.
    const digests = Array.from({ length: 1200 }, () => repository.layer().digest).sort();
    const same = digests
      .find((digest, index) => digests[index + 1]?.slice(0, 11) === digest.slice(0, 11))!
      .slice(0, 11);
    const candidates = digests.filter((digest) => digest.startsWith(same));
    await expect(runProgram(crowded.fs, ["why", crowded.root, same])).rejects.toThrow(
      new UsageError(`${same} is short for ${candidates.length} digests: ${candidates.join(", ")}`),
    );
  });
});
