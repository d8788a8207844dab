import { describe, expect, it } from "vitest";
import { layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

describe("mismatched-link", () => {
  it("names a layer link that nothing needs and that holds another digest", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { config } = app.image("1.0");
    const { digest } = app.layer();
    app.link("layer", digest, config.digest);
    const report = await scanWorld(world);
    expect(await findingsOf(world)).toEqual([
      {
        code: "mismatched-link",
        severity: "warning",
        repository: "team/app",
        digest,
        path: layerLinkPath("team/app", digest),
        affects: [],
      },
    ]);
    expect(report.findings[0]?.message).toContain(config.digest);
    expect(report.brokenTags).toEqual([]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.link("layer", app.layer().digest, app.image("1.0").config.digest);
    expect(await findingsOf(world, { kind: "cache" })).toMatchObject([{ code: "mismatched-link" }]);
  });

  it("is said of a sha256 link to a blob of another algorithm", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0");
    app.link("layer", app.layer("layer").digest, digestOf("layer", "sha512"));
    const found = await findingsOf(world);
    expect(found.map(({ code }) => code)).toContain("mismatched-link");
  });

  it.each(["sha512", "sha384"])("is not said of a layer that was pushed by %s", async (algorithm) => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0");
    const stored = app.layer("layer");
    app.link("layer", digestOf("layer", algorithm), stored.digest);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("gives way to the image that it breaks", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image("1.0");
    app.link("layer", image.layers[0]!.digest, image.config.digest);
    expect((await findingsOf(world)).map(({ code }) => code)).toEqual(["digest-mismatch"]);
    world.remove(layerLinkPath("team/app", image.config.digest));
    expect((await findingsOf(world)).map(({ code }) => code)).toEqual(["unlinked-blob", "unlinked-blob"]);
  });

  it("names a revision link to what is not in the store; to what is there, it is what clients reject", async () => {
    const world = new World();
    const place = `sha256:${"0".repeat(64)}`;
    const path = world.repository("team/app").link("revision", place, digestOf("gone"));
    const { findings } = await scanWorld(world, { kind: "cache" });
    expect(findings).toMatchObject([{ code: "mismatched-link", digest: place, path }]);
    expect(findings[0]?.message).toMatch(/but the revision link names/);
  });

  it("is said of a sha512 link to a blob of another algorithm than the store's", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0");
    app.link("layer", digestOf("layer", "sha512"), digestOf("layer", "sha384"));
    const found = await findingsOf(world);
    expect(found.map(({ code }) => code)).toContain("mismatched-link");
  });
});
