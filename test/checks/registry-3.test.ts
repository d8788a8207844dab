// What scans say under registry 3 where it differs from what they say under 2.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";
import { World } from "../worlds/world.ts";

async function messages(world: World): Promise<string[]> {
  const { findings } = await scanWorld(world, { options: ["--registry", "3"] });
  return findings.filter(({ severity }) => severity !== "info").map(({ code, message }) => `${code}: ${message}`);
}

const recorded = (name: string) =>
  unpackedWorld(fileURLToPath(new URL(`../recorded/registry-3/roots/${name}.tar.gz`, import.meta.url)));

describe("a scan for registry 3", () => {
  it("names a manifest of schema 1", async () => {
    expect(await messages(recorded("027-upgrade-schema1"))).toEqual([
      "invalid-manifest: schemaVersion 1, which only the registry before this one reads: 500",
    ]);
  });

  it("names a manifest that is linked among the layers only", async () => {
    expect(await messages(recorded("083-layers-linked-manifest"))).toEqual([
      "dangling-tag: the tag names a manifest that is linked among the layers only, where this registry does not look: 404",
    ]);
  });

  it("says that a malformed layer link aborts garbage collection", async () => {
    expect(await messages(recorded("048-layer-link-empty"))).toEqual([
      expect.stringMatching(
        /^malformed-link: the layer link is malformed \(.+\): 500 when it is pulled, and garbage collection aborts$/,
      ),
    ]);
  });

  it("names what stops a walk of layer links, and of names by _manifests", async () => {
    const world = new World();
    world.repository("app").image("1");
    world.write(`${repositoriesPath}/app/_layers/other/link`, "");
    world.mkdir(`${repositoriesPath}/BadName/_manifests`);
    world.repository("b").image("1");
    world.remove(`${repositoriesPath}/b/_layers`);
    world.write(`${repositoriesPath}/b/_layers`);
    expect((await messages(world)).filter((message) => message.startsWith("stray"))).toEqual([
      "stray-entry: a _manifests folder whose path is not a valid repository name: garbage collection aborts",
      "stray-entry: a file called link that is not a layer link: garbage collection reads it and aborts",
      "stray-entry: a file where the registry expects a directory: 500, and garbage collection aborts",
    ]);
  });

  it("passes over what hides nothing: a file whose name begins with _, and leftovers of small writes", async () => {
    const world = new World();
    const { digest } = world.repository("app").image("1");
    world.write(`${repositoriesPath}/_stray`);
    const hex = digest.slice("sha256:".length);
    world.write(`${repositoriesPath}/app/_manifests/revisions/sha256/${hex}/link.0b9c.tmp`);
    world.write(`${repositoriesPath}/app/_layers/sha256/${hex}/link.0b9c.tmp`);
    expect(await messages(world)).toEqual([]);
  });
});
