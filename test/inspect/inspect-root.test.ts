// A registry may be at work while its root is read: what a finding rests on is read again until it stands still.
import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { brokenImages, identity, scanWorld } from "../worlds/scan-world.ts";
import { type Call, failing, watched } from "../worlds/watched-fs.ts";
import { digestOf, type Image, World } from "../worlds/world.ts";

/** Scans the world, and calls `act` before the first call on a path that matches. */
function scanWhile(world: World, call: Call, pattern: RegExp, act: () => void) {
  let done = false;
  const fs = watched(world.fs, (made, path) => {
    if (done || made !== call || !pattern.test(path)) return;
    done = true;
    act();
  });
  return scanWorld(world, { fs });
}

/** As scanWhile, before every such call; `act` is told how often it was called before. */
function scanWhileever(world: World, call: Call, pattern: RegExp, act: (round: number) => void) {
  let round = 0;
  const fs = watched(world.fs, (made, path) => {
    if (made === call && pattern.test(path)) act(round++);
  });
  return scanWorld(world, { fs });
}

const clean = { exitCode: 0, verdict: "clean", findings: [], brokenTags: [], unreadable: [] };

function pushed(): { world: World; image: Image } {
  const world = new World();
  const image = world.repository("team/app").image("1.0");
  return { world, image };
}

const hexOf = (digest: string) => digest.slice("sha256:".length);

describe("a push during the scan", () => {
  it("is no damage where its links are read and its blobs appear after the store was read", async () => {
    const { world, image } = pushed();
    const blobs = [image, image.config, ...image.layers].map(({ digest }) => {
      const path = `${world.root}/${blobPath(digest)}`;
      return [blobPath(digest), world.memory.readFileSync(path) as Buffer] as const;
    });
    for (const [path] of blobs) world.removeEntry(path);
    world.mkdir("docker/registry/v2/blobs/sha256/00");
    const report = await scanWhileever(world, "openSync", /_manifests\/revisions/, (round) => {
      if (round === 1) for (const [path, content] of blobs) world.write(path, content);
    });
    expect(report).toMatchObject(clean);
  });

  it("is no damage where a link is empty for an instant", async () => {
    const { world, image } = pushed();
    for (const path of [
      layerLinkPath("team/app", image.config.digest),
      revisionLinkPath("team/app", image.digest),
      tagLinkPath("team/app", "1.0"),
    ]) {
      const content = world.memory.readFileSync(`${world.root}/${path}`) as Buffer;
      world.write(path, "");
      let reads = 0;
      const fs = watched(world.fs, (call, read) => {
        if (call === "openSync" && read.endsWith(path) && ++reads === 2) world.write(path, content);
      });
      expect(await scanWorld(world, { fs })).toMatchObject(clean);
      expect(reads).toBeGreaterThan(1);
    }
  });

  it("is no damage where a tag moves to an image that was pushed after the links were read", async () => {
    const { world } = pushed();
    const app = world.repository("team/app");
    const report = await scanWhile(world, "readdirSync", /_manifests\/tags$/, () => {
      const next = app.image();
      world.write(tagLinkPath("team/app", "1.0"), next.digest);
    });
    expect(report).toMatchObject(clean);
  });

  it("is no damage where a repository's first push creates its _layers after the namespace was listed", async () => {
    const world = new World();
    world.mkdir(`${repositoriesPath}/team/app/_uploads`);
    const report = await scanWhile(world, "readdirSync", /team\/app\/_manifests$/, () => {
      world.repository("team/app").image("1.0");
    });
    expect(report).toMatchObject(clean);
  });

  it.each(["blobs", "blobs/sha256", "repositories"])("is incomplete where %s goes away meanwhile", async (part) => {
    const { world } = pushed();
    world.blob("unreferenced");
    const report = await scanWhile(world, "readdirSync", /blobs\/sha256\/[0-9a-f]{2}$/, () => {
      world.remove(`docker/registry/v2/${part}`);
    });
    expect(report).toMatchObject({ exitCode: 8, findings: [] });
  });

  it("takes in what is broken in the push", async () => {
    const { world } = pushed();
    const app = world.repository("team/app");
    const gone = { digest: digestOf("never pushed"), size: 12 };
    const report = await scanWhile(world, "readdirSync", /_manifests\/tags$/, () => {
      app.image("1.0", [gone]);
    });
    expect(report.findings).toMatchObject([{ code: "missing-blob", digest: gone.digest, affects: ["team/app:1.0"] }]);
  });
});

