// What a collection that keeps whole images would free.
import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { safeToFreeBytes } from "../../../src/registry/collect/keep.ts";
import { type CleanUp, collectInput, collectOptions } from "../../worlds/collect-world.ts";
import { type Descriptor, digestOf, type Image, OCI_IMAGE, World } from "../../worlds/world.ts";

function freed(world: World, cleanUp: CleanUp = {}): number {
  const input = collectInput(world);
  return safeToFreeBytes(input.graph, collectOptions(input, cleanUp));
}

function bytesOf(...images: Image[]): number {
  return images.flatMap((image) => [image, image.config, ...image.layers]).reduce((sum, { size }) => sum + size, 0);
}

function appWorld() {
  const world = new World();
  return { world, app: world.repository("team/app") };
}

/** A referrer: an image that has this subject. */
function referrer(app: ReturnType<World["repository"]>, { digest, size }: Descriptor): Image {
  const [config, layer] = [app.layer(), app.layer()];
  const content = { schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [layer], subject: { digest, size } };
  return { ...app.manifest(content), config, layers: [layer] };
}

describe("safeToFreeBytes", () => {
  it("frees what nothing names, and counts its bytes", () => {
    const { world, app } = appWorld();
    app.image("1.0");
    world.blob("12345");
    world.blob("123");
    expect(freed(world)).toBe(8);
  });

  it("keeps untagged revisions, but with -m frees them", () => {
    const { world, app } = appWorld();
    const old = app.image();
    app.image("1.0");
    expect(freed(world)).toBe(0);
    expect(freed(world, { m: true })).toBe(bytesOf(old));
  });

  it("keeps what a tag names, has it a revision link or not", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    world.removeEntry(revisionLinkPath("team/app", image.digest));
    for (const m of [false, true]) expect(freed(world, { m })).toBe(0);
  });

  it("keeps children to any depth", () => {
    const { world, app } = appWorld();
    app.indexOf([app.indexOf([app.image()]), app.image()], "nested");
    expect(freed(world, { m: true })).toBe(0);
  });

  it("keeps the referrers of a kept image, and theirs", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    referrer(app, referrer(app, image));
    referrer(app, image);
    expect(freed(world, { m: true })).toBe(0);
  });

  it("keeps no referrer of what goes, nor of what is not there", () => {
    const { world, app } = appWorld();
    const old = app.image();
    const gone = { digest: digestOf("gone"), size: 4 };
    const referrers = [referrer(app, old), referrer(app, gone)];
    expect(freed(world, { m: true })).toBe(bytesOf(old, ...referrers));
  });

  it("keeps no referrer in another repository than its subject's", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    const signature = referrer(world.repository("team/other"), image);
    expect(freed(world, { m: true })).toBe(bytesOf(signature));
  });

  it("frees what only a removed tag names, with -m", () => {
    const { world, app } = appWorld();
    const old = app.image("1.0");
    app.image("2.0");
    const removed = ["team/app:1.0"];
    expect(freed(world, { removed })).toBe(0);
    expect(freed(world, { m: true, removed })).toBe(bytesOf(old));
  });

  it("keeps the blob behind a sha512 alias", () => {
    const { world, app } = appWorld();
    const layer = app.layer("by sha512");
    const alias = digestOf("by sha512", "sha512");
    app.link("layer", alias, layer.digest);
    app.image("1.0", [{ ...layer, digest: alias }]);
    expect(freed(world)).toBe(0);
  });

  it("counts no folder for data, and copes with revisions and tags that lead nowhere", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    app.link("revision", digestOf("a"), "no digest");
    app.tag("broken", "no digest");
    app.tag("gone", digestOf("gone"));
    world.mkdir(blobPath(digestOf("folder")));
    for (const m of [false, true]) expect(freed(world, { m })).toBe(0);
    world.removeEntry(blobPath(image.digest));
    expect(freed(world)).toBe(bytesOf(image) - image.size);
  });
});
