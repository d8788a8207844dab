// What registry 2.8.3 answers, row for row of docs/internals/registry-2.8.3.md section 3.
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { serveBlob, serveManifest } from "../../../src/registry/serve/serve.ts";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { failing } from "../../worlds/watched-fs.ts";
import { digestOf, type Image, World } from "../../worlds/world.ts";

const app = `${repositoriesPath}/team/app`;

/** What the repository answers for a digest: the answer and, where it comes to one, the blob that is sent. */
function answerOf(world: World, what: "manifest" | "blob", digest: string, storageFs: StorageFs = world.fs): string {
  const graph = graphOf(world, storageFs);
  const serve = what === "manifest" ? serveManifest : serveBlob;
  const reply = serve(graph, graph.findRepository("team/app")!, graph.digests.addText(digest));
  const blob = reply.blob >= 0 ? graph.digests.text(reply.blob) : undefined;
  return blob === undefined || blob === digest ? reply.answer : `${reply.answer} ${blob}`;
}

function pushed(): { world: World; image: Image; layer: string } {
  const world = new World();
  const image = world.repository("team/app").image("1.0");
  return { world, image, layer: image.layers[0]!.digest };
}

/** Where a digest's folder stands instead of its link or its data. */
const folderOf = (path: string) => path.replace(/\/(link|data)$/, "");

describe("serveManifest", () => {
  it("follows the revision link", () => {
    const { world, image } = pushed();
    expect(answerOf(world, "manifest", image.digest)).toBe("served");
  });

  it("follows the layer link where there is no revision link, as for manifests of registry 2.1.0", () => {
    const { world, image } = pushed();
    world.repository("team/app").link("layer", image.digest);
    world.removeEntry(revisionLinkPath("team/app", image.digest));
    expect(answerOf(world, "manifest", image.digest)).toBe("served");
  });

  it("serves what the link says, not what its place says", () => {
    const { world, image } = pushed();
    const other = world.repository("team/app").image();
    world.write(revisionLinkPath("team/app", image.digest), other.digest);
    expect(answerOf(world, "manifest", image.digest)).toBe(`served ${other.digest}`);
  });

  it("serves bytes that do not hash to the digest", () => {
    const { world, image } = pushed();
    world.write(blobPath(image.digest), '{"schemaVersion":2,"manifests":[]}');
    expect(answerOf(world, "manifest", image.digest)).toBe("served");
  });

  const refusals: [string, string, (world: World, digest: string) => void][] = [
    ["nothing links it here", "not-linked", (world, digest) => world.removeEntry(revisionLinkPath("team/app", digest))],
    ["its link folder is empty", "not-linked", (world, digest) => world.remove(revisionLinkPath("team/app", digest))],
    ["its data is gone", "no-data", (world, digest) => world.removeEntry(blobPath(digest))],
    ["its blob folder is empty", "no-data", (world, digest) => world.remove(blobPath(digest))],
    [
      "a folder is called data",
      "no-data",
      (world, digest) => {
        world.remove(blobPath(digest));
        world.mkdir(blobPath(digest));
      },
    ],
    [
      "a file is in the place of its blob folder",
      "broken-store",
      (world, digest) => world.fileForFolder(folderOf(blobPath(digest))),
    ],
    ["its link is empty", "broken-link", (world, digest) => world.write(revisionLinkPath("team/app", digest), "")],
    [
      "its link ends with a newline",
      "broken-link",
      (world, digest) => world.write(revisionLinkPath("team/app", digest), `${digest}\n`),
    ],
    [
      "a folder is called link",
      "broken-link",
      (world, digest) => {
        world.remove(revisionLinkPath("team/app", digest));
        world.mkdir(revisionLinkPath("team/app", digest));
      },
    ],
    [
      "a file is in the place of its link folder",
      "broken-link",
      (world, digest) => world.fileForFolder(folderOf(revisionLinkPath("team/app", digest))),
    ],
    [
      "a file is in the place of revisions/",
      "broken-link",
      (world) => world.fileForFolder(`${app}/_manifests/revisions`),
    ],
    ["a file is in the place of _manifests/", "broken-link", (world) => world.fileForFolder(`${app}/_manifests`)],
    ["its bytes are no manifest", "invalid", (world, digest) => world.write(blobPath(digest), "{}")],
    [
      "its bytes make the registry panic",
      "invalid",
      (world, digest) => world.write(blobPath(digest), '{"schemaVersion":2,"manifests":0}'),
    ],
    [
      "its link leads to a blob that is not there",
      `no-data ${digestOf("gone")}`,
      (world, digest) => world.write(revisionLinkPath("team/app", digest), digestOf("gone")),
    ],
    [
      "its link is a dangling symbolic link",
      "not-linked",
      (world, digest) => {
        world.remove(revisionLinkPath("team/app", digest));
        world.symlink(revisionLinkPath("team/app", digest), "/nowhere");
      },
    ],
  ];
  it.each(refusals)("where %s: %s", (_, answer, damage) => {
    const { world, image } = pushed();
    damage(world, image.digest);
    expect(answerOf(world, "manifest", image.digest)).toBe(answer);
  });

  it("falls back on the layer link for nothing but a missing revision link", () => {
    const damages: ((world: World, digest: string) => void)[] = [
      (world, digest) => world.write(revisionLinkPath("team/app", digest), ""),
      (world, digest) => world.fileForFolder(folderOf(revisionLinkPath("team/app", digest))),
      (world) => world.fileForFolder(`${app}/_manifests/revisions`),
    ];
    for (const damage of damages) {
      const { world, image } = pushed();
      world.repository("team/app").link("layer", image.digest);
      damage(world, image.digest);
      expect(answerOf(world, "manifest", image.digest)).toBe("broken-link");
    }
  });

  it("does not look at other repositories", () => {
    const { world } = pushed();
    const other = world.repository("team/other").image("1.0");
    expect(answerOf(world, "manifest", other.digest)).toBe("not-linked");
  });

  it("cannot be asked for what is no digest", () => {
    const { world } = pushed();
    expect(answerOf(world, "manifest", "latest")).toBe("not-a-digest");
    expect(answerOf(world, "blob", "sha256:short")).toBe("not-a-digest");
  });

  it("has no answer where the disk refuses", () => {
    const { world, image } = pushed();
    const answer = (pattern: RegExp) =>
      answerOf(world, "manifest", image.digest, failing(world.fs, "EIO", pattern, ["openSync", "readdirSync"]));
    const hex = image.digest.replace("sha256:", "");
    expect(answer(new RegExp(`revisions/sha256/${hex}/link`))).toBe("unknown");
    expect(answer(new RegExp(`blobs/.*/${hex}/data`))).toBe("unknown");
    expect(answer(/_manifests\/revisions$/)).toBe("unknown");
  });
});

