// Where a collection aborts, and what is gone by then.
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath, tagLinkPath } from "../../../scripts/fixtures/storage.ts";
import { collected } from "../../worlds/collect-world.ts";
import { digestOf, type Image, World } from "../../worlds/world.ts";

const base = "docker/registry/v2";
const blobs = `${base}/blobs`;
const app = `${repositoriesPath}/team/app`;
const revisions = `${app}/_manifests/revisions`;
const tags = `${app}/_manifests/tags`;

interface Damage {
  world: World;
  tagged: Image;
  untagged: Image;
}

/** A tagged image, an untagged one, a blob that nothing names; and this damage. */
function damaged(damage: (on: Damage) => void): World {
  const world = new World();
  const repository = world.repository("team/app");
  const tagged = repository.image("1.0");
  const untagged = repository.image();
  world.blob("left over");
  damage({ world, tagged, untagged });
  return world;
}

function loop(world: World, path: string): void {
  world.symlink(path, `${world.root}/${path}`);
}

/** Replaces a blob's data by a symbolic link to itself. */
function loopBlob(world: World, digest: string): void {
  world.remove(blobPath(digest));
  loop(world, blobPath(digest));
}

const inMark: [string, string, string, (on: Damage) => void][] = [
  [
    "a repository whose name is not valid",
    `${repositoriesPath}/BadName`,
    "invalid-name",
    ({ world }) => world.mkdir(`${repositoriesPath}/BadName/_layers`),
  ],
  [
    "a loop of symbolic links among the repositories",
    `${app}/loop`,
    "link-loop",
    ({ world }) => loop(world, `${app}/loop`),
  ],
  [
    "a loop among the revisions",
    `${revisions}/sha256`,
    "link-loop",
    ({ world }) => {
      world.remove(`${revisions}/sha256`);
      loop(world, `${revisions}/sha256`);
    },
  ],
  [
    "a loop for the revisions",
    revisions,
    "link-loop",
    ({ world }) => {
      world.remove(revisions);
      loop(world, revisions);
    },
  ],
  [
    "a loop below a revision",
    `${revisions}/old/loop`,
    "link-loop",
    ({ world }) => loop(world, `${revisions}/old/loop`),
  ],
  ["a file for revisions", revisions, "file-for-folder", ({ world }) => world.fileForFolder(revisions)],
  [
    "a revision link that is no digest",
    `${revisions}/sha256/${"0".repeat(64)}/link`,
    "malformed-link",
    ({ world }) => world.write(`${revisions}/sha256/${"0".repeat(64)}/link`, "no digest"),
  ],
  [
    "an unexpected link that is no digest",
    `${revisions}/link`,
    "malformed-link",
    ({ world }) => world.write(`${revisions}/link`),
  ],
  [
    "an unexpected link whose path the storage driver refuses",
    `${revisions}/a b/link`,
    "malformed-link",
    ({ world, tagged }) => world.write(`${revisions}/a b/link`, tagged.digest),
  ],
  [
    "an unexpected link to a digest whose layer link is malformed",
    `${app}/_layers/sha256/${"0".repeat(64)}/link`,
    "malformed-link",
    ({ world }) => {
      world.write(`${app}/_layers/sha256/${"0".repeat(64)}/link`, "no digest");
      world.write(`${revisions}/link`, `sha256:${"0".repeat(64)}`);
    },
  ],
];

describe("collection aborts in its mark, with -m or without, and deletes nothing", () => {
  it.each(inMark)("at %s", (_, path, reason, damage) => {
    for (const m of [false, true]) {
      const { aborts, manifests, blobs: deleted, bytes } = collected(damaged(damage), { m });
      expect({ aborts, manifests, deleted, bytes }).toEqual({
        aborts: [`mark: ${path}: ${reason}`],
        manifests: [],
        deleted: [],
        bytes: 0,
      });
    }
  });

  it("first at a file for _manifests", () => {
    const world = damaged((on) => on.world.fileForFolder(`${app}/_manifests`));
    const { aborts, blobs: deleted } = collected(world);
    expect([aborts[0], deleted]).toEqual([`mark: ${app}/_manifests: file-for-folder`, []]);
  });

  it("at a revision that is no manifest", () => {
    let path = "";
    const world = damaged((on) => {
      path = blobPath(on.world.repository("team/app").manifest("no manifest", "2.0").digest);
    });
    for (const m of [false, true]) {
      expect(collected(world, { m })).toMatchObject({
        aborts: [`mark: ${path}: invalid-manifest`],
        manifests: [],
        blobs: [],
      });
    }
  });

  it("at a manifest whose data cannot even be looked at, again in its sweep", () => {
    let path = "";
    const world = damaged((on) => {
      path = blobPath(on.tagged.digest);
      loopBlob(on.world, on.tagged.digest);
    });
    expect(collected(world)).toMatchObject({
      aborts: [`mark: ${path}: broken-blob`, `sweep: ${path}: broken-blob`],
      blobs: [],
    });
  });

  it("at every place that stops it, each once, in the order in which they are met", () => {
    const place = `${revisions}/sha256/${"0".repeat(64)}/link`;
    const world = damaged((on) => {
      on.world.mkdir(`${repositoriesPath}/BadName/_layers`);
      on.world.write(place);
      on.world.write(`${revisions}/link`);
      on.world.write(`${blobs}/data`);
    });
    expect(collected(world).aborts).toEqual([
      `mark: ${repositoriesPath}/BadName: invalid-name`,
      `mark: ${revisions}/link: malformed-link`,
      `mark: ${place}: malformed-link`,
      `sweep: ${blobs}/data: misplaced-data`,
    ]);
  });
});

