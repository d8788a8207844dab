import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { ManifestKind, ManifestState, Role } from "../../src/facts/facts.ts";
import { packDigests, unpackDigests } from "../../src/facts/packed-digests.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { readManifests } from "../../src/scan/read-manifests.ts";
import { failing } from "../worlds/watched-fs.ts";
import { digestOf, OCI_IMAGE, OCI_INDEX, onPlatform, World } from "../worlds/world.ts";

const read = (world: World, digests: string[], fs: StorageFs = world.fs) =>
  readManifests(fs, world.root, packDigests(digests));

describe("readManifests", () => {
  it("gives the references of each, row after row", () => {
    const world = new World();
    const config = { digest: digestOf("config"), size: 6 };
    const layers = [
      { digest: digestOf("layer"), size: 5 },
      { digest: "garbage", size: 1, urls: ["https://example.com"] },
    ];
    const image = world.blob(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers }));
    const child = { ...image, mediaType: OCI_IMAGE };
    const children = [onPlatform("linux/amd64", child), onPlatform("linux/arm64", child), child];
    const index = world.blob(
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: children, subject: config }),
    );
    const facts = read(world, [image.digest, index.digest]);
    expect([...facts.states]).toEqual([ManifestState.ok, ManifestState.ok]);
    expect([...facts.kinds]).toEqual([ManifestKind.image, ManifestKind.index]);
    expect([...facts.sizes]).toEqual([image.size, index.size]);
    expect([...facts.referenceCounts]).toEqual([3, 3]);
    expect(unpackDigests(facts.targets)).toEqual([
      config.digest,
      layers[0]!.digest,
      "garbage",
      ...[image, image, image].map(({ digest }) => digest),
    ]);
    expect([...facts.roles]).toEqual([Role.config, Role.layer, Role.layer, Role.child, Role.child, Role.child]);
    expect([...facts.targetSizes]).toEqual([6, 5, 1, image.size, image.size, image.size]);
    expect([...facts.foreign]).toEqual([0, 0, 1, 0, 0, 0]);
    const platforms = [...facts.platforms].map((platform) => facts.platformNames[platform]);
    expect(platforms).toEqual([undefined, undefined, undefined, "linux/amd64", "linux/arm64", undefined]);
    expect(unpackDigests(facts.subjects)).toEqual([undefined, config.digest]);
  });

  it("takes what is no digest once, however often a manifest says it, and digests as often", () => {
    const world = new World();
    const layer = { digest: digestOf("layer"), size: 5 };
    const layers = [layer, {}, layer, {}, { digest: "garbage" }, {}, { digest: "garbage" }];
    const image = world.blob(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE, config: layer, layers }));
    const facts = read(world, [image.digest]);
    const digest = layer.digest;
    expect(unpackDigests(facts.targets)).toEqual([digest, digest, "", digest, "garbage"]);
    expect([...facts.referenceCounts]).toEqual([5]);
  });

  it("keeps the rows in step where some cannot be read", () => {
    const world = new World();
    const whole = world.blob(JSON.stringify({ schemaVersion: 2, manifests: [] }));
    const corrupt = world.blob(JSON.stringify({ schemaVersion: 2, manifests: [], note: "rotten" }));
    world.write(blobPath(corrupt.digest), JSON.stringify({ schemaVersion: 2, manifests: [], note: "rotteN" }));
    const panics = world.blob('{"schemaVersion":2,"manifests":{}}');
    const file = digestOf("file");
    world.write(blobPath(file).replace(/\/data$/, ""));
    const locked = world.blob("locked");
    const fs = failing(world.fs, "EACCES", new RegExp(locked.digest.slice(7)));
    const digests = [
      digestOf("absent"),
      whole.digest,
      corrupt.digest,
      panics.digest,
      file,
      locked.digest,
      whole.digest,
    ];
    const facts = read(world, digests, fs);
    expect([...facts.states]).toEqual([
      ManifestState.absent,
      ManifestState.ok,
      ManifestState.ok,
      ManifestState.panics,
      ManifestState.invalid,
      ManifestState.unreadable,
      ManifestState.ok,
    ]);
    expect([...facts.corrupt]).toEqual([0, 0, 1, 0, 0, 0, 0]);
    expect([...facts.reasons.keys()]).toEqual([3, 4]);
    expect([...facts.errors]).toEqual([[5, "EACCES"]]);
    expect(facts.referenceCounts).toHaveLength(digests.length);
  });

  it("reads a manifest of any size up to the registry's limit", () => {
    const world = new World();
    for (const size of [100, 64 * 1024, 64 * 1024 + 1, 1 << 20, 4 << 20]) {
      const text = '{"schemaVersion":2,"manifests":[]}';
      const { digest } = world.blob(text.padEnd(size));
      const facts = read(world, [digest]);
      expect([facts.states[0], facts.sizes[0], facts.corrupt[0]]).toEqual([ManifestState.ok, size, 0]);
    }
    const { digest } = world.blob(" ".repeat((4 << 20) + 1));
    const facts = read(world, [digest]);
    expect(facts.states[0]).toBe(ManifestState.invalid);
    expect(facts.reasons.get(0)).toContain("limit");
  });

  it("hashes by the blob's own algorithm", () => {
    const world = new World();
    const text = '{"schemaVersion":2,"manifests":[]}';
    const digest = digestOf(text, "sha512");
    world.write(blobPath(digest), text);
    expect(read(world, [digest]).corrupt[0]).toBe(0);
  });
});
