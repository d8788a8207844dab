// A repository of 500 tags, and 90 repositories, at a real registry: all are listed, page by page, and all are checked.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blobPath, removeEntry, repositoriesPath } from "../../../scripts/fixtures/storage.ts";
import { makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { badLine } from "./bad-line.ts";
import { probe } from "./probing.ts";

const TAGS = 500;
const REPOSITORIES = 90;

it("checks 500 tags of one image by a request each", async () => {
  const root = temporaryFolder();
  const image = makeImage("a");
  await withRegistry({ root }, async (url) => {
    await pushImage(url, "team/api", image, "v0");
    const tags = join(root, repositoriesPath, "team/api/_manifests/tags");
    for (let tag = 1; tag < TAGS; tag++) cpSync(join(tags, "v0"), join(tags, `v${tag}`), { recursive: true });
    const { exitCode, roots, images } = await probe([url]);
    expect([exitCode, images.length]).toEqual([0, TAGS]);
    // Catalogue, list, greeting; a manifest a tag; config and two layers once.
    expect(roots[0]!.counts).toMatchObject({ tags: TAGS, checked: TAGS, blobs: 3 });
    expect(roots[0]!.counts.requests).toBeLessThanOrEqual(TAGS + 10);
  });
});

it("reads a catalogue of several pages to its end, as registries with small pages have it", async () => {
  const root = temporaryFolder();
  const image = makeImage("a");
  await withRegistry({ root }, async (url) => {
    await pushImage(url, "r0", image, "1");
    const folder = join(root, repositoriesPath);
    for (let number = 1; number < REPOSITORIES; number++) {
      cpSync(join(folder, "r0"), join(folder, `r${number}`), { recursive: true });
    }
    await removeEntry(root, blobPath(image.blobs[1]!.digest));
    // A registry that hands out no more than 40 names, whatever it is asked for.
    const line = await badLine(url, {}, 1, (path) => path.replace("?n=1000", "?n=40"));
    try {
      const { exitCode, brokenTags, roots } = await probe([line.url]);
      expect([exitCode, brokenTags.length]).toEqual([4, REPOSITORIES]);
      expect(roots[0]!.counts.repositories).toBe(REPOSITORIES);
      expect(line.done.get("catalogue")).toBe(Math.ceil(REPOSITORIES / 40));
    } finally {
      line.close();
    }
  });
});
