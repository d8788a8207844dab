import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { emptiedRepositories, orphanedReferrers } from "../../../src/registry/usage/leftovers.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { OCI_IMAGE, World } from "../../worlds/world.ts";

describe("orphanedReferrers", () => {
  /** An image with a signature by its tag, a fallback list, and a referrer without a tag. */
  function signed() {
    const world = new World();
    const app = world.repository("app");
    const image = app.image("1.0");
    const hex = image.digest.replace(":", "-");
    const signature = app.image(`${hex}.sig`);
    const [config, layer] = [app.layer(), app.layer()];
    const subject = { mediaType: OCI_IMAGE, digest: image.digest, size: image.size };
    const content = { schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [layer], subject };
    const referrer = app.manifest(content);
    app.indexOf([referrer], hex);
    return { world, image, signature, referrer, config, layer };
  }
  const found = (world: World) => {
    const graph = graphOf(world);
    return [...orphanedReferrers(graph)].map(({ tag, digest, bytes }) => [
      tag < 0 ? undefined : graph.tags.name(tag).replace(/[0-9a-f]{64}/, "…"),
      graph.digests.text(digest),
      bytes,
    ]);
  };

  it("are none while their image is there", () => {
    expect(found(signed().world)).toEqual([]);
  });

  it.each(["its link", "its blob"])("are those by tag and by subject of an image that has lost %s", (what) => {
    const { world, image, signature, referrer, config, layer } = signed();
    world.remove(`${repositoriesPath}/app/_manifests/tags/1.0`);
    world.removeEntry(what === "its link" ? revisionLinkPath("app", image.digest) : blobPath(image.digest));
    expect(found(world)).toEqual([
      ["sha256-…", expect.any(String), expect.any(Number)],
      ["sha256-….sig", signature.digest, signature.size + signature.config.size + signature.layers[0]!.size],
      [undefined, referrer.digest, referrer.size + config.size + layer.size],
    ]);
  });
});

describe("emptiedRepositories", () => {
  it("are those that the catalogue still names, with nothing to pull and no upload", () => {
    const world = new World();
    for (const name of ["full", "empty", "uploading", "deleted"]) world.repository(name);
    const image = world.repository("full").image("1");
    world.write(`${repositoriesPath}/uploading/_uploads/1/data`, "half");
    // A delete over HTTP leaves the directory of the link.
    world.mkdir(`${repositoriesPath}/deleted/_manifests/revisions/${image.digest.replace(":", "/")}`);
    expect(emptiedRepositories(graphOf(world), ["deleted", "empty", "full", "uploading"])).toEqual([
      "deleted",
      "empty",
    ]);
  });
});
