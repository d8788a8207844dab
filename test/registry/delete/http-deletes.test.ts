// What a client's DELETE takes: links, tags, nothing where it is refused, and what garbage collection does after it.
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath, tagLinkPath } from "../../../scripts/fixtures/storage.ts";
import { collect } from "../../../src/registry/collect/collect.ts";
import { graphAfter } from "../../../src/registry/collect/collection.ts";
import { type DeleteOutcome, HttpDeletes } from "../../../src/registry/delete/http-deletes.ts";
import { serveBlob, serveManifest } from "../../../src/registry/serve/serve.ts";
import { collectInput, tagOf } from "../../worlds/collect-world.ts";
import { type Image, World } from "../../worlds/world.ts";

function appWorld() {
  const world = new World();
  const app = world.repository("app");
  return { world, app, image: app.image("build-7") };
}

/** The deletes of a world as it is now, with what is deleted by name. */
function deletesIn(world: World) {
  const input = collectInput(world);
  const { graph } = input;
  const deletes = new HttpDeletes(graph);
  const app = graph.findRepository("app")!;
  const said = ({ answer, tags }: DeleteOutcome) => [answer, ...tags.map((tag) => graph.tags.name(tag))];
  return {
    deletes,
    byTag: (name: string) => said(deletes.deleteTag(tagOf(input, `app:${name}`))),
    byDigest: (digest: string) => said(deletes.deleteDigest(app, graph.digests.find(digest))),
    servesManifest: (digest: string) => serveManifest(deletes.view, app, graph.digests.find(digest)).answer,
    servesBlob: (digest: string) => serveBlob(deletes.view, app, graph.digests.find(digest)).answer,
    collectedAfter: (deleteUntagged = false) => {
      const { view, removedTags } = deletes;
      const collection = collect({ ...input, graph: view }, { deleteUntagged, removedTags });
      const after = graphAfter(view, collection);
      return {
        blobs: collection.deletedBlobs.map((blob) => graph.digests.text(blob)).sort(),
        aborts: collection.aborts,
        stillServed: (digest: string) => serveManifest(after, app, graph.digests.find(digest)).answer,
      };
    },
  };
}

const blobsOf = ({ digest, config, layers }: Image) => [digest, config.digest, ...layers.map((layer) => layer.digest)];

