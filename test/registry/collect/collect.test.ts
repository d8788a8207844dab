// What a collection marks and deletes where nothing stops it.
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath, tagLinkPath } from "../../../scripts/fixtures/storage.ts";
import { collect } from "../../../src/registry/collect/collect.ts";
import { collected, collectInput, collectOptions } from "../../worlds/collect-world.ts";
import { type Descriptor, digestOf, type Image, OCI_IMAGE, World } from "../../worlds/world.ts";

const app = `${repositoriesPath}/team/app`;

function appWorld() {
  const world = new World();
  return { world, app: world.repository("team/app") };
}

/** Digests and bytes of blobs, as `collected` gives them. */
function all(...blobs: Descriptor[]) {
  return {
    blobs: blobs.map(({ digest }) => digest).sort(),
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Config and layers of an image. */
function content({ config, layers }: Image): Descriptor[] {
  return [config, ...layers];
}

describe("collection", () => {
  it("keeps a revision with its config and layers, and deletes what nothing names", () => {
    const { world, app } = appWorld();
    app.image("1.0", [app.layer(), app.layer()]);
    const left = world.blob("left over");
    expect(collected(world)).toEqual({ aborts: [], marked: 4, manifests: [], ...all(left) });
  });

  it("counts what images share once", () => {
    const { world, app } = appWorld();
    const shared = app.layer();
    app.image("1.0", [shared]);
    app.image("2.0", [shared, shared]);
    expect(collected(world)).toMatchObject({ marked: 5, blobs: [] });
  });

  it("deletes a blob that has a layer link alone", () => {
    const { world, app } = appWorld();
    app.image("1.0");
    const layer = app.layer();
    expect(collected(world)).toMatchObject(all(layer));
  });

  it("keeps what untagged revisions need, but with -m only what tagged ones do", () => {
    const { world, app } = appWorld();
    const old = app.image();
    app.image("1.0");
    expect(collected(world)).toMatchObject({ marked: 6, manifests: [], blobs: [] });
    expect(collected(world, { m: true })).toEqual({
      aborts: [],
      marked: 3,
      manifests: [`team/app@${old.digest}`],
      ...all(old, ...content(old)),
    });
  });

  it("keeps a tagged index and its children, but with -m loses the children's links, configs and layers", () => {
    const { world, app } = appWorld();
    const [amd64, arm64] = [app.image(), app.image()];
    app.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "multi");
    expect(collected(world)).toMatchObject({ marked: 7, manifests: [], blobs: [] });
    const { manifests, ...rest } = collected(world, { m: true });
    expect(rest).toEqual({ aborts: [], marked: 3, ...all(...content(amd64), ...content(arm64)) });
    expect(manifests.sort()).toEqual([amd64, arm64].map(({ digest }) => `team/app@${digest}`).sort());
  });

  it("goes no deeper than one level in nested indexes with -m", () => {
    const { world, app } = appWorld();
    const image = app.image();
    const inner = app.indexOf([image]);
    app.indexOf([inner], "nested");
    expect(collected(world, { m: true })).toMatchObject({ marked: 2, ...all(image, ...content(image)) });
  });

  it("takes a referrer for an untagged revision, and keeps no subject for it", () => {
    const { world, app } = appWorld();
    const subject = app.image("1.0");
    const config = app.layer();
    const { digest, size } = subject;
    const referrer = { schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [], subject: { digest, size } };
    const signature = app.manifest(referrer);
    expect(collected(world, { m: true })).toMatchObject({
      manifests: [`team/app@${signature.digest}`],
      ...all(signature, config),
    });
    world.removeEntry(revisionLinkPath("team/app", subject.digest));
    expect(collected(world)).toMatchObject({ marked: 2, ...all(subject, ...content(subject)) });
  });

  it("counts a removed tag as gone with -m", () => {
    const { world, app } = appWorld();
    const [old] = [app.image("1.0"), app.image("2.0")];
    const removed = ["team/app:1.0"];
    expect(collected(world, { removed })).toMatchObject({ manifests: [], blobs: [] });
    expect(collected(world, { m: true, removed })).toMatchObject({ manifests: [`team/app@${old.digest}`], marked: 3 });
  });

  it("passes over a tag without a current link with -m", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    app.image("2.0");
    world.remove(tagLinkPath("team/app", "1.0"));
    expect(collected(world, { m: true })).toMatchObject({ aborts: [], manifests: [`team/app@${image.digest}`] });
  });

  it("keeps in one repository what another deletes", () => {
    const { world, app } = appWorld();
    const layer = app.layer();
    const old = app.image(undefined, [layer]);
    app.image("1.0");
    const other = world.repository("team/other");
    other.link("layer", layer.digest);
    other.image("1.0", [layer]);
    const { blobs, manifests } = collected(world, { m: true });
    expect(manifests).toEqual([`team/app@${old.digest}`]);
    expect(blobs).toEqual([old.digest, old.config.digest].sort());
  });

  it("deletes all that a repository without _layers owns", () => {
    const { world, app } = appWorld();
    app.image("1.0");
    const unseen = world.repository("mirror").image("1.0");
    world.remove(`${repositoriesPath}/mirror/_layers`);
    expect(collected(world)).toEqual({ aborts: [], marked: 3, manifests: [], ...all(unseen, ...content(unseen)) });
  });

  it("deletes what a repository behind a file that begins with _ owns", () => {
    const { world, app } = appWorld();
    app.image("1.0");
    const hidden = world.repository("z").image("1.0");
    world.write(`${repositoriesPath}/u/_note`);
    expect(collected(world)).toMatchObject({ blobs: [] });
    world.write(`${repositoriesPath}/_note`);
    expect(collected(world).blobs).toContain(hidden.digest);
  });

  it("marks nothing in a repository without revisions", () => {
    const { world, app } = appWorld();
    expect(collected(world)).toMatchObject({ aborts: [], marked: 0, blobs: [] });
    const layer = app.layer();
    expect(collected(world, { m: true })).toMatchObject({ marked: 0, ...all(layer) });
  });

  it("marks the sha512 digest that a manifest names, and deletes the blob that holds the bytes", () => {
    const { world, app } = appWorld();
    const layer = app.layer("by sha512");
    const alias = digestOf("by sha512", "sha512");
    app.link("layer", alias, layer.digest);
    app.image("1.0", [{ ...layer, digest: alias }]);
    expect(collected(world)).toMatchObject({ marked: 3, ...all(layer) });
  });

  it("marks text that is not a digest like any other", () => {
    const { world, app } = appWorld();
    app.image("1.0", [{ digest: "sha256:nonsense", size: 1 }]);
    expect(collected(world)).toMatchObject({ aborts: [], marked: 3, blobs: [] });
  });

  it("passes over a revision whose manifest is gone, or is a folder, and deletes what that needed", () => {
    for (const asFolder of [false, true]) {
      const { world, app } = appWorld();
      const image = app.image("1.0");
      world.removeEntry(blobPath(image.digest));
      if (asFolder) world.mkdir(blobPath(image.digest));
      for (const m of [false, true]) {
        expect(collected(world, { m })).toEqual({ aborts: [], marked: 0, manifests: [], ...all(...content(image)) });
      }
    }
  });

  it("looks at no manifest that has a layer link alone", () => {
    const { world, app } = appWorld();
    const image = app.image("1.0");
    app.link("layer", image.digest);
    world.removeEntry(revisionLinkPath("team/app", image.digest));
    expect(collected(world)).toMatchObject({ marked: 0, ...all(image, ...content(image)) });
  });

  it("marks what a revision's link holds, not its place", () => {
    const { world, app } = appWorld();
    const [one, two] = [app.image("1.0"), app.image("2.0")];
    app.link("revision", one.digest, two.digest);
    expect(collected(world)).toMatchObject({ marked: 3, ...all(one, ...content(one)) });
  });

  it("reads a link that lies at another depth below revisions", () => {
    for (const place of ["link", "sha256/old/link", "md5/link"]) {
      const { world, app } = appWorld();
      const image = app.image("1.0");
      world.removeEntry(revisionLinkPath("team/app", image.digest));
      app.link("layer", image.digest);
      world.write(`${app.folder}/_manifests/revisions/${place}`, image.digest);
      expect(collected(world)).toMatchObject({ aborts: [], marked: 3, blobs: [] });
      expect(collected(world, { m: true })).toMatchObject({ aborts: [], marked: 3, blobs: [] });
    }
  });

  it("deletes no folder of the store that is empty, or whose data is a folder", () => {
    const { world } = appWorld();
    world.mkdir(blobPath(digestOf("a")).replace(/\/data$/, ""));
    world.mkdir(blobPath(digestOf("b")));
    expect(collected(world)).toEqual({ aborts: [], marked: 0, manifests: [], blobs: [], bytes: 0 });
  });

  it("marks the revision links that go by their numbers, and the blobs", () => {
    const { world, app } = appWorld();
    const [old, kept] = [app.image(), app.image("1.0")];
    const input = collectInput(world);
    const { digests, revisions } = input.graph;
    const { deletedLinks, isBlobDeleted } = collect(input, collectOptions(input, { m: true }));
    const gone = ({ digest }: Descriptor) => {
      const blob = digests.find(digest);
      return [deletedLinks.revision.at(revisions.find(0, blob)), isBlobDeleted.at(blob)];
    };
    expect([old, kept].map(gone)).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it("reads no tags where no revision is found, whatever state they are in", () => {
    const { world, app: repository } = appWorld();
    repository.layer();
    world.mkdir(`${app}/_manifests/revisions`);
    world.write(tagLinkPath("team/app", "1.0"), "no digest");
    expect(collected(world, { m: true })).toMatchObject({ aborts: [] });
  });
});