const inTags: [string, string, string, (on: Damage) => void][] = [
  [
    "a tag's link that is no digest",
    tagLinkPath("team/app", "2.0"),
    "malformed-link",
    ({ world }) => world.write(tagLinkPath("team/app", "2.0")),
  ],
  ["an entry that no path can name", `${tags}/@eaDir`, "unusable-tag", ({ world }) => world.mkdir(`${tags}/@eaDir`)],
];

describe("collection with -m aborts in its mark", () => {
  it.each(inTags)("at %s, and without -m does not", (_, path, reason, damage) => {
    const world = damaged(damage);
    expect(collected(world)).toMatchObject({ aborts: [], manifests: [], blobs: [digestOf("left over")] });
    expect(collected(world, { m: true })).toMatchObject({
      aborts: [`mark: ${path}: ${reason}`],
      manifests: [],
      blobs: [],
    });
  });

  it("not at a tag that is removed before", () => {
    const world = damaged((on) => on.world.write(tagLinkPath("team/app", "2.0")));
    expect(collected(world, { m: true, removed: ["team/app:2.0"] }).aborts).toEqual([]);
  });

  it("where a repository has no tags folder", () => {
    const world = damaged((on) => on.world.remove(tags));
    expect(collected(world).aborts).toEqual([]);
    expect(collected(world, { m: true }).aborts).toEqual([`mark: ${tags}: no-tags`]);
  });

  it("not where the tags folder is empty", () => {
    const world = damaged((on) => on.world.remove(`${tags}/1.0`));
    expect(collected(world, { m: true })).toMatchObject({ aborts: [], marked: 0 });
  });

  it("where a file stands for the tags folder", () => {
    const world = damaged((on) => on.world.fileForFolder(tags));
    expect(collected(world).aborts).toEqual([]);
    expect(collected(world, { m: true }).aborts).toEqual([`mark: ${tags}: file-for-folder`]);
  });

  it("not at a manifest that no tag names, whatever is in it", () => {
    const world = damaged((on) => on.world.repository("team/app").manifest("no manifest"));
    expect(collected(world, { m: true }).aborts).toEqual([]);
  });
});

const inSweep: [string, string, string, (on: Damage) => void][] = [
  [
    "a file called data where no blob can be",
    `${blobs}/data`,
    "misplaced-data",
    ({ world }) => world.write(`${blobs}/data`),
  ],
  [
    "a loop of symbolic links beside the blobs",
    `${blobs}/loop`,
    "link-loop",
    ({ world }) => loop(world, `${blobs}/loop`),
  ],
  ["a loop for a shard", `${blobs}/sha256/zz`, "link-loop", ({ world }) => loop(world, `${blobs}/sha256/zz`)],
  [
    "a blob that cannot even be looked at",
    blobPath(digestOf("left over")),
    "broken-blob",
    ({ world }) => loopBlob(world, digestOf("left over")),
  ],
];

describe("collection aborts in its sweep, before any blob, with -m after the manifests", () => {
  it.each(inSweep)("at %s", (_, path, reason, damage) => {
    let untagged = "";
    const world = damaged((on) => {
      untagged = on.untagged.digest;
      damage(on);
    });
    const aborted = { aborts: [`sweep: ${path}: ${reason}`], blobs: [], bytes: 0 };
    expect(collected(world)).toMatchObject({ ...aborted, manifests: [] });
    expect(collected(world, { m: true })).toMatchObject({ ...aborted, manifests: [`team/app@${untagged}`] });
  });

  it("where there is no blob store", () => {
    const world = new World();
    world.repository("team/app");
    world.remove(blobs);
    expect(collected(world).aborts).toEqual([`sweep: ${blobs}: no-blobs`]);
  });

  it("where a file stands for the blob store", () => {
    const world = new World();
    world.fileForFolder(blobs);
    expect(collected(world).aborts).toEqual([`sweep: ${blobs}: file-for-folder`]);
  });

  it("not where a file stands for an algorithm or a shard", () => {
    const world = new World();
    world.write(`${blobs}/sha256/00`);
    world.write(`${blobs}/sha384`);
    expect(collected(world).aborts).toEqual([]);
  });
});