describe("a delete by digest", () => {
  it("takes the manifest, and every tag of the repository that names it", () => {
    const { world, app, image } = appWorld();
    app.tag("stable", image.digest);
    app.image("other");
    const { byDigest, servesManifest } = deletesIn(world);
    expect(byDigest(image.digest)).toEqual(["deleted", "build-7", "stable"]);
    expect(servesManifest(image.digest)).toBe("not-linked");
  });

  it("takes the layer link of the same digest, which an image may need", () => {
    const { world, app, image } = appWorld();
    app.link("layer", image.digest);
    const { byDigest, servesBlob, servesManifest } = deletesIn(world);
    expect(servesBlob(image.digest)).toBe("served");
    expect(byDigest(image.digest)).toEqual(["deleted", "build-7"]);
    expect([servesBlob(image.digest), servesManifest(image.digest)]).toEqual(["not-linked", "not-linked"]);
  });

  it("leaves the tags of other repositories", () => {
    const { world, image } = appWorld();
    const other = world.repository("other");
    other.link("revision", image.digest);
    other.tag("build-7", image.digest);
    expect(deletesIn(world).byDigest(image.digest)).toEqual(["deleted", "build-7"]);
  });

  it("finds nothing the second time", () => {
    const { world, image } = appWorld();
    const { byDigest } = deletesIn(world);
    byDigest(image.digest);
    expect(byDigest(image.digest)).toEqual(["not-served"]);
  });

  it("finds a manifest that only a layer link leads to", () => {
    const { world, app, image } = appWorld();
    world.remove(revisionLinkPath("app", image.digest));
    app.link("layer", image.digest);
    expect(deletesIn(world).byDigest(image.digest)).toEqual(["deleted", "build-7"]);
  });

  it("is refused where the blob is gone, and deletes one that is corrupt", () => {
    const { world, app, image } = appWorld();
    const corrupt = app.image("corrupt");
    world.remove(blobPath(image.digest));
    world.write(blobPath(corrupt.digest), "not a manifest");
    const { byDigest } = deletesIn(world);
    expect(byDigest(image.digest)).toEqual(["not-served"]);
    expect(byDigest(corrupt.digest)).toEqual(["deleted", "corrupt"]);
  });

  it("fails at a malformed revision link, and takes nothing", () => {
    const { world, image } = appWorld();
    world.write(revisionLinkPath("app", image.digest), "");
    expect(deletesIn(world).byDigest(image.digest)).toEqual(["fails"]);
  });

  it("fails half-way where any tag of the repository cannot be read: the links are gone, the tags stay", () => {
    const { world, app, image } = appWorld();
    app.image("other");
    world.write(tagLinkPath("app", "other"), "");
    const { byDigest, servesManifest } = deletesIn(world);
    expect(byDigest(image.digest)).toEqual(["fails-half-way"]);
    expect(servesManifest(image.digest)).toBe("not-linked");
  });

  it("passes over a tag's folder that holds no tag", () => {
    const { world, image } = appWorld();
    world.mkdir(`${repositoriesPath}/app/_manifests/tags/empty`);
    expect(deletesIn(world).byDigest(image.digest)).toEqual(["deleted", "build-7"]);
  });

  it("is gone under the repository's second name too", () => {
    const { world, image } = appWorld();
    world.symlink(`${repositoriesPath}/second`, `${world.root}/${repositoriesPath}/app`);
    const input = collectInput(world);
    const { view, ...rest } = deletesIn(world).deletes;
    expect(rest.removedTags.length).toBe(0);
    const deletes = new HttpDeletes(input.graph);
    const id = input.graph.digests.find(image.digest);
    deletes.deleteDigest(input.graph.findRepository("app")!, id);
    expect(serveManifest(deletes.view, input.graph.findRepository("second")!, id).answer).toBe("not-linked");
    expect(serveManifest(view, input.graph.findRepository("second")!, id).answer).toBe("served");
  });
});

describe("a delete by tag", () => {
  it("takes the digest that the tag names, with its other tags", () => {
    const { world, app, image } = appWorld();
    app.tag("stable", image.digest);
    const { byTag } = deletesIn(world);
    expect(byTag("build-7")).toEqual(["deleted", "build-7", "stable"]);
    expect(byTag("stable")).toEqual(["not-served"]);
  });

  it("cannot delete a dangling tag, nor one whose manifest cannot be parsed", () => {
    const { world, app, image } = appWorld();
    const corrupt = app.image("corrupt");
    world.remove(revisionLinkPath("app", image.digest));
    world.write(blobPath(corrupt.digest), "not a manifest");
    const { byTag } = deletesIn(world);
    expect(byTag("build-7")).toEqual(["not-served"]);
    expect(byTag("corrupt")).toEqual(["fails"]);
  });
});

describe("garbage collection after deletes", () => {
  it("sweeps what was deleted, without -m", () => {
    const { world, app, image } = appWorld();
    const kept = app.image("kept");
    const { byTag, collectedAfter } = deletesIn(world);
    byTag("build-7");
    const { blobs, stillServed } = collectedAfter();
    expect(blobs).toEqual(blobsOf(image).sort());
    expect([stillServed(image.digest), stillServed(kept.digest)]).toEqual(["not-linked", "served"]);
  });

  it("finds the empty revision folder with -m, and does not abort", () => {
    const { world, app, image } = appWorld();
    app.image();
    const { byTag, collectedAfter } = deletesIn(world);
    byTag("build-7");
    expect(collectedAfter(true)).toMatchObject({ aborts: [], blobs: expect.arrayContaining(blobsOf(image)) });
  });
});
