import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf } from "../worlds/scan-world.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

/** A layer link whose blob a collection has taken. */
function worldWithOrphan() {
  const world = new World();
  const app = world.repository("team/app");
  app.image("1.0");
  const layer = app.layer();
  world.removeEntry(blobPath(layer.digest));
  return { world, app, layer };
}

describe("orphan-layer-link", () => {
  it("names a layer link whose blob is gone and that no manifest wants", async () => {
    const { world, layer } = worldWithOrphan();
    expect(await findingsOf(world)).toEqual([
      {
        code: "orphan-layer-link",
        severity: "warning",
        repository: "team/app",
        digest: layer.digest,
        path: layerLinkPath("team/app", layer.digest),
        affects: [],
      },
    ]);
  });

  it.each(["1.1", undefined])("gives way to a live manifest that wants the blob (tag: %s)", async (tag) => {
    const { world, app, layer } = worldWithOrphan();
    app.image(tag, [layer]);
    expect((await findingsOf(world)).map(({ code }) => code)).toEqual(["missing-blob"]);
  });

  it("stays where only another repository wants the blob", async () => {
    const { world, layer } = worldWithOrphan();
    world.repository("team/other").image("1.0", [layer]);
    const found = await findingsOf(world);
    expect(found.map(({ code, repository }) => [code, repository])).toEqual([
      ["missing-blob", "team/other"],
      ["orphan-layer-link", "team/app"],
    ]);
  });

  it("is said in a cache", async () => {
    const { world } = worldWithOrphan();
    expect(await findingsOf(world, { kind: "cache" })).toMatchObject([{ code: "orphan-layer-link" }]);
  });

  it("is not said of a link folder without a link", async () => {
    const { world, layer } = worldWithOrphan();
    world.remove(layerLinkPath("team/app", layer.digest));
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said of a blob that cannot be looked at", async () => {
    const world = new World();
    world.repository("team/app").layer();
    const fs = failing(world.fs, "EIO", /blobs\/sha256/);
    expect(await findingsOf(world, { fs })).toEqual([]);
  });
});
