// States in which the user who collects may not delete what the collection deletes.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../../scripts/registry/server.ts";
import { blobPath, currentLinkPath, linkPath } from "../exactness/damage/site.ts";
import { makeOld } from "../exactness/gate/compare-gate.ts";
import { repositoriesBase } from "../exactness/storage.ts";
import { gate, harmOfCollection, pushedRoot } from "./stage.ts";

const untagged = makeImage("untagged");
const images = { "app:1": makeImage("one"), app: untagged, "other:1": makeImage("other") };
const lenient = ["--quiet-period", "0s", "--allow-broken", "--fail-on", "never"];
const folderOf = (root: string, digest: string) => dirname(join(root, blobPath(digest)));

describe("the user who collects may not delete a folder", () => {
  const uid = 65_534;
  it("stops where the owner of the rest or an option tells who that is", async () => {
    const root = await pushedRoot(images);
    execFileSync("chown", ["-R", String(uid), root]);
    chownSync(dirname(folderOf(root, untagged.blobs[1]!.digest)), 0, 0);
    for (const who of [[], ["--as-user", String(uid)]]) {
      expect(gate("-m", ...lenient, ...who, root).code, who.join(" ")).toBe(4);
    }
    expect(await harmOfCollection(root, true)).toMatch(/permission denied/);
  });

  const [link, tag] = [linkPath("app", "_manifests/revisions", images["app:1"].digest), currentLinkPath("app", "1")];
  const data = blobPath(images["app:1"].digest);
  it.each([
    ["a revision link", link, 0o600, [false, true]],
    ["the directory of one", dirname(link), 0o711, [false, true]],
    ["a manifest", data, 0o600, [false, true]],
    ["a blob's directory", dirname(data), 0o711, [false, true]],
    ["a repository", `${repositoriesBase}/other`, 0o700, [false, true]],
    ["what a tag names", tag, 0o600, [true]],
  ])("stops where that user may not read %s", async (_, path, mode, aborting) => {
    const root = await pushedRoot(images);
    execFileSync("chown", ["-R", String(uid), root]);
    chownSync(join(root, path), 0, 0);
    chmodSync(join(root, path), mode);
    for (const untagged of [false, true]) {
      const aborts = aborting.includes(untagged);
      const { code, text } = gate(...(untagged ? ["-m"] : []), ...lenient, root);
      expect([code, text]).toEqual(
        aborts ? [4, expect.stringContaining("may not read 1 place")] : [0, expect.anything()],
      );
      const harm = await harmOfCollection(root, untagged);
      expect(harm ?? "").toMatch(aborts ? /permission denied/ : /^$/);
    }
  });

  const moved = (root: string) => dirname(dirname(join(root, currentLinkPath("app", "moved"))));
  it.each([
    ["a blob", (root: string) => join(root, blobPath(untagged.blobs[1]!.digest)), 1],
    ["a blob's directory", (root: string) => folderOf(root, untagged.blobs[1]!.digest), 2],
    ["an entry in a tag's history", (root: string) => join(moved(root), "index", untagged.digest.replace(":", "/")), 2],
    ["all of a tag", moved, 3],
  ])("stops where %s is immutable, for root too", async (_, pathIn, count) => {
    const root = await pushedRoot({ "app:moved": untagged, "other:1": makeImage("other") });
    await withRegistry({ root }, (url) => pushImage(url, "app", makeImage("one"), "moved"));
    await makeOld(root);
    const path = pathIn(root);
    execFileSync("chattr", ["-R", "+i", path]);
    try {
      const { code, text } = gate("-m", ...lenient, root);
      expect([code, text]).toEqual([4, expect.stringContaining(`nobody may delete ${count} place`)]);
      expect(await collectGarbage(root, { deleteUntagged: true })).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("operation not permitted"),
      });
    } finally {
      execFileSync("chattr", ["-R", "-i", path]);
    }
  });

  it("goes where nothing is to be deleted there", async () => {
    const root = await pushedRoot({ "app:1": makeImage("one") });
    execFileSync("chown", ["-R", String(uid), root]);
    chownSync(dirname(folderOf(root, makeImage("one").digest)), 0, 0);
    expect(gate(...lenient, root).code).toBe(0);
    expect(await harmOfCollection(root, false)).toBeUndefined();
  });
});
