import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { Bytes } from "../../../src/facts/columns.ts";
import { collect } from "../../../src/registry/collect/collect.ts";
import { graphAfter } from "../../../src/registry/collect/collection.ts";
import { harmsOf } from "../../../src/registry/collect/harm.ts";
import { RULES } from "../../../src/registry/rules.ts";
import { walkCatalogue } from "../../../src/registry/serve/catalogue.ts";
import { listNamespace } from "../../../src/scan/list-namespace.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { OCI_IMAGE, World } from "../../worlds/world.ts";

/** What a collection takes: `app:tag` or `app@`, then the parts, with `(served)` where a client gets them today. */
function harms(world: World, deleteUntagged: boolean, removed: readonly string[] = []): string[] {
  const graph = graphOf(world);
  const options = { deleteUntagged, removedTags: new Bytes() };
  for (const { tags } of graph.repositories()) {
    for (const tag of tags) if (removed.includes(graph.tags.name(tag))) options.removedTags.set(tag, 1);
  }
  const catalogue = walkCatalogue(listNamespace(world.fs, world.root), RULES[2]);
  const collection = collect({ rules: RULES[2], graph, catalogue, unexpectedInStore: [], hasBlobStore: true }, options);
  return harmsOf(graph, graphAfter(graph, collection), collection, options).map(({ repository, tag, taken }) => {
    const parts = taken.map(({ role, platform, served }) =>
      [role, platform, served && "(served)"].filter(Boolean).join(" "),
    );
    return `${repository.name}${tag < 0 ? "@" : `:${graph.tags.name(tag)}`} ${parts.join(", ")}`;
  });
}

function multi() {
  const world = new World();
  const app = world.repository("app");
  const [amd64, arm64] = [app.image(), app.image()];
  const index = app.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "1.0");
  return { world, app, amd64, arm64, index };
}

const layers = ["config (served)", "layer (served)"];

describe("harmsOf", () => {
  it("finds none where all is complete and stays", () => {
    expect(harms(multi().world, false)).toEqual([]);
  });

  it("finds the last platform of a partly broken index, which -m takes", () => {
    const { world, arm64 } = multi();
    world.removeEntry(revisionLinkPath("app", arm64.digest));
    world.removeEntry(blobPath(arm64.config.digest));
    world.removeEntry(blobPath(arm64.layers[0]!.digest));
    expect(harms(world, true)).toEqual([`app:1.0 child linux/amd64 (served), ${layers.join(", ")}`]);
    expect(harms(world, false)).toEqual([]);
  });

  it("finds what a link would repair: an unlinked child's config and layers, with and without -m", () => {
    const { world, arm64 } = multi();
    world.removeEntry(revisionLinkPath("app", arm64.digest));
    expect(harms(world, false)).toEqual([`app:1.0 ${layers.join(", ")}`]);
  });

  it("finds a tag whose revision link is lost while all of it is in the store", () => {
    const world = new World();
    const image = world.repository("app").image("1.0");
    world.removeEntry(revisionLinkPath("app", image.digest));
    expect(harms(world, false)).toEqual([`app:1.0 manifest, ${layers.join(", ")}`]);
  });

  it("finds the right content of a manifest whose link names another", () => {
    const world = new World();
    const app = world.repository("app");
    const [image, other] = [app.image("1.0"), app.image("2.0")];
    world.write(revisionLinkPath("app", image.digest), other.digest);
    expect(harms(world, false)).toEqual(["app:1.0 manifest, config (served), layer (served)"]);
  });

  it("finds the layers of a child that its index keeps, and whose link names another", () => {
    const { world, app, arm64 } = multi();
    world.write(revisionLinkPath("app", arm64.digest), app.image("2.0").digest);
    expect(harms(world, false)).toEqual([`app:1.0 ${layers.join(", ")}`]);
  });

  it("finds a repository without revisions/", () => {
    const world = new World();
    world.repository("app").image("1.0");
    world.remove(`${repositoriesPath}/app/_manifests/revisions`);
    expect(harms(world, false)).toEqual([`app:1.0 manifest, ${layers.join(", ")}`]);
  });

  it("finds content that only a manifest without a tag needs", () => {
    const world = new World();
    const app = world.repository("app");
    const child = app.image();
    app.index({ "linux/amd64": child });
    world.removeEntry(revisionLinkPath("app", child.digest));
    expect(harms(world, false)).toEqual([`app@ ${layers.join(", ")}`]);
    expect(harms(world, true)).toEqual([]);
  });

  it("finds the blob of a layer pushed by sha512 whose other link is lost", () => {
    const world = new World();
    const app = world.repository("app");
    const [config, layer] = [app.layer(), app.layer()];
    const sha512 = `sha512:${"ab".repeat(64)}`;
    app.link("layer", sha512, layer.digest);
    app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [{ ...layer, digest: sha512 }] }, "1.0");
    expect(harms(world, false)).toEqual(["app:1.0 layer (served)"]);
    world.removeEntry(layerLinkPath("app", layer.digest));
    expect(harms(world, false)).toEqual(["app:1.0 layer"]);
  });

  it("takes a blob of the right size for a layer pushed by sha512 that no link leads to", () => {
    const world = new World();
    const app = world.repository("app");
    const [config, layer] = [app.layer(), app.layer()];
    const pushed = { ...layer, digest: `sha512:${"ab".repeat(64)}` };
    app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [pushed] }, "1.0");
    app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [{ ...pushed, size: 1 }] }, "2.0");
    expect(harms(world, false)).toEqual(["app:1.0 layer"]);
  });

  it("leaves alone what only a removed tag led to, through an index too, unless another tag does", () => {
    const world = new World();
    const app = world.repository("app");
    const [config, layer] = [app.layer(), app.layer()];
    const sha512 = `sha512:${"ab".repeat(64)}`;
    app.link("layer", sha512, layer.digest);
    const child = app.manifest({
      schemaVersion: 2,
      mediaType: OCI_IMAGE,
      config,
      layers: [{ ...layer, digest: sha512 }],
    });
    const index = app.index({ "linux/amd64": child }, "1.0");
    expect(harms(world, false, ["1.0"])).toEqual([]);
    app.tag("2.0", index.digest);
    expect(harms(world, false, ["1.0"])).toEqual(["app:2.0 layer (served)"]);
  });

  it("leaves alone what nothing kept needs", () => {
    const world = new World();
    const app = world.repository("app");
    app.image("1.0");
    app.layer();
    app.image();
    expect(harms(world, true)).toEqual([]);
  });
});
