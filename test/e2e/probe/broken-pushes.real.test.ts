// What breaks between a push and the probe right after it, in every way that a storage can break: each is found.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  removeEntry,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../../scripts/fixtures/storage.ts";
import { makeAttestation, makeImage, makeIndex } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { startRegistry } from "../../../scripts/registry/server.ts";
import { makeScratch } from "../exactness/scratch.ts";
import { type ProbeRun, probe } from "./probing.ts";

const REPOSITORY = "team/api";
const amd64 = makeImage("api", { platform: { os: "linux", architecture: "amd64" } });
const arm64 = makeImage("api", { platform: { os: "linux", architecture: "arm64" } });
const index = makeIndex([amd64, arm64, makeAttestation("api", amd64)]);
const [config, layer, last] = arm64.blobs as [
  (typeof arm64.blobs)[0],
  (typeof arm64.blobs)[0],
  (typeof arm64.blobs)[0],
];

const link = { child: revisionLinkPath(REPOSITORY, arm64.digest), layer: layerLinkPath(REPOSITORY, layer.digest) };
const data = (digest: string) => blobPath(digest);

type Damage = (root: string) => Promise<unknown>;
const remove =
  (path: string): Damage =>
  (root) =>
    removeEntry(root, path);
const write =
  (path: string, content: string | Buffer): Damage =>
  (root) =>
    writeFile(join(root, path), content);

/** What happens, and the code that is reported; undefined where the registry says that there is no such image. */
const DAMAGES: readonly (readonly [string, string | undefined, Damage])[] = [
  ["a child's revision link is gone (garbage-collect -m)", "missing-child", remove(link.child)],
  ["a child's blob is gone", "missing-child", remove(data(arm64.digest))],
  ["a child's revision link is empty", "invalid-manifest", write(link.child, "")],
  ["a child's revision link is garbled", "invalid-manifest", write(link.child, "sha256:zz")],
  ["a child's revision link names another manifest", "digest-mismatch", write(link.child, amd64.digest)],
  ["a child is empty", "invalid-manifest", write(data(arm64.digest), "")],
  ["a child is zeroed", "invalid-manifest", write(data(arm64.digest), Buffer.alloc(arm64.bytes.length))],
  ["a child is another's bytes", "digest-mismatch", write(data(arm64.digest), amd64.bytes)],
  ["a config is gone", "missing-blob", remove(data(config.digest))],
  ["a config's link is gone", "missing-blob", remove(layerLinkPath(REPOSITORY, config.digest))],
  ["a config is zeroed", "digest-mismatch", write(data(config.digest), Buffer.alloc(config.bytes.length))],
  ["a config is cut short", "size-mismatch", (root) => truncate(join(root, data(config.digest)), 10)],
  ["a layer is gone", "missing-blob", remove(data(layer.digest))],
  ["the last layer is gone", "missing-blob", remove(data(last.digest))],
  ["a layer's link is gone", "missing-blob", remove(link.layer)],
  ["a layer's link is empty", "malformed-link", write(link.layer, "")],
  ["a layer's link names another blob", "digest-mismatch", write(link.layer, last.digest)],
  ["a layer is cut short", "size-mismatch", (root) => truncate(join(root, data(layer.digest)), 10)],
  ["a layer is empty", "size-mismatch", (root) => truncate(join(root, data(layer.digest)), 0)],
  ["a layer has grown", "size-mismatch", (root) => truncate(join(root, data(layer.digest)), 10_000)],
  [
    "a layer is a folder",
    "missing-blob",
    async (root) => {
      await rm(join(root, data(layer.digest)));
      await mkdir(join(root, data(layer.digest)));
    },
  ],
  [
    "all layer links are gone",
    "missing-blob",
    (root) => rm(join(root, repositoriesPath, REPOSITORY, "_layers"), { recursive: true }),
  ],
  ["the index is gone", undefined, remove(data(index.digest))],
  ["the index is zeroed", "invalid-manifest", write(data(index.digest), Buffer.alloc(index.bytes.length))],
  ["the index's revision link is gone", undefined, remove(revisionLinkPath(REPOSITORY, index.digest))],
  ["the repository is gone", undefined, (root) => rm(join(root, repositoriesPath, REPOSITORY), { recursive: true })],
];

let folder: string;
let root: string;
let registry: Awaited<ReturnType<typeof startRegistry>>;

beforeAll(async () => {
  folder = await makeScratch("broken-pushes");
  root = join(folder, "root");
  await mkdir(root);
  registry = await startRegistry({ root });
  await pushImage(registry.url, REPOSITORY, index, "1.0");
  execFileSync("cp", ["-a", root, join(folder, "as-pushed")]);
});

afterAll(async () => {
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pushed = `${REPOSITORY}@${index.digest}`;

async function probeOrAbsent(image: string): Promise<ProbeRun | undefined> {
  try {
    return await probe([registry.url, image]);
  } catch (error) {
    expect((error as Error).message).toMatch(/ has no image .*: 404$/);
    return undefined;
  }
}

describe("a push that was broken before the probe", () => {
  it("is none, and exits 0", async () => {
    expect(await probe([registry.url, pushed, `${REPOSITORY}:1.0`])).toMatchObject({ exitCode: 0, verdict: "clean" });
  });

  it.each(DAMAGES)("is found: %s", async (_, code, damage) => {
    await damage(root);
    try {
      const found = await probeOrAbsent(pushed);
      if (code === undefined) expect(found).toBeUndefined();
      else expect(found).toMatchObject({ exitCode: 4, brokenTags: [{ tag: null, digest: index.digest }] });
      if (code !== undefined)
        expect(found!.findings.filter(({ severity }) => severity === "error")[0]!.code).toBe(code);
    } finally {
      rmSync(join(root, "docker"), { recursive: true });
      execFileSync("cp", ["-a", join(folder, "as-pushed/docker"), root]);
    }
  });

  it("is a tag that is still listed and names nothing", async () => {
    const tag = join(root, tagLinkPath(REPOSITORY, "1.0"));
    const before = await readFile(tag, "utf8");
    await removeEntry(root, revisionLinkPath(REPOSITORY, index.digest));
    try {
      expect(await probe([registry.url, `${REPOSITORY}:1.0`])).toMatchObject({
        exitCode: 4,
        findings: [{ code: "dangling-tag" }],
      });
    } finally {
      const link = join(root, revisionLinkPath(REPOSITORY, index.digest));
      await mkdir(dirname(link), { recursive: true });
      await writeFile(link, before);
    }
  });
});
