import { expect, it } from "vitest";
import { Configs } from "../../src/graph/configs.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { digestOf, OCI_IMAGE, World } from "../worlds/world.ts";

const most = 1000;

function configsOf(world: World): string[] {
  const graph = graphOf(world);
  return new Configs(graph, most).take().map((blob) => graph.digests.text(blob));
}

/** A world with one image whose config is `content` long and said to be `size`. */
function worldWith(content: string, size: number | undefined = content.length) {
  const world = new World();
  const app = world.repository("app");
  const config = app.layer(content);
  app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config: { ...config, size }, layers: [app.layer()] }, "1");
  return { world, app, digest: config.digest };
}

it("are the configs of all images, each once, and no layer", () => {
  const { world, app, digest } = worldWith("{}");
  app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config: { digest, size: 2 }, layers: [] });
  const { config } = app.image("2");
  expect(configsOf(world).sort()).toEqual([digest, config.digest].sort());
});

it("are none of another length than was said, whose fault is known, and none that is large", () => {
  expect(configsOf(worldWith("{}", 3).world)).toEqual([]);
  expect(configsOf(worldWith("x".repeat(most + 1)).world)).toEqual([]);
  expect(configsOf(worldWith("x".repeat(most)).world)).toHaveLength(1);
});

it("are those whose length nobody says", () => {
  const { world, app, digest } = worldWith("{}", 3);
  app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config: { digest }, layers: [] });
  expect(configsOf(world)).toEqual([digest]);
});

it("are the blobs that their links name, where they are named by sha512", () => {
  const world = new World();
  const app = world.repository("app");
  const blob = app.layer("{}");
  const config = { digest: digestOf("{}", "sha512"), size: 2 };
  app.link("layer", config.digest, blob.digest);
  app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [] }, "1");
  expect(configsOf(world)).toEqual([blob.digest]);
});

it("are given again when they have changed, and not otherwise", () => {
  const { world, digest } = worldWith("{}");
  const graph = graphOf(world);
  const configs = new Configs(graph, most);
  const [blob] = configs.take();
  expect(configs.take()).toEqual([]);
  configs.lookAgain(blob!);
  configs.lookAgain(graph.digests.addText(digestOf("no config")));
  expect(configs.take().map((id) => graph.digests.text(id))).toEqual([digest]);
});
