// Remedies of the scan, done as they say on a root that the real registry wrote and serves: they have to help, and must not
// break what is sound.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { digestOf, makeImage, makeLayer } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { startRegistry, withRegistry } from "../../scripts/registry/server.ts";
import type { Finding } from "../../src/contract/finding.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { brokenOf, scratch } from "./plan/stage.ts";

let folder: string;
let root: string;

beforeEach(() => {
  folder = scratch();
  root = join(folder, "registry");
  mkdirSync(root);
});

async function findings(...options: string[]): Promise<Finding[]> {
  const { printed } = await runProgram(nodeFs, ["scan", "--format", "json", ...options, root]);
  return JSON.parse(printed).findings;
}

describe("a manifest that says a wrong size of a layer that others share", () => {
  it("is at fault itself, and the layer is to be left alone", async () => {
    const layer = makeLayer("shared");
    const sound = makeImage("sound", { baseLayers: [layer] });
    const other = makeImage("other", { baseLayers: [layer] });
    const bytes = Buffer.from(other.bytes.toString().replace(`"size": ${layer.bytes.length}`, '"size": 7'));
    await withRegistry({ root }, async (url) => {
      await pushImage(url, "app", sound, "sound");
      const wrong = { ...other, bytes, digest: digestOf(bytes) };
      await pushImage(url, "app", wrong, "wrong");
    });
    expect(await brokenOf(root)).toEqual(["app:wrong"]);
    const found = await findings();
    expect(found).toMatchObject([{ code: "size-mismatch", digest: layer.digest, affects: ["app:wrong"] }]);
    expect(found[0]!.path).toBe(blobPath(found[0]!.parent!));
    expect(found[0]!.remedy).toContain("leave the blob where it is");
  });
});

describe("a push of what is gone from the store", () => {
  const image = makeImage("app");

  it("changes nothing while the registry remembers it, and helps after the restart that the remedy begins with", async () => {
    const registry = await startRegistry({ root, descriptorCache: true });
    await pushImage(registry.url, "app", image, "1.0");
    const layer = image.blobs[1]!.digest;
    rmSync(dirname(join(root, blobPath(layer))), { recursive: true });
    const [found] = await findings();
    expect(found).toMatchObject({ code: "missing-blob", digest: layer });
    expect(found!.remedy).toMatch(/^restart the registry if its descriptor cache is on, then push the image again$/);
    await pushImage(registry.url, "app", image, "1.0");
    await registry.stop();
    expect(await brokenOf(root)).toEqual(["app:1.0"]);
    await withRegistry({ root, descriptorCache: true }, async (url) => {
      await pushImage(url, "app", image, "1.0");
      expect(await pullImage(url, "app", "1.0")).toEqual([]);
    });
    expect(await findings()).toEqual([]);
  });

  it.each([
    ["inmemory", /^restart the registry \(its descriptor cache remembers what is gone\), then push/],
    [undefined, /^push the image again$/],
  ])("is said as the registry's configuration has the cache: %s", async (blobdescriptor, remedy) => {
    await withRegistry({ root }, (url) => pushImage(url, "app", image, "1.0"));
    rmSync(dirname(join(root, blobPath(image.blobs[1]!.digest))), { recursive: true });
    const config = join(folder, "config.yml");
    const cache = blobdescriptor === undefined ? {} : { cache: { blobdescriptor } };
    writeFileSync(
      config,
      JSON.stringify({ version: "0.1", storage: { filesystem: { rootdirectory: root }, ...cache } }),
    );
    const [found] = await findings("--registry-config", config);
    expect(found!.remedy).toMatch(remedy);
    const verified = await runProgram(nodeFs, [
      "verify",
      "--format",
      "json",
      "--registry-config",
      config,
      root,
      "app:1.0",
    ]);
    expect(JSON.parse(verified.printed).images[0].findings[0].remedy).toMatch(remedy);
  });
});
