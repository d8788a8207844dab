import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const base = "docker/registry/v2";
const app = `${repositoriesPath}/team/app`;

function healthyWorld() {
  const world = new World();
  const image = world.repository("team/app").image("1.0");
  return { world, image };
}

/** Where the stray entries lie, and the first words about each. */
async function findings(world: World) {
  return (await findingsWithWords(world)).map(({ repository, path, message }) => {
    return {
      repository,
      path,
      reason: message
        .split(" ")
        .slice(0, 3 + Number(message.startsWith("a file")))
        .join(" "),
    };
  });
}

async function findingsWithWords(world: World) {
  return (await scanWorld(world)).findings.filter(({ code }) => code === "stray-entry");
}

describe("stray-entry", () => {
  const entries: [string, string, (world: World, path: string) => void][] = [
    ["a file that begins with _", `${app}/_note`, (world, path) => world.write(path)],
    [
      "a folder that no repository name has",
      `${repositoriesPath}/BadName`,
      (world, path) => world.mkdir(`${path}/_layers`),
    ],
    [
      "a name that is too long",
      `${repositoriesPath}/${"a".repeat(256)}`,
      (world, path) => world.mkdir(`${path}/_layers`),
    ],
    [
      "a symbolic link that leads back up",
      `${app}/loop`,
      (world, path) => world.symlink(path, `${world.root}/${repositoriesPath}`),
    ],
    ["a file called data in the blob store", `${base}/blobs/data`, (world, path) => world.write(path)],
    ["a file called data beside the shards", `${base}/blobs/sha256/data`, (world, path) => world.write(path)],
    ["a file called data beside the blobs", `${base}/blobs/sha256/00/data`, (world, path) => world.write(path)],
    ["a blob of no algorithm", `${base}/blobs/md5/00/00/data`, (world, path) => world.write(path)],
    ["a blob with too short a digest", `${base}/blobs/sha256/00/0012/data`, (world, path) => world.write(path)],
    [
      "a link beside the revisions",
      `${app}/_manifests/revisions/link`,
      (world, path) => world.write(path, "no digest"),
    ],
    ["a link in the wrong folder", `${app}/_manifests/revisions/sha256/old/link`, (world, path) => world.write(path)],
    ["a tag that no path can name", `${app}/_manifests/tags/@eaDir`, (world, path) => world.mkdir(path)],
    [
      "a tag that no client can ask for",
      `${app}/_manifests/tags/.tmp`,
      (world, path) => world.write(`${path}/current/link`),
    ],
  ];
  it.each(entries)("names %s", async (_, path, make) => {
    const { world } = healthyWorld();
    make(world, path);
    const found = await findingsOf(world);
    expect(found).toMatchObject([{ code: "stray-entry", severity: "warning", path, affects: [] }]);
  });

  it("says nothing of an unexpected tag where collection finds no revision, and so looks at no tag", async () => {
    const world = new World();
    world.repository("team/app").layer();
    world.mkdir(`${app}/_manifests/revisions`);
    world.mkdir(`${app}/_manifests/tags/@eaDir`);
    expect((await findingsOf(world)).filter(({ code }) => code === "stray-entry")).toEqual([]);
  });

  it.each(["_manifests", "_manifests/revisions", "_manifests/tags"])("names a file for the folder %s", async (part) => {
    const world = new World();
    world.repository("team/app").layer();
    world.write(`${app}/${part}`);
    expect(await findingsOf(world)).toMatchObject([
      { code: "stray-entry", repository: "team/app", path: `${app}/${part}` },
    ]);
  });

  it("names a file called _layers, which the registry takes for a repository and then stops at", async () => {
    const { world } = healthyWorld();
    const path = `${repositoriesPath}/notes/_layers`;
    world.write(path);
    expect(await findingsOf(world)).toMatchObject([{ code: "stray-entry", path }]);
  });

  it("is not said of what the registry's walk passes by", async () => {
    const { world, image } = healthyWorld();
    world.write(`${repositoriesPath}/@eaDir/thumbs.db`);
    world.write(`${repositoriesPath}/with space/file`);
    world.write(`${repositoriesPath}/README.md`);
    world.mkdir(`${app}/_old`);
    world.write(blobPath(image.digest).replace(/data$/, ".nfs0001"));
    world.write(blobPath(image.digest).replace(/data$/, "data.tmp"));
    world.mkdir(`${base}/blobs/sha256/zz`);
    world.mkdir(`${base}/blobs/sha256/00`);
    world.mkdir(`${app}/_uploads`);
    world.write(`${app}/_manifests/revisions/sha256/old/link`, image.digest);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said in a cache, nor where only some repositories were read", async () => {
    const { world } = healthyWorld();
    world.write(`${base}/blobs/data`);
    world.mkdir(`${repositoriesPath}/BadName/_layers`);
    world.write(tagLinkPath("BadName", "1.0"));
    expect(await findingsOf(world, { kind: "cache" })).toEqual([]);
    expect(await findingsOf(world, { repositories: ["team/app"] })).toEqual([]);
  });

  it.each([
    ["revisions", `${app}/_manifests/revisions`],
    ["tags", `${app}/_manifests/tags`],
    ["_manifests", `${app}/_manifests`],
    ["an algorithm's revisions", `${app}/_manifests/revisions/sha256`],
  ])("names a loop of symbolic links for %s", async (_, path) => {
    const world = new World();
    world.repository("team/app").layer();
    world.symlink(path, `${world.root}/${path}`);
    expect(await findings(world)).toEqual([{ repository: "team/app", path, reason: "a symlink loop:" }]);
  });

  it("passes a file for an algorithm's revisions, and for what is not below _manifests", async () => {
    const world = new World();
    world.repository("team/app").layer();
    world.write(`${app}/_manifests/revisions/sha256`);
    world.write(`${app}/_uploads`);
    world.fileForFolder(`${app}/_layers/sha256`);
    expect((await findings(world)).filter(({ path }) => !path.endsWith("_uploads"))).toEqual([]);
  });

  it.each([
    ["a loop for an algorithm", `${base}/blobs/sha512`, "a symlink loop:"],
    ["a loop for a shard", `${base}/blobs/sha256/00`, "a symlink loop:"],
    ["a loop for a blob's data", blobPath(`sha256:${"0".repeat(64)}`), "a symlink loop:"],
    ["a loop beside the blobs", `${base}/blobs/loop`, "a symlink loop:"],
  ])("names %s in the blob store", async (_, path, reason) => {
    const { world } = healthyWorld();
    world.symlink(path, `${world.root}/${path}`);
    expect(await findings(world)).toEqual([{ repository: undefined, path, reason }]);
  });

  it("names a file for the blob store, or for where all blobs lie", async () => {
    for (const path of [`${base}/blobs`, `${base}/blobs/sha256`]) {
      const world = new World();
      world.repository("team/app");
      world.fileForFolder(path);
      expect(await findings(world)).toEqual([{ repository: undefined, path, reason: "a file where the" }]);
    }
  });

  it("passes a file for a shard, and a blob elsewhere than where it belongs as well, or whose digest is referenced", async () => {
    const { world } = healthyWorld();
    world.write(`${base}/blobs/sha384`);
    world.write(`${base}/blobs/sha256/zz`);
    const { config } = world.repository("team/other").image("1.0");
    const stored = world.blob("stored");
    for (const { digest } of [config, stored])
      world.write(`${base}/blobs/sha256/${digest.slice("sha256:".length)}/data`);
    expect(await findings(world)).toEqual([]);
    const displaced = `${base}/blobs/sha256/${"0".repeat(64)}/data`;
    world.write(displaced);
    expect(await findings(world)).toEqual([{ repository: undefined, path: displaced, reason: "a blob outside" }]);
  });

  it("says nothing of a repository that collection does not come to", async () => {
    const { world } = healthyWorld();
    world.write(`${repositoriesPath}/mirror/_manifests/revisions`);
    expect(await findings(world)).toEqual([]);
  });

  it("names what a file hides, and nothing where it hides nothing", async () => {
    const { world } = healthyWorld();
    world.write(`${app}/_note`);
    const hiding = (await findingsWithWords(world)).find(({ path }) => path === `${app}/_note`);
    expect(hiding?.message).toMatch(/is not seen$/);
  });
});
