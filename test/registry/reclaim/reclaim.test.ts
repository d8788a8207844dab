// What can be deleted of a repository, what is kept without a tag, and why.
import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../../scripts/fixtures/storage.ts";
import { Bytes } from "../../../src/facts/columns.ts";
import { isHarmful, reclaim } from "../../../src/registry/reclaim/reclaim.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { collectInput, tagOf } from "../../worlds/collect-world.ts";
import { type Descriptor, OCI_IMAGE, type RepositoryWorld, World } from "../../worlds/world.ts";

interface Asked {
  /** `repository:tag` of the tags that a clean-up removes, and of those that are named one by one. */
  removed?: readonly string[];
  named?: readonly string[];
  /** How many tags stay. */
  keepTags?: number;
  /** Digests that were pushed too lately. */
  young?: readonly Descriptor[];
  /** The platforms that images are to have. */
  platforms?: readonly string[];
}

/** Digests of what can go; `digest: reason` of what is kept without a tag. */
function found(world: World, { removed = [], named = [], young = [], platforms, keepTags }: Asked = {}) {
  const input = collectInput(world);
  const { graph } = input;
  const [all, one] = [new Bytes(), new Bytes()];
  for (const image of [...removed, ...named]) all.set(tagOf(input, image), 1);
  for (const image of named) one.set(tagOf(input, image), 1);
  const rules = { platforms: platforms ? [{ repository: "*", wanted: platforms }] : [] };
  const isYoung = (digest: number) => young.some((each) => each.digest === graph.digests.text(digest));
  const { free, freeBytes, kept, staying, simulation, freedAnyway } = reclaim(input, pullAll(graph, rules), {
    cleanUp: { all, named: one, keepTags },
    since: 10,
    linkTime: (_, __, digest) => (isYoung(digest) ? 11 : 10),
  });
  return {
    free: free.map(({ repository, digest }) => `${repository.name}@${graph.digests.text(digest)}`),
    kept: kept.map(({ digest, reason }) => `${graph.digests.text(digest)}: ${reason}`).sort(),
    staying: staying.map(({ tag, reason }) => `${graph.tags.name(tag)}: ${reason}`),
    bytes: freeBytes.reduce((sum, bytes) => sum + bytes, 0),
    freed: simulation.collection.deletedBytes,
    freedAnyway,
    isHarmful: isHarmful(simulation),
  };
}

/** A repository in which there are tags, or were. */
function repository(world: World, name: string): RepositoryWorld {
  world.mkdir(`${repositoriesPath}/${name}/_manifests/tags`);
  return world.repository(name);
}

function appWorld() {
  const world = new World();
  return { world, app: repository(world, "app") };
}

const go = (...images: readonly Descriptor[]) => images.map(({ digest }) => `app@${digest}`).sort();
const sorted = (names: readonly string[]) => [...names].sort();

function referrer(app: RepositoryWorld, { digest, size }: Descriptor, tag?: string): Descriptor {
  const layers = [app.layer()];
  return app.manifest(
    { schemaVersion: 2, mediaType: OCI_IMAGE, config: app.layer(), layers, subject: { digest, size } },
    tag,
  );
}

describe("what no tag names", () => {
  it("goes, and frees what only it needs", () => {
    const { world, app } = appWorld();
    const base = app.layer("base");
    const old = app.image(undefined, [base, app.layer("own layer")]);
    app.image("latest", [base]);
    const { free, bytes, freed } = found(world);
    expect(free).toEqual(go(old));
    expect(bytes).toBe(old.size + old.config.size + "own layer".length);
    expect(freed).toBe(bytes);
  });

  it("counts apart what garbage collection frees without any delete", () => {
    const { world, app } = appWorld();
    const old = app.image();
    world.blob("nobody's");
    const { bytes, freed, freedAnyway } = found(world);
    expect(freedAnyway).toBe("nobody's".length);
    expect(freed).toBe(bytes + freedAnyway);
    expect(bytes).toBe(old.size + old.config.size + old.layers[0]!.size);
  });

  it("is kept as a child of any depth, with what an untagged index shares with a tagged one", () => {
    const { world, app } = appWorld();
    const [shared, inner] = [app.image(), app.image()];
    const middle = app.indexOf([inner]);
    app.indexOf([shared, middle], "latest");
    const gone = app.image();
    const old = app.indexOf([shared, gone]);
    const { free, kept } = found(world);
    expect(free).toEqual([`app@${old.digest}`, `app@${gone.digest}`]);
    expect(kept).toEqual([shared, inner, middle].map(({ digest }) => `${digest}: child`).sort());
  });

  it("is kept where it is young, with all that it needs", () => {
    const { world, app } = appWorld();
    const child = app.image();
    const young = app.indexOf([child]);
    const { free, kept } = found(world, { young: [young] });
    expect(free).toEqual([]);
    expect(kept).toEqual(sorted([`${young.digest}: young`, `${child.digest}: child`]));
  });

  it("is kept in a repository that has no tags directory: it may be lost", () => {
    const { world, app } = appWorld();
    const image = app.image("latest");
    world.remove(`${repositoriesPath}/app/_manifests/tags`);
    expect(found(world).kept).toEqual([`${image.digest}: damaged`]);
  });
});

