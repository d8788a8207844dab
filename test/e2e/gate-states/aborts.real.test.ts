// States in which the collection ends half-way: where it comes to the same thing twice, or to a name that is no text.

import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeImage } from "../../../scripts/registry/content.ts";
import { blobPath } from "../exactness/damage/site.ts";
import { repositoriesBase } from "../exactness/storage.ts";
import { gate, harmOfCollection, link, pushedRoot } from "./stage.ts";

const untagged = makeImage("untagged");
const images = { "app:1": makeImage("one"), app: untagged, "other:1": makeImage("other") };
const lenient = ["--quiet-period", "0s", "--allow-broken", "--fail-on", "never"];
const folderOf = (root: string, digest: string) => dirname(join(root, blobPath(digest)));

describe("something has two paths", () => {
  it("stops with -m where a repository is a link to another", async () => {
    const root = await pushedRoot(images);
    link(join(root, repositoriesBase, "app"), join(root, repositoriesBase, "alias"));
    const { code, text } = gate("-m", ...lenient, root);
    expect([code, text]).toEqual([4, expect.stringContaining("alias")]);
    expect(await harmOfCollection(root, true)).toMatch(/the collection ends with 1/);
  });

  it("stops where a blob folder is a link to another", async () => {
    const root = await pushedRoot(images);
    // It completes where the links come before what they lead to: the first by name is the last of them most seldom.
    const folders = untagged.blobs.map(({ digest }) => folderOf(root, digest));
    const [garbage, ...others] = folders.sort() as [string, ...string[]];
    for (const other of others) {
      rmSync(other, { recursive: true });
      link(garbage, other);
    }
    const { code, text } = gate("-m", ...lenient, root);
    expect([code, text]).toEqual([4, expect.stringContaining("abort")]);
    // Blobs go in no order: on a copy each time, until one comes that ends half-way.
    let harm: string | undefined;
    for (let round = 0; round < 40 && harm === undefined; round++) harm = await harmOfCollection(root, true);
    expect(harm).toMatch(/the collection ends with 1/);
  });
});

describe("a bit has flipped in the name of a blob folder", () => {
  it.each([false, true])("stops, and the path is named (-m: %s)", async (deleteUntagged) => {
    const root = await pushedRoot(images);
    const folder = folderOf(root, untagged.blobs[1]!.digest);
    const name = Buffer.from(folder);
    name[name.length - 1]! ^= 0x80;
    renameSync(folder, name);
    const { code, text } = gate(...(deleteUntagged ? ["-m"] : []), ...lenient, root);
    expect([code, text]).toEqual([4, expect.stringContaining(folder.slice(-20, -1))]);
    expect(await harmOfCollection(root, deleteUntagged)).toMatch(/invalid checksum digest format/);
  });
});