describe("a deletion during the scan", () => {
  it("is no damage where an image goes after its links were read", async () => {
    const { world, image } = pushed();
    world.repository("team/other").image("1.0");
    const report = await scanWhile(world, "readdirSync", /v2\/blobs$/, () => {
      world.remove(tagLinkPath("team/app", "1.0").replace("/current/link", ""));
      world.removeEntry(revisionLinkPath("team/app", image.digest));
      for (const { digest } of [image.config, ...image.layers]) world.removeEntry(layerLinkPath("team/app", digest));
      for (const { digest } of [image, image.config, ...image.layers]) world.removeEntry(blobPath(digest));
    });
    expect(report).toMatchObject(clean);
  });

  it("is no damage where a tag goes between its listing and its link", async () => {
    const { world } = pushed();
    const report = await scanWhile(world, "openSync", /tags\/1.0\/current\/link$/, () => {
      world.remove(tagLinkPath("team/app", "1.0").replace("/current/link", ""));
    });
    expect(report).toMatchObject({ ...clean, roots: [{ counts: { tags: 0 } }] });
  });

  it("is no damage where a whole repository goes", async () => {
    const { world } = pushed();
    world.repository("team/other").image("1.0");
    const report = await scanWhile(world, "readdirSync", /v2\/blobs$/, () => {
      world.remove(`${repositoriesPath}/team/app`);
      world.remove("docker/registry/v2/blobs");
      world.repository("team/other").image("1.0");
    });
    expect(report.findings.filter(({ repository }) => repository === "team/app")).toEqual([]);
  });

  it("is no damage where a repository that collection cannot see goes", async () => {
    const { world } = pushed();
    world.repository("mirror/index").indexOf([], "1.0");
    world.remove(`${repositoriesPath}/mirror/index/_layers`);
    const report = await scanWhile(world, "readdirSync", /v2\/blobs$/, () =>
      world.remove(`${repositoriesPath}/mirror`),
    );
    expect(report).toMatchObject(clean);
  });

  it("is no damage where an unexpected file is moved away", async () => {
    const { world } = pushed();
    world.write(`${repositoriesPath}/_note`);
    const report = await scanWhile(world, "readdirSync", /v2\/blobs$/, () => world.remove(`${repositoriesPath}/_note`));
    expect(report).toMatchObject(clean);
  });
});

