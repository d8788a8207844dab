import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { unpackDigests } from "../../src/facts/packed-digests.ts";
import { readImage, readImageBlobs } from "../../src/scan/read-image.ts";
import { recorded } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

const tagged = { repository: "app", tag: "v1", digest: undefined };

describe("readImage", () => {
  it("opens each link and each manifest once, however often they are named", () => {
    const world = new World();
    const repository = world.repository("app");
    const layer = repository.layer();
    const [one, two] = [repository.image(undefined, [layer, layer]), repository.image(undefined, [layer])];
    repository.indexOf([one, one, two], "v1");
    const { fs, paths } = recorded(world.fs, "openSync");
    expect(readImage(fs, world.root, tagged)?.blobs).toHaveLength(3 + 3);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("follows links that hold another digest, as far as the registry does", () => {
    const world = new World();
    const repository = world.repository("app");
    const layer = repository.layer("content");
    const alias = digestOf("content", "sha512");
    repository.link("layer", alias, layer.digest);
    const image = repository.image("v1", [{ ...layer, digest: alias }]);
    const facts = readImage(world.fs, world.root, tagged)!;
    expect([...facts.blobs].sort()).toEqual([image.digest, image.config.digest, alias, layer.digest].sort());
    const places = facts.repository.layerLinks.flatMap(({ places }) => unpackDigests(places));
    expect(places).toContain(layer.digest);
  });

  it("reads what an index would have below a child that is not linked", () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    repository.index({ "linux/amd64": child }, "v1");
    world.removeEntry(revisionLinkPath("app", child.digest));
    expect(readImage(world.fs, world.root, tagged)?.blobs).toContain(child.config.digest);
  });

  it("tells a tag that is not there from one that lost its link", () => {
    const world = new World();
    const image = world.repository("app").image("v1");
    world.remove(tagLinkPath("app", "v1"));
    expect(readImage(world.fs, world.root, tagged)?.repository.tags[0]?.states[0]).toBe(DiskState.absent);
    world.remove("docker/registry/v2/repositories/app/_manifests/tags/v1");
    expect(readImage(world.fs, world.root, tagged)).toBeUndefined();
    expect(readImage(world.fs, world.root, { ...tagged, repository: "other" })).toBeUndefined();
    const byDigest = { repository: "app", tag: undefined, digest: image.digest };
    expect(readImage(world.fs, world.root, byDigest)).toBeDefined();
    world.removeEntry(revisionLinkPath("app", image.digest));
    expect(readImage(world.fs, world.root, byDigest)).toBeDefined();
    world.removeEntry(blobPath(image.digest));
    expect(readImage(world.fs, world.root, byDigest)).toBeUndefined();
  });

  it("ends where links and indexes lead in a circle", () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    const index = repository.index({ "linux/amd64": child }, "v1");
    world.write(revisionLinkPath("app", child.digest), index.digest);
    world.write(layerLinkPath("app", child.config.digest), child.layers[0]!.digest);
    world.write(layerLinkPath("app", child.layers[0]!.digest), child.config.digest);
    expect(readImage(world.fs, world.root, tagged)?.blobs).toHaveLength(4);
  });
});

describe("readImageBlobs", () => {
  it("looks at these blobs alone", () => {
    const world = new World();
    const [one, other] = ["one", "two"].map((content) => world.blob(content).digest) as [string, string];
    const absent = digestOf("absent");
    const { fs, paths } = recorded(world.fs, "statSync");
    const facts = [...readImageBlobs(fs, world.root, [one, absent])];
    const read = facts.flatMap(({ digests, states }) =>
      unpackDigests(digests).map((digest, row) => [digest, states[row]]),
    );
    expect(read).toEqual([
      [one, DiskState.ok],
      [absent, DiskState.absent],
    ]);
    expect(paths.some((path) => path.includes(other.slice(7)))).toBe(false);
  });
});
