import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { brokenImages, scanWorld } from "../worlds/scan-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";

const recorded = fileURLToPath(new URL("../recorded/registry-3/roots/013-sparse-index-first.tar.gz", import.meta.url));

/** The broken images of a root whose a/thin has the amd64 child of an index alone. */
async function broken(registry: string, platforms: string): Promise<string[]> {
  const world = unpackedWorld(recorded);
  world.write(
    "config.yml",
    `version: 0.1
storage: {filesystem: {rootdirectory: ${world.root}}}
validation: {manifests: {indexes: {${platforms}}}}
`,
  );
  const options = ["--registry", registry, "--registry-config", `${world.root}/config.yml`];
  return brokenImages(await scanWorld(world, { options }));
}

describe("an index with the children alone that the registry's configuration asks for", () => {
  it("is pullable", async () => {
    expect(await broken("3", "platforms: list, platformlist: [{os: linux, architecture: amd64}]")).toEqual([]);
  });

  it.each([
    ["where the missing platform is listed", "3", "platforms: list, platformlist: [{os: linux, architecture: arm64}]"],
    ["where nothing tells which platforms are meant", "3", "platforms: none"],
    [
      "under a registry that has no such setting",
      "2",
      "platforms: list, platformlist: [{os: linux, architecture: amd64}]",
    ],
  ])("is broken %s", async (_, registry, platforms) => {
    expect(await broken(registry, platforms)).toEqual(["a/thin:latest [linux/arm64]"]);
  });
});
