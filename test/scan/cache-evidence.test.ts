import { describe, expect, it } from "vitest";
import { revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { cacheEvidence } from "../../src/scan/cache-evidence.ts";
import { failing } from "../worlds/watched-fs.ts";
import { type Descriptor, World } from "../worlds/world.ts";

const STATE = "scheduler-state.json";
const MINUTE = 60_000;
const now = Date.UTC(2026, 0, 31);

/** A repository `app` with two images, and a state file of a cache's that names what `entries` gives of them. */
function worldOf(entries: (first: Descriptor, second: Descriptor) => string) {
  const world = new World();
  const app = world.repository("app");
  const images = [app.image("1"), app.image("2")] as const;
  for (const { digest } of images) world.touch(revisionLinkPath("app", digest), now - MINUTE);
  world.write(STATE, entries(...images));
  world.touch(STATE, now);
  return { world, images };
}

const named = (...images: Descriptor[]) =>
  JSON.stringify(Object.fromEntries(images.map(({ digest }) => [`app@${digest}`, { EntryType: 1 }])));
const evidence = (world: World, fs = world.fs) => cacheEvidence(fs, world.root, ["app"]);

describe("cacheEvidence", () => {
  it("is certain of a registry without a state file", () => {
    const world = new World();
    world.repository("app").image("1");
    expect(evidence(world)).toEqual({ kind: "authoritative" });
  });

  it("is certain of a cache whose file names every manifest", () => {
    const { world } = worldOf((first, second) => named(first, second));
    expect(evidence(world)).toEqual({ kind: "cache" });
  });

  it("is certain of a cache that holds no manifest", () => {
    const world = new World();
    world.write(STATE, "{}");
    expect(evidence(world)).toEqual({ kind: "cache" });
  });

  it("does not count a manifest that was fetched since the file was written", () => {
    const { world, images } = worldOf((first) => named(first));
    world.touch(revisionLinkPath("app", images[1].digest), now);
    expect(evidence(world)).toEqual({ kind: "cache" });
  });

  it("does not count the empty folder that an expired manifest leaves", () => {
    const { world, images } = worldOf((first) => named(first));
    world.remove(revisionLinkPath("app", images[1].digest));
    expect(evidence(world)).toEqual({ kind: "cache" });
  });

  it("doubts a file that names none, or not all, of the manifests", () => {
    const none = worldOf(() => "{}").world;
    expect(evidence(none)).toMatchObject({ doubt: expect.stringContaining("does not name 2 of the 2 manifests") });
    const some = worldOf((first) => named(first)).world;
    expect(evidence(some)).toMatchObject({ doubt: expect.stringContaining("does not name 1 of the 2 manifests") });
  });

  it.each(["", "\0\0\0", '{"app@sha256:', "[]", "null"])("doubts a file that holds %j", (content) => {
    const { world } = worldOf(() => content);
    expect(evidence(world)).toMatchObject({ kind: "cache", doubt: expect.stringContaining("cut off") });
  });

  it("doubts a file that cannot be read", () => {
    const { world } = worldOf(() => "{}");
    expect(evidence(world, failing(world.fs, "EACCES", /scheduler/, ["openSync"]))).toMatchObject({
      doubt: expect.stringContaining("cannot be read (EACCES)"),
    });
  });
});
