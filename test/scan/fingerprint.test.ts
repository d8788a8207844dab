import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import type { Unreadable } from "../../src/facts/facts.ts";
import { fingerprint } from "../../src/scan/fingerprint.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

function newWorld() {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image("1.0");
  return { world, app, image };
}

describe("fingerprint", () => {
  it.each<[string, (on: ReturnType<typeof newWorld>) => void]>([
    ["a tag is set", ({ app, image }) => app.tag("2.0", image.digest)],
    ["a tag names something else", ({ app }) => app.tag("1.0", app.image().digest)],
    ["a manifest is pushed", ({ app }) => app.manifest({ schemaVersion: 2 })],
    [
      "a manifest that is there is pushed again",
      ({ world, image }) => world.touch(revisionLinkPath("team/app", image.digest), 1),
    ],
    ["a layer is pushed", ({ app }) => app.layer()],
    ["a blob is finished, and not linked yet", ({ world }) => world.blob("new")],
    [
      "a layer is mounted into another repository",
      ({ world, image }) => world.repository("other").link("layer", image.layers[0]!.digest),
    ],
    ["an upload begins", ({ world, app }) => world.write(`${app.folder}/_uploads/id/data`)],
    ["a repository appears", ({ world }) => world.repository("other")],
    ["a file hides repositories from the walk", ({ world }) => world.write("docker/registry/v2/repositories/_x")],
    ["a loop ends the walk", ({ world }) => world.symlink("docker/registry/v2/repositories/loop", ".")],
    [
      "a loop is in place of a blob's directory",
      ({ world, image }) => {
        const directory = dirname(blobPath(image.layers[0]!.digest));
        world.memory.rmSync(`${world.root}/${directory}`, { recursive: true });
        world.symlink(directory, basename(directory));
      },
    ],
    ["a file lies among the blobs", ({ world }) => world.write("docker/registry/v2/blobs/data")],
    ["a link lies beside the revisions", ({ app, world }) => world.write(`${app.folder}/_manifests/revisions/x/link`)],
    ["a manifest is gone", ({ world, image }) => world.memory.rmSync(`${world.root}/${blobPath(image.digest)}`)],
    ["a manifest is cut short", ({ world, image }) => world.write(blobPath(image.digest), "")],
    ["a cache's state file appears", ({ world }) => world.write("scheduler-state.json", "{}")],
    [
      "another file system is in its place",
      ({ world }) => {
        world.memory.renameSync("/registry/docker", "/registry/old");
        world.memory.cpSync("/registry/old", "/registry/docker", { recursive: true });
        world.memory.rmSync("/registry/old", { recursive: true });
      },
    ],
  ])("moves where %s", (_, change) => {
    const on = newWorld();
    const before = fingerprint(on.world.fs, on.world.root, []);
    change(on);
    expect(fingerprint(on.world.fs, on.world.root, [])).not.toBe(before);
  });

  it("stays where nothing moved", () => {
    const { world } = newWorld();
    expect(fingerprint(world.fs, world.root, [])).toBe(fingerprint(world.fs, world.root, []));
  });

  it("notes what it cannot read", () => {
    const { world } = newWorld();
    const unreadable: Unreadable[] = [];
    fingerprint(failing(world.fs, "EIO", /blobs\/sha256$/), world.root, unreadable);
    expect(unreadable).toEqual([{ path: "docker/registry/v2/blobs/sha256", error: "EIO" }]);
  });
});