describe("serveBlob", () => {
  it("follows the layer link", () => {
    const { world, layer } = pushed();
    expect(answerOf(world, "blob", layer)).toBe("served");
  });

  it("follows the link of a sha512 layer to the blob that holds its bytes", () => {
    const { world } = pushed();
    const repository = world.repository("team/app");
    const stored = repository.layer("layer");
    const alias = digestOf("layer", "sha512");
    repository.link("layer", alias, stored.digest);
    expect(answerOf(world, "blob", alias)).toBe(`served ${stored.digest}`);
  });

  it("serves an empty or truncated file with its own length", () => {
    const { world, layer } = pushed();
    world.write(blobPath(layer), "");
    expect(answerOf(world, "blob", layer)).toBe("served");
  });

  it("does not serve a manifest, which only a revision link holds", () => {
    const { world, image } = pushed();
    expect(answerOf(world, "blob", image.digest)).toBe("not-linked");
  });

  const refusals: [string, string, (world: World, digest: string) => void][] = [
    [
      "the store has it, but nothing links it here",
      "not-linked",
      (world, digest) => world.removeEntry(layerLinkPath("team/app", digest)),
    ],
    ["_layers/ is gone", "not-linked", (world) => world.remove(`${app}/_layers`)],
    ["its data is gone", "no-data", (world, digest) => world.removeEntry(blobPath(digest))],
    ["its link is empty", "broken-link", (world, digest) => world.write(layerLinkPath("team/app", digest), "")],
    ["a file is in the place of _layers/", "broken-link", (world) => world.fileForFolder(`${app}/_layers`)],
    [
      "a file is in the place of its blob folder",
      "broken-store",
      (world, digest) => world.fileForFolder(folderOf(blobPath(digest))),
    ],
  ];
  it.each(refusals)("where %s: %s", (_, answer, damage) => {
    const { world, layer } = pushed();
    damage(world, layer);
    expect(answerOf(world, "blob", layer)).toBe(answer);
  });

  it("has no answer where the disk refuses", () => {
    const { world, layer } = pushed();
    const hex = layer.replace("sha256:", "");
    const answer = (code: string, pattern: RegExp) => answerOf(world, "blob", layer, failing(world.fs, code, pattern));
    expect(answer("EACCES", new RegExp(`_layers/sha256/${hex}/link`))).toBe("unknown");
    expect(answer("EIO", new RegExp(`blobs/.*/${hex}/data`))).toBe("unknown");
    expect(answer("EACCES", /_layers$/)).toBe("unknown");
  });
});
