// BuildKit's registry cache in its default form, and a CNAB bundle: indexes that have blobs among their children. Pushed into
// the real registry, and judged beside what a client gets of them before and after garbage collection.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { type Image, makeBuildCache, makeBundle, makeLayer, withSha512 } from "../../scripts/registry/content.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { brokenOf, runScript, scratch } from "./plan/stage.ts";

const cache = makeBuildCache("app");
const bundle = makeBundle("bundle");
let folder: string;
let root: string;

async function pushAll(images: Readonly<Record<string, Image>>): Promise<void> {
  await withRegistry({ root }, async (url) => {
    for (const [tag, image] of Object.entries(images)) await pushImage(url, "app", image, tag);
  });
}

async function regfsck(...args: string[]) {
  const { printed, exitCode } = await runProgram(nodeFs, [...args, root]);
  return { printed, exitCode };
}

async function json(...args: string[]) {
  const { printed, exitCode } = await regfsck(args[0]!, "--format", "json", ...args.slice(1));
  return { ...JSON.parse(printed), exitCode };
}

async function verify(image: string): Promise<string> {
  const { printed } = await runProgram(nodeFs, ["verify", root, image]);
  return printed;
}

beforeEach(async () => {
  folder = scratch();
  root = join(folder, "registry");
  await pushAll({ cache, bundle });
});

describe("an index whose children are layers and a cache config", () => {
  it("is sound: a client gets all of it, before and after each collection that the gate lets pass", async () => {
    expect(await brokenOf(root)).toEqual([]);
    expect(await json("scan")).toMatchObject({ exitCode: 0, findings: [], brokenTags: [] });
    expect(await verify("app:cache")).toMatch(
      /app:cache is pullable\n[\s\S]+ layer +sha256:\w+ +300 bytes +linked +stored +200/,
    );
    expect(await json("gate", "--quiet-period", "0s")).toMatchObject({ exitCode: 0 });
    expect((await collectGarbage(root)).exitCode).toBe(0);
    expect(await brokenOf(root)).toEqual([]);
    // The bundle's images are its children, as an index's platforms are.
    const { exitCode, roots } = await json("forecast", "-m");
    expect([exitCode, roots[0].breaks.map(({ tag }: { tag: string }) => tag)]).toEqual([4, ["bundle"]]);
    expect((await collectGarbage(root, { deleteUntagged: true })).exitCode).toBe(0);
    expect(await brokenOf(root)).toEqual(["app:bundle"]);
    const { brokenTags } = await json("scan");
    expect(brokenTags.map(({ tag }: { tag: string }) => tag)).toEqual(["bundle"]);
  });

  it("loses a layer that it names by sha512 to any collection, as an image does", async () => {
    await pushAll({ sha512: makeBuildCache("sha512", [withSha512(makeLayer("named by sha512"))]) });
    expect((await json("forecast")).roots[0].breaks).toMatchObject([{ tag: "sha512", lost: [{ role: "layer" }] }]);
    expect((await collectGarbage(root)).exitCode).toBe(0);
    expect(await brokenOf(root)).toEqual(["app:sha512"]);
  });

  it("lacks a layer link, and no revision link, where one is gone", async () => {
    const [layer, , config] = cache.blobs;
    for (const { digest } of [layer!, config!])
      rmSync(dirname(join(root, layerLinkPath("app", digest))), { recursive: true });
    rmSync(dirname(join(root, layerLinkPath("app", bundle.blobs[0]!.digest))), { recursive: true });
    expect(await brokenOf(root)).toEqual(["app:bundle", "app:cache"]);
    const { findings } = await json("scan");
    const remedy =
      "write the layer link back, or restart the registry if its descriptor cache is on, then export the build cache again (or push the bundle again)";
    const found = (digest: string, role: string) => ({ code: "unlinked-blob", digest, role, remedy });
    expect(findings).toHaveLength(3);
    expect(findings).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining(found(layer!.digest, "layer")),
        expect.objectContaining(found(config!.digest, "config")),
        expect.objectContaining(found(bundle.blobs[0]!.digest, "config")),
      ]),
    );
    const script = join(folder, "fix.sh");
    await regfsck("plan", "--script", script);
    expect(runScript(script, "--apply").status).toBe(0);
    expect(await brokenOf(root)).toEqual([]);
  });

  it("is exported again where a layer is gone from the store", async () => {
    const { digest } = cache.blobs[0]!;
    rmSync(dirname(join(root, blobPath(digest))), { recursive: true });
    const { findings } = await json("scan");
    expect(findings).toMatchObject([{ code: "missing-blob", role: "layer", affects: ["app:cache"] }]);
    expect(findings[0].remedy).toMatch(/^restart the registry .*, then export the build cache again/);
    const { steps } = await json("plan");
    expect(steps).toMatchObject([{ kind: "push", digest: cache.digest, pushManifest: false, blobs: [{ digest }] }]);
    expect(steps[0].message).toMatch(/or export the build cache again$/);
    const { printed } = await runProgram(nodeFs, ["why", root, digest]);
    expect(printed).toMatch(/layer of image +sha256:\w+\n +tag of app: cache/);
  });
});

it("a bundle's image is a manifest, and lacks its revision link where that is gone", async () => {
  const [child] = bundle.children;
  rmSync(dirname(join(root, revisionLinkPath("app", child!.digest))), { recursive: true });
  expect(await brokenOf(root)).toEqual(["app:bundle"]);
  const { findings } = await json("scan");
  expect(findings).toMatchObject([{ code: "unlinked-child", digest: child!.digest, role: "child" }]);
});
