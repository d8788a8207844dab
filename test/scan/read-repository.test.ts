import { describe, expect, it } from "vitest";
import {
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagHistoryLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { DiskState, type LinkFacts, type TagFacts } from "../../src/facts/facts.ts";
import { unpackDigests } from "../../src/facts/packed-digests.ts";
import { readPiece, readRepository, withPieces } from "../../src/scan/read-repository.ts";
import { repositoryFacts } from "../worlds/scan-world.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
import { digestOf, World } from "../worlds/world.ts";

const app = `${repositoriesPath}/team/app`;
const read = (world: World, fs = world.fs) => repositoryFacts(world, "team/app", fs);

/** Links as `place -> state`, in the order in which they were read. */
function linkStates(links: readonly LinkFacts[]): [string, number][] {
  return links.flatMap(({ places, states }) =>
    unpackDigests(places).map((place, row): [string, number] => [place!, states[row]!]),
  );
}

function tagRows(tags: readonly TagFacts[]) {
  return tags.flatMap(({ names, states, targets }) => {
    const digests = unpackDigests(targets);
    return names.map((name, row) => ({ name, state: states[row], target: digests[row] }));
  });
}

describe("readRepository", () => {
  it("reads links, tags and their history", () => {
    const world = new World();
    const repository = world.repository("team/app");
    const old = repository.image("latest");
    const image = repository.image("latest");
    const facts = read(world);
    expect([facts.tagsState, facts.blocked]).toEqual([DiskState.ok, []]);
    const layers = [old, image].flatMap(({ config, layers }) => [config, ...layers]).map(({ digest }) => digest);
    expect(linkStates(facts.layerLinks)).toEqual(layers.sort().map((digest) => [digest, DiskState.ok]));
    const revisions = [old, image].map(({ digest }) => digest).sort();
    expect(linkStates(facts.revisionLinks)).toEqual(revisions.map((digest) => [digest, DiskState.ok]));
    expect(tagRows(facts.tags)).toEqual([{ name: "latest", state: DiskState.ok, target: image.digest }]);
    expect([...facts.tags[0]!.historyCounts]).toEqual([2]);
    expect(unpackDigests(facts.tags[0]!.history)).toEqual(revisions);
    expect([facts.unexpected, facts.unreadable, facts.uploads, facts.unexpectedLinks.revision]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it("opens each link once, and no history link", () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    const { fs, paths } = recorded(world.fs, "openSync");
    read(world, fs);
    expect(paths).toHaveLength(4);
    expect(new Set(paths).size).toBe(4);
    expect(paths.filter((path) => path.includes("/index/"))).toEqual([]);
  });

  it("keeps what a link holds where that is not its place", () => {
    const world = new World();
    const repository = world.repository("team/app");
    const { digest } = repository.layer("layer");
    const alias = digestOf("layer", "sha512");
    repository.link("layer", alias, digest);
    repository.link("layer", repository.layer().digest, "no digest");
    const [sha256, sha512] = read(world).layerLinks;
    expect([...sha256!.otherRows]).toEqual([]);
    expect([...sha512!.otherRows]).toEqual([0]);
    expect(unpackDigests(sha512!.otherTargets)).toEqual([digest]);
    expect(unpackDigests(sha512!.places)).toEqual([alias]);
  });

  it("says what is wrong with links", () => {
    const world = new World();
    const repository = world.repository("team/app");
    const { config, digest } = repository.image("1.0");
    world.write(layerLinkPath("team/app", config.digest), "");
    world.write(tagLinkPath("team/app", "1.0"), "no digest");
    world.remove(revisionLinkPath("team/app", digest));
    const facts = read(world);
    const row = unpackDigests(facts.layerLinks[0]!.places).indexOf(config.digest);
    expect(facts.layerLinks[0]!.reasons.get(row)).toBe("empty");
    expect(linkStates(facts.revisionLinks)).toEqual([[digest, DiskState.absent]]);
    expect(tagRows(facts.tags)).toEqual([{ name: "1.0", state: DiskState.malformed, target: undefined }]);
    expect(facts.tags[0]!.reasons.get(0)).toContain("no digest");
  });

  it("reads what stands where a tag should", () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    world.write(`${app}/_manifests/tags/file`);
    world.mkdir(`${app}/_manifests/tags/empty`);
    world.symlink(`${app}/_manifests/tags/dangling`, "/nowhere");
    expect(tagRows(read(world).tags).map(({ name, state }) => [name, state])).toEqual([
      ["1.0", DiskState.ok],
      ["dangling", DiskState.absent],
      ["empty", DiskState.absent],
      ["file", DiskState.notAFolder],
    ]);
  });

  it("finds files called link at any other depth below revisions", () => {
    const world = new World();
    const { digest } = world.repository("team/app").image("1.0");
    const revisions = `${app}/_manifests/revisions`;
    world.write(`${revisions}/link`, "");
    world.write(`${revisions}/sha256/old/link`, digest);
    world.write(`${revisions}/backup/2026/deep/link`, digest);
    world.write(`${revisions}/sha256/old/data`, "");
    const unexpected = read(world).unexpectedLinks.revision;
    expect(unexpected).toHaveLength(3);
    expect(unexpected).toEqual(
      expect.arrayContaining([
        { path: `${revisions}/link`, state: DiskState.malformed, target: undefined },
        { path: `${revisions}/sha256/old/link`, state: DiskState.ok, target: digest },
        { path: `${revisions}/backup/2026/deep/link`, state: DiskState.ok, target: digest },
      ]),
    );
  });

  it("names what stands in the place of a folder, but not a folder that is missing", () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    world.remove(`${app}/_layers`);
    world.fileForFolder(`${app}/_manifests/tags`);
    const path = `${app}/_manifests/revisions`;
    expect(read(world, failing(world.fs, "EACCES", /revisions$/))).toMatchObject({
      tagsState: DiskState.notAFolder,
      blocked: [
        { path, state: DiskState.unreadable },
        { path: `${app}/_manifests/tags`, state: DiskState.notAFolder },
      ],
      unreadable: [{ path, error: "EACCES" }],
    });
    world.fileForFolder(`${path}/sha256`);
    expect(read(world).blocked).toContainEqual({ path: `${path}/sha256`, state: DiskState.notAFolder });
  });

  it("names every link that cannot be read", () => {
    const world = new World();
    const { config, digest } = world.repository("team/app").image("1.0");
    const fs = failing(world.fs, "EIO", /link$/, ["openSync"]);
    const paths = read(world, fs).unreadable.map(({ path, error }) => `${path} ${error}`);
    expect(paths).toHaveLength(4);
    expect(paths).toEqual(
      expect.arrayContaining([
        `${layerLinkPath("team/app", config.digest)} EIO`,
        `${revisionLinkPath("team/app", digest)} EIO`,
        `${tagLinkPath("team/app", "1.0")} EIO`,
      ]),
    );
  });

  it("reads uploads: when they began, when they last grew", () => {
    const world = new World();
    world.repository("team/app");
    const [began, grew] = [Date.parse("2026-04-18T10:00:00Z"), Date.parse("2026-04-18T11:00:00Z")];
    world.write(`${app}/_uploads/a/startedat`, "2026-04-18T10:00:00Z");
    world.write(`${app}/_uploads/a/data`, "12345");
    world.touch(`${app}/_uploads/a/data`, grew);
    world.touch(`${app}/_uploads/a`, began);
    world.mkdir(`${app}/_uploads/b`);
    world.touch(`${app}/_uploads/b`, grew);
    world.write(`${app}/_uploads/file`);
    expect(read(world).uploads).toEqual([
      { id: "a", startedAt: began, isDated: true, modified: grew, bytes: 5 },
      { id: "b", startedAt: grew, isDated: false, modified: grew, bytes: 0 },
    ]);
  });

  it("reads the same in pieces of any size", () => {
    const world = new World();
    const app = world.repository("team/app");
    for (const tag of ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]) app.image(tag);
    const options = { tagTimes: false, tagHistory: true, folders: "every", walksLayers: true } as const;
    const read = (size: number) => {
      const { facts, rest } = readRepository(world.fs, world.root, "team/app", options, undefined, size);
      const pieces = rest.map((piece) => readPiece(world.fs, world.root, piece, options));
      const { layerLinks, revisionLinks, tags } = withPieces(facts, rest, pieces);
      return {
        pieces: rest.length,
        layers: layerLinks.flatMap(({ places }) => unpackDigests(places)),
        revisions: revisionLinks.flatMap(({ places }) => unpackDigests(places)),
        tags: tags.flatMap(({ names }) => names),
        named: tags.flatMap(({ targets }) => unpackDigests(targets)),
      };
    };
    const whole = read(4096);
    expect([whole.pieces, whole.layers.length, whole.revisions.length]).toEqual([0, 14, 7]);
    expect(read(2)).toEqual({ ...whole, pieces: 4 + 4 + 7 });
  });

  it("reads a repository of very many tags and links whole", () => {
    const world = new World();
    const repository = world.repository("team/app");
    const { digest } = repository.image("latest");
    const names = Array.from({ length: 4500 }, (_, i) => `t${String(i).padStart(4, "0")}`);
    for (const name of names) world.write(tagLinkPath("team/app", name), digest);
    const places = names.map((name) => digestOf(name)).sort();
    for (const place of places) repository.link("layer", place);
    world.write(tagHistoryLinkPath("team/app", "t4499", digest), digest);
    const facts = read(world);
    expect(tagRows(facts.tags).map(({ name }) => name)).toEqual(["latest", ...names]);
    expect(tagRows(facts.tags).every(({ target }) => target === digest)).toBe(true);
    const found = linkStates(facts.layerLinks).map(([place]) => place);
    expect(found).toHaveLength(4502);
    const known = new Set(found);
    expect(places.filter((place) => !known.has(place))).toEqual([]);
    expect(facts.tags.at(-1)!.historyCounts.at(-1)).toBe(1);
  });
});