describe("an operator at work during the scan", () => {
  it.each([
    ["a file in the blob store", "docker/registry/v2/blobs/md5/00/00/data"],
    ["a file beside the shards", "docker/registry/v2/blobs/sha256/00/data"],
    ["a link beside the revisions", `${repositoriesPath}/team/app/_manifests/revisions/link`],
    ["a tag that no client can ask for", `${repositoriesPath}/team/app/_manifests/tags/.tmp`],
  ])("who moves %s away leaves no finding", async (_, path) => {
    const { world } = pushed();
    const file = path.endsWith(".tmp") ? `${path}/current/link` : path;
    world.write(file, "no digest");
    expect((await scanWorld(world)).findings).toMatchObject([{ code: "stray-entry", path }]);
    let stats = 0;
    const fs = watched(world.fs, (call, read) => {
      if (!read.endsWith(path) || !["lstatSync", "openSync"].includes(call)) return;
      // The first opening of a link is the scan's own; whatever comes after it is the second look.
      if (call === "lstatSync" || ++stats > 1)
        world.memory.rmSync(`${world.root}/${path}`, { force: true, recursive: true });
    });
    expect(await scanWorld(world, { fs })).toMatchObject(clean);
  });

  it("who puts the content back that was corrupt leaves no finding", async () => {
    const { world, image } = pushed();
    const path = blobPath(image.layers[0]!.digest);
    const content = world.memory.readFileSync(`${world.root}/${path}`) as Buffer;
    world.write(path, Buffer.alloc(content.length));
    const options = ["--verify-content"];
    expect((await scanWorld(world, { options })).findings).toMatchObject([{ code: "digest-mismatch" }]);
    let reads = 0;
    const fs = watched(world.fs, (call, read) => {
      if (call === "openSync" && read.endsWith(path) && ++reads === 2) world.write(path, content);
    });
    expect(await scanWorld(world, { fs, options })).toMatchObject(clean);
  });

  it("who deletes a blob that nothing needs, between its stat and its hashing, leaves nothing unread", async () => {
    const { world } = pushed();
    const path = blobPath(world.blob("nobody needs it").digest);
    const fs = watched(world.fs, (call, read) => {
      if (call === "openSync" && read.endsWith(path)) world.removeEntry(path);
    });
    expect(await scanWorld(world, { fs, options: ["--verify-content"] })).toMatchObject(clean);
  });
});