describe("a displaced blob", () => {
  const displaced = `${blobs}/sha256/${digestOf("moved").slice("sha256:".length)}/data`;

  it("aborts half-way through the blobs: at worst all are gone", () => {
    const world = damaged((on) => on.world.write(displaced, "moved"));
    const { aborts, blobs: deleted } = collected(world);
    expect(aborts).toEqual([`blobs: ${displaced}: displaced-blob`]);
    expect(deleted).toEqual([digestOf("left over")]);
  });

  it("does not where one lies where it belongs, since that is deleted", () => {
    const world = damaged((on) => {
      on.world.write(displaced, "moved");
      on.world.blob("moved");
    });
    expect(collected(world).aborts).toEqual([]);
  });

  it("does not where it is marked", () => {
    const world = damaged((on) => {
      on.world.write(displaced, "moved");
      on.world.repository("team/app").image("2.0", [{ digest: digestOf("moved"), size: 5 }]);
    });
    expect(collected(world).aborts).toEqual([]);
  });
});

describe("collection with -m aborts while it deletes manifests", () => {
  const hidden = (digest: string) => revisionLinkPath("team/app", digest);

  it("at one that a second link names, after the first is gone", () => {
    let digest = "";
    const world = damaged((on) => {
      ({ digest } = on.untagged);
      on.world.write(`${revisions}/link`, digest);
    });
    expect(collected(world).aborts).toEqual([]);
    expect(collected(world, { m: true })).toMatchObject({
      aborts: [`delete: ${hidden(digest)}: twice-deleted`],
      manifests: [`team/app@${digest}`],
      blobs: [],
    });
  });

  it("at one that has no revision folder of its own, before anything is gone", () => {
    const other = `sha256:${"0".repeat(64)}`;
    let digest = "";
    const world = new World();
    const repository = world.repository("team/app");
    repository.image("1.0");
    ({ digest } = repository.image());
    world.removeEntry(hidden(digest));
    repository.link("layer", digest);
    repository.link("revision", other, digest);
    expect(collected(world, { m: true })).toMatchObject({
      aborts: [`delete: ${hidden(digest)}: twice-deleted`],
      manifests: [],
      blobs: [],
    });
  });

  it("deletes the same digest in two repositories", () => {
    const world = new World();
    const text = { schemaVersion: 2, layers: [] };
    for (const name of ["a", "b"]) {
      const repository = world.repository(name);
      repository.image("1.0");
      repository.manifest(text);
    }
    const digest = digestOf(JSON.stringify(text));
    expect(collected(world, { m: true })).toMatchObject({ aborts: [], manifests: [`a@${digest}`, `b@${digest}`] });
  });

  it("at the history entry of a manifest that it deletes, where that leads back to itself, and at no other", () => {
    const world = new World();
    const app = world.repository("app");
    const [old, kept] = [app.image("1.0"), app.image("2.0")];
    app.tag("1.0", app.image().digest);
    const loop = (tag: string, { digest }: { digest: string }) => {
      const path = `${repositoriesPath}/app/_manifests/tags/${tag}/index/${digest.replace(":", "/")}`;
      world.remove(path);
      world.symlink(path, digest.slice(7));
      return path;
    };
    loop("2.0", kept);
    expect(collected(world, { m: true })).toMatchObject({ aborts: [] });
    const path = loop("1.0", old);
    expect(collected(world, { m: true })).toMatchObject({ aborts: [`delete: ${path}: unreadable-history`] });
    expect(collected(world)).toMatchObject({ aborts: [] });
  });

  it("at a tag's history that cannot be looked into, once", () => {
    const spoil = ({ world }: Damage) => world.fileForFolder(`${tags}/1.0/index/sha256`);
    const aborted = { aborts: [`delete: ${tags}/1.0/index: unreadable-history`], manifests: [], blobs: [] };
    expect(collected(damaged(spoil))).toMatchObject({ aborts: [] });
    expect(collected(damaged(spoil), { m: true })).toMatchObject(aborted);
    const two = damaged((on) => {
      spoil(on);
      on.world.repository("team/app").image();
    });
    expect(collected(two, { m: true })).toMatchObject(aborted);
  });

  it("not at the history of a tag that is removed, nor where no manifest goes", () => {
    const spoil = ({ world }: Damage) => world.fileForFolder(`${tags}/1.0/index/sha256`);
    const removed = ["team/app:1.0"];
    expect(collected(damaged(spoil), { m: true, removed }).aborts).toEqual([]);
    const world = new World();
    world.repository("team/app").image("1.0");
    world.fileForFolder(`${tags}/1.0/index/sha256`);
    expect(collected(world, { m: true }).aborts).toEqual([]);
  });

  it("in the second repository after the manifests of the first are gone", () => {
    const world = new World();
    const [first, second] = ["a", "b"].map((name) => {
      const repository = world.repository(name);
      repository.image("1.0");
      return repository.image();
    }) as [Image, Image];
    world.fileForFolder(`${repositoriesPath}/b/_manifests/tags/1.0/index/sha256`);
    expect(collected(world, { m: true })).toMatchObject({
      aborts: [`delete: ${repositoriesPath}/b/_manifests/tags/1.0/index: unreadable-history`],
      manifests: [`a@${first.digest}`],
      blobs: [],
    });
    expect(second.digest).not.toBe(first.digest);
  });
});