describe("what belongs to an image", () => {
  it("is kept with it as its referrer, to any depth", () => {
    const { world, app } = appWorld();
    const signature = referrer(app, app.image("latest"));
    const again = referrer(app, signature);
    expect(found(world).kept).toEqual([signature, again].map(({ digest }) => `${digest}: referrer`).sort());
  });

  it("goes with it, and where there is no such image, unless its own tag keeps it", () => {
    const { world, app } = appWorld();
    const old = app.image();
    const signature = referrer(app, old);
    const orphan = referrer(app, { digest: `sha256:${"0".repeat(64)}`, size: 1 });
    referrer(app, old, `${old.digest.replace(":", "-")}.sig`);
    app.image("latest");
    expect(sorted(found(world).free)).toEqual(go(old, signature, orphan));
  });

  it.each([".sig", ".att", ".sbom", ""])("stays or goes with it as the tag sha256-…%s, and is not counted", (end) => {
    const { world, app } = appWorld();
    const tagOfImage = (image: Descriptor) => image.digest.replace(":", "-") + end;
    const [old, now] = [app.image("old"), app.image("latest")];
    const [oldSignature, signature] = [app.image(tagOfImage(old)), app.image(tagOfImage(now))];
    for (const tag of ["latest", tagOfImage(old)]) {
      world.touch(`${repositoriesPath}/app/_manifests/tags/${tag}`, Date.now() + 60_000);
      world.touch(tagLinkPath("app", tag), Date.now() + 60_000);
    }
    expect(sorted(found(world, { keepTags: 1 }).free)).toEqual(go(old, oldSignature));
    expect(found(world, { named: [`app:${tagOfImage(now)}`] }).free).toEqual(go(signature));
    expect(found(world, { named: ["app:old"] }).free).toEqual(go(old));
  });

  it("is counted as any other tag where its image is elsewhere", () => {
    const { world, app } = appWorld();
    app.image("latest");
    const signature = app.image(`sha256-${"0".repeat(64)}.sig`);
    world.touch(tagLinkPath("app", "latest"), Date.now() + 60_000);
    world.touch(`${repositoriesPath}/app/_manifests/tags/latest`, Date.now() + 60_000);
    expect(found(world, { keepTags: 2 }).free).toEqual([]);
    expect(found(world, { keepTags: 1 }).free).toEqual(go(signature));
  });
});

describe("a tag that the clean-up removes", () => {
  it("goes with what it names", () => {
    const { world, app } = appWorld();
    app.image("latest");
    const old = app.image("old");
    expect(found(world, { named: ["app:old"] }).free).toEqual(go(old));
  });

  it("stays where what it names is needed", () => {
    const { world, app } = appWorld();
    const child = app.image("child");
    app.indexOf([child], "latest");
    const { free, staying } = found(world, { named: ["app:child"] });
    expect(free).toEqual([]);
    expect(staying).toEqual(["child: same-digest"]);
  });
});

describe("a digest that is a manifest and a layer", () => {
  it("is kept where something kept needs its layer link, which a delete takes", () => {
    const { world, app } = appWorld();
    const child = app.image();
    const old = app.indexOf([child]);
    app.link("layer", old.digest);
    app.image("latest", [old]);
    expect(found(world).kept).toEqual(sorted([`${old.digest}: layer-link`, `${child.digest}: child`]));
  });

  it("goes where only such as go need it", () => {
    const { world, app } = appWorld();
    const old = app.image();
    app.link("layer", old.digest);
    const wrapped = app.image(undefined, [old]);
    expect(sorted(found(world).free)).toEqual(go(old, wrapped));
  });
});

describe("damage", () => {
  it("is no child that is missing on purpose, nor a missing attestation", () => {
    const { world, app } = appWorld();
    const [wanted, unwanted] = [app.image(), app.image()];
    app.index({ "linux/amd64": wanted, "linux/s390x": unwanted }, "latest");
    world.removeEntry(blobPath(unwanted.digest));
    world.removeEntry(revisionLinkPath("app", unwanted.digest));
    const old = app.image();
    expect(found(world).free).toEqual([]);
    expect(found(world, { platforms: ["linux/amd64"] }).free).toEqual(go(old));
  });

  it("keeps all of a repository in which a tag cannot be read", () => {
    const { world, app } = appWorld();
    const old = app.image();
    app.image("latest");
    const other = repository(world, "other").image();
    world.write(tagLinkPath("app", "latest"), "");
    const { free, kept } = found(world);
    expect(free).toEqual([`other@${other.digest}`]);
    expect(kept).toContain(`${old.digest}: damaged`);
  });

  it("keeps all of a repository in which a tag's index is lost: nobody knows its children", () => {
    const { world, app } = appWorld();
    const child = app.image();
    const index = app.indexOf([child], "latest");
    world.removeEntry(blobPath(index.digest));
    expect(found(world).kept).toEqual([`${child.digest}: damaged`]);
  });

  it("keeps what another repository's broken image could be repaired from", () => {
    const { world, app } = appWorld();
    const other = repository(world, "other");
    const layer = app.layer();
    other.link("layer", layer.digest);
    const broken = other.image("latest", [layer]);
    const holder = app.image(undefined, [layer]);
    world.removeEntry(revisionLinkPath("other", broken.digest));
    other.link("layer", broken.digest);
    // Served by its layer link alone, it is not seen by garbage collection: then nothing is offered at all.
    expect(found(world).isHarmful).toBe(true);
    world.removeEntry(layerLinkPath("other", broken.digest));
    expect(found(world)).toMatchObject({ free: [], isHarmful: true });
    expect(found(world).kept).toContain(`${holder.digest}: repair`);
  });

  it("offers nothing where garbage collection would abort", () => {
    const { world, app } = appWorld();
    const old = app.image();
    app.image("latest");
    world.mkdir(`${repositoriesPath}/BadName/_layers`);
    expect(found(world)).toMatchObject({ free: [], isHarmful: true });
    world.remove(`${repositoriesPath}/BadName`);
    expect(found(world).free).toEqual(go(old));
  });
});
