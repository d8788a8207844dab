import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf } from "../worlds/scan-world.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

/** An untagged image whose manifest is gone from the store. */
function worldWithoutManifest() {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image();
  world.removeEntry(blobPath(image.digest));
  return { world, app, image };
}

describe("missing-manifest", () => {
  it("names the link of an untagged revision whose manifest is gone", async () => {
    const { world, image } = worldWithoutManifest();
    expect(await findingsOf(world)).toEqual([
      {
        code: "missing-manifest",
        severity: "warning",
        repository: "team/app",
        digest: image.digest,
        path: revisionLinkPath("team/app", image.digest),
        affects: [],
      },
    ]);
  });

  it("gives way to what needs the manifest: a tag, an index", async () => {
    const { world, app, image } = worldWithoutManifest();
    app.index({ "linux/amd64": image });
    expect((await findingsOf(world)).map(({ code }) => code)).toEqual(["missing-child"]);
    app.tag("1.0", image.digest);
    expect((await findingsOf(world)).map(({ code }) => code)).toEqual(["missing-child", "dangling-tag"]);
  });

  it("is said of a manifest that only a tag names which no client can ask for", async () => {
    const { world, app, image } = worldWithoutManifest();
    app.tag(".hidden", image.digest);
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-manifest", digest: image.digest }]);
  });

  it("is not said of an empty revision folder, nor in a cache", async () => {
    const { world, image } = worldWithoutManifest();
    expect(await findingsOf(world, { kind: "cache" })).toEqual([]);
    world.remove(revisionLinkPath("team/app", image.digest));
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said of a manifest that cannot be looked at", async () => {
    const world = new World();
    world.repository("team/app").image();
    const fs = failing(world.fs, "EIO", /blobs\/sha256/);
    expect(await findingsOf(world, { fs })).toEqual([]);
  });
});
