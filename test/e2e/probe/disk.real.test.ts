// Disk and a real registry side by side: what its descriptor cache masks, and a registry that serves another storage.
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { blobPath, copyRoot, layerLinkPath, removeEntry } from "../../../scripts/fixtures/storage.ts";
import { makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { probe } from "./probing.ts";

async function copyOf(fixture: string): Promise<string> {
  const root = temporaryFolder();
  await copyRoot(fileURLToPath(new URL(`../../../test-fixtures/${fixture}`, import.meta.url)), root);
  return root;
}

it("agrees with the disk about every image, damaged or not", async () => {
  const root = await copyOf("incident");
  await withRegistry({ root }, async (url) => {
    const { disk, exitCode } = await probe(["--root", root, url]);
    expect(disk).toMatchObject({ agreed: { pullable: 6, broken: 5 }, differences: [] });
    expect(exitCode).toBe(4);
  });
});

it("says that the cache serves what the disk lost, and that all is lost after a restart", async () => {
  const root = temporaryFolder();
  const image = makeImage("a");
  const [, layer] = image.blobs;
  const options = { root, descriptorCache: true };
  await withRegistry(options, async (url) => {
    await pushImage(url, "team/api", image, "1");
    await removeEntry(root, layerLinkPath("team/api", layer!.digest));
    const probed = await probe(["--root", root, url]);
    expect(probed.brokenTags).toEqual([]);
    expect(probed.disk!.differences).toEqual([
      { image: "team/api:1", disk: "broken", http: "pullable", reason: "descriptor-cache" },
    ]);
    expect([probed.exitCode, probed.verdict]).toEqual([4, "findings"]);
    // Its bytes no cache has.
    await removeEntry(root, blobPath(layer!.digest));
    expect((await probe(["--root", root, url])).disk).toMatchObject({ agreed: { broken: 1 }, differences: [] });
  });
  await withRegistry(options, async (url) => {
    expect(await probe(["--root", root, url])).toMatchObject({ exitCode: 4, disk: { differences: [] } });
  });
});

it("says that another root is served than the one that it was given", async () => {
  const [served, mounted] = [await copyOf("small"), await copyOf("healthy")];
  await withRegistry({ root: served }, async (url) => {
    const { disk, exitCode, unreadable } = await probe(["--root", mounted, url]);
    expect(exitCode).toBe(8);
    expect(disk!.differences.length).toBeGreaterThan(10);
    expect(new Set(disk!.differences.map(({ reason }) => reason))).toEqual(new Set(["other-storage"]));
    expect(unreadable[0]!.error).toContain(mounted);
  });
});