describe("damage that stays", () => {
  it("is found, with what became broken while the scan ran", async () => {
    const { world, image } = pushed();
    const [layer] = image.layers;
    const report = await scanWhile(world, "readdirSync", /v2\/blobs$/, () =>
      world.removeEntry(blobPath(layer!.digest)),
    );
    expect(report.findings.map(identity)).toMatchObject([{ code: "missing-blob", digest: layer!.digest }]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("is not hidden by what moves beside it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const [broken, moving] = [app.image("broken"), app.image("moving")];
    world.removeEntry(blobPath(broken.config.digest));
    const data = blobPath(moving.config.digest);
    const content = world.memory.readFileSync(`${world.root}/${data}`) as Buffer;
    world.removeEntry(data);
    let stats = 0;
    const fs = watched(world.fs, (call, path) => {
      if (call === "statSync" && path.endsWith(data) && ++stats === 1) world.write(data, content);
    });
    const report = await scanWorld(world, { fs });
    expect(report.findings.map(identity)).toMatchObject([{ code: "missing-blob", digest: broken.config.digest }]);
    expect(report.exitCode).toBe(4);
  });
});

describe("what does not settle", () => {
  it("counts as incomplete, and not as damage", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const [image, broken] = [app.image("1.0"), app.image("2.0")];
    world.removeEntry(blobPath(broken.layers[0]!.digest));
    const path = tagLinkPath("team/app", "1.0");
    // Each reading finds the link in another state: cut short in ever new ways.
    const report = await scanWhileever(world, "openSync", /tags\/1.0\/current\/link$/, (round) => {
      world.write(path, round % 2 === 0 ? "" : digestOf(`never pushed ${round}`));
    });
    expect(report).toMatchObject({
      exitCode: 12,
      verdict: "findings+incomplete",
      unreadable: [{ root: "registry", path, error: "kept changing while it was read" }],
    });
    expect(report.findings.map(identity)).toMatchObject([{ code: "missing-blob", digest: broken.layers[0]!.digest }]);
    expect(report.findings).toHaveLength(1);
    expect(brokenImages(report)).toEqual(["team/app:2.0"]);
    expect(hexOf(image.digest)).toHaveLength(64);
  });
});

describe("what cannot be read", () => {
  it("counts as incomplete, and what needs it is not called broken", async () => {
    const { world, image } = pushed();
    const hex = hexOf(image.layers[0]!.digest);
    for (const [pattern, calls] of [
      [new RegExp(`_layers/sha256/${hex}/link$`), ["openSync"]],
      [new RegExp(`blobs/sha256/../${hex}/data$`), ["statSync"]],
      [new RegExp(`blobs/sha256/../${hexOf(image.digest)}/data$`), ["openSync"]],
      [/tags\/1.0\/current\/link$/, ["openSync"]],
      [/team\/app$/, ["readdirSync"]],
    ] as [RegExp, Call[]][]) {
      const report = await scanWorld(world, { fs: failing(world.fs, "EIO", pattern, calls) });
      expect(report).toMatchObject({ exitCode: 8, verdict: "incomplete", findings: [], brokenTags: [] });
      expect(report.unreadable).toMatchObject([{ root: "registry", error: "EIO" }]);
    }
  });

  it("is said of folders that cannot be listed, without calling what is in them missing", async () => {
    const { world, image } = pushed();
    const shard = hexOf(image.layers[0]!.digest).slice(0, 2);
    for (const pattern of [
      new RegExp(`blobs/sha256/${shard}(/|$)`),
      /_layers\/sha256(\/|$)/,
      /revisions\/sha256(\/|$)/,
    ]) {
      const report = await scanWorld(world, { fs: failing(world.fs, "EACCES", pattern) });
      expect(report).toMatchObject({ exitCode: 8, findings: [], brokenTags: [] });
      expect(report.unreadable[0]).toMatchObject({ error: "EACCES" });
    }
  });
});

describe("a root without its folders", () => {
  const incomplete = (...paths: string[]) => ({
    exitCode: 8,
    unreadable: paths.map((path) => ({ path: `docker/registry/v2${path}` })),
  });

  it("is incomplete where one is missing, whatever is allowed", async () => {
    for (const options of [[], ["--allow-empty"]]) {
      const noBlobs = pushed().world;
      noBlobs.remove("docker/registry/v2/blobs");
      const report = await scanWorld(noBlobs, { options });
      expect([report.exitCode & 8, report.unreadable.map(({ path }) => path)]).toEqual([
        8,
        ["docker/registry/v2/blobs"],
      ]);
      const noRepositories = new World();
      noRepositories.blob("content");
      noRepositories.remove(repositoriesPath);
      expect(await scanWorld(noRepositories, { options })).toMatchObject(incomplete("/repositories"));
    }
  });

  it("is incomplete where nothing is in it, unless that is allowed", async () => {
    const empty = new World();
    const bare = new World();
    bare.remove("docker");
    bare.mkdir("docker/registry/v2");
    for (const world of [empty, bare]) {
      expect(await scanWorld(world)).toMatchObject(incomplete(""));
      expect(await scanWorld(world, { options: ["--allow-empty"] })).toMatchObject(clean);
    }
  });

  it("is incomplete where one is a file, or cannot be read, even if emptiness is allowed", async () => {
    const world = new World();
    world.fileForFolder(repositoriesPath);
    const options = ["--allow-empty"];
    expect(await scanWorld(world, { options })).toMatchObject(incomplete("/repositories"));
    world.blob("content");
    expect(await scanWorld(world, { options })).toMatchObject(incomplete("/repositories"));
    const fs = failing(new World().fs, "EIO", /v2\/(blobs|repositories)$/, ["readdirSync"]);
    expect(await scanWorld(new World(), { fs, options })).toMatchObject(incomplete("/repositories", "/blobs"));
  });

  it("is incomplete where its folders are something else, whatever is allowed", async () => {
    for (const spoil of [
      (world: World) => world.fileForFolder("docker/registry/v2/blobs"),
      (world: World) => world.fileForFolder("docker/registry/v2/blobs/sha256"),
      (world: World) => {
        world.remove("docker/registry/v2/blobs");
        world.symlink("docker/registry/v2/blobs", "/unmounted");
      },
    ]) {
      const world = new World();
      spoil(world);
      const report = await scanWorld(world, { options: ["--allow-empty"] });
      expect(report.exitCode & 8).toBe(8);
    }
  });
});
