// States in which something is being pushed, or was pushed between the gate and the collection.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushBlob } from "../../../scripts/registry/client.ts";
import { makeImage, makeMultiArch } from "../../../scripts/registry/content.ts";
import { pushImage, pushOnlyManifest } from "../../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../../scripts/registry/server.ts";
import { blobPath } from "../exactness/damage/site.ts";
import { gate, harmOfCollection, pushedRoot } from "./stage.ts";

const images = { "app:1": makeImage("one"), "app:2": makeImage("two"), "app:3": makeImage("three") };
const coming = makeImage("coming");

describe("a push is under way", () => {
  it("stops where its blobs are complete and have left _uploads", async () => {
    const root = await pushedRoot(images);
    await withRegistry({ root, descriptorCache: true }, async (url) => {
      for (const { bytes } of coming.blobs) await pushBlob(url, "app", bytes);
      const { code, text } = gate(root);
      expect([code, text]).toEqual([4, expect.stringMatching(/3 blobs .*younger than 1h/)]);
      await collectGarbage(root);
      // The registry remembers the blobs, so it accepts a manifest whose layers are gone.
      await pushOnlyManifest(url, "app", coming, "4");
      await expect(
        fetch(`${url}/v2/app/blobs/${coming.blobs[1]!.digest}`).then((got) => got.arrayBuffer()),
      ).rejects.toThrow();
    });
  });

  it("stops with -m where platforms were pushed by digest, and their index is to follow", async () => {
    const root = await pushedRoot(images);
    const multi = makeMultiArch("coming");
    await withRegistry({ root }, async (url) => {
      for (const child of multi.children) await pushImage(url, "app", child);
      expect(gate("-m", root).code).toBe(4);
      expect(gate(root).code).toBe(0);
      await collectGarbage(root, { deleteUntagged: true });
      await expect(pushOnlyManifest(url, "app", multi, "4")).rejects.toThrow(/404|400/);
    });
  });
});

describe("a report of a gate that said go", () => {
  it("does not hold once a layer was pushed", async () => {
    const root = await pushedRoot(images);
    const report = join(root, "..", "gate.json");
    expect(gate("--report", report, root).code).toBe(0);
    await withRegistry({ root }, (url) => pushBlob(url, "app", coming.blobs[1]!.bytes));
    expect(gate("--recheck", report, root).code).toBe(4);
    expect((await collectGarbage(root)).stdout).toContain(`blob eligible for deletion: ${coming.blobs[1]!.digest}`);
  });

  it("does not hold once a file hides repositories from the collection", async () => {
    const root = await pushedRoot({ ...images, "zoo:1": makeImage("zoo") });
    const report = join(root, "..", "gate.json");
    expect(gate("--report", report, root).code).toBe(0);
    writeFileSync(join(root, "docker/registry/v2/repositories/b"), "");
    expect(gate("--recheck", report, root).code).toBe(4);
    renameSync(join(root, "docker/registry/v2/repositories/b"), join(root, "docker/registry/v2/repositories/_"));
    expect(gate("--recheck", report, root).code).toBe(4);
    expect(await harmOfCollection(root, false)).toMatch(/is no longer served/);
  });

  it("does not hold once a manifest is gone or empty", async () => {
    const root = await pushedRoot(images);
    const report = join(root, "..", "gate.json");
    expect(gate("--report", report, root).code).toBe(0);
    const { digest, blobs } = images["app:1"];
    rmSync(join(root, blobPath(digest)));
    expect(gate("--recheck", report, root).code).toBe(4);
    // Its layers are no longer marked, and with the manifest pushed again they would be all there.
    const { stdout } = await collectGarbage(root, { dryRun: true });
    expect(stdout).toContain(`blob eligible for deletion: ${blobs[1]!.digest}`);
    writeFileSync(join(root, blobPath(digest)), "");
    expect(gate("--recheck", report, root).code).toBe(4);
    expect((await collectGarbage(root, { dryRun: true })).exitCode).toBe(1);
  });

  it("is about that collection, clean-up and registry alone", async () => {
    const root = await pushedRoot(images);
    const report = join(root, "..", "gate.json");
    expect(gate("--report", report, root).code).toBe(0);
    expect(gate("--recheck", report, root).code).toBe(0);
    for (const other of [
      ["-m"],
      ["--remove-tag", "app:1"],
      ["--keep-tags", "1"],
      ["--cache", "registry"],
      ["--registry", "3"],
    ]) {
      expect(gate(...other, "--recheck", report, root).code, other.join(" ")).toBe(16);
    }
  });
});
