// The one command that the cause advises: for the right places, and no more of them than a person reads.
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { SERVER, ServedWorld } from "../worlds/owners.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import type { Image } from "../worlds/world.ts";

function servedWorld(images = 1): { world: ServedWorld; images: Image[] } {
  const world = new ServedWorld();
  const pushed = Array.from({ length: images }, (_, number) => world.repository("team/app").image(`${number}`));
  world.repository("other").image("1");
  return { world, images: pushed };
}

async function nextOf(world: ServedWorld): Promise<string | undefined> {
  const { causes } = await scanWorld(world, { fs: world.servedFs, options: ["--as-user", `${SERVER}:${SERVER}`] });
  return causes[0]?.next;
}

describe("the command", () => {
  it("gives the places to the user, where they are few", async () => {
    const { world, images } = servedWorld();
    const path = dirname(blobPath(images[0]!.digest));
    world.restoreAsRoot(path, 0o700);
    expect(await nextOf(world)).toBe(`chown -R ${SERVER}:${SERVER} /registry/${path}`);
  });

  it("gives a repository, where they are many and lie in one", async () => {
    const { world, images } = servedWorld(5);
    for (const { config } of images) world.restoreAsRoot(layerLinkPath("team/app", config.digest), 0o600);
    expect(await nextOf(world)).toBe(`chown -R ${SERVER}:${SERVER} /registry/${repositoriesPath}/team/app`);
  });

  it("gives the user the right to read, where the places are that user's own", async () => {
    const { world, images } = servedWorld();
    const path = blobPath(images[0]!.digest);
    world.change(path, SERVER, 0o044);
    expect(await nextOf(world)).toBe(`chmod -R u+rX /registry/${path}`);
  });

  it("does both where neither alone is enough", async () => {
    const { world, images } = servedWorld();
    const path = blobPath(images[0]!.digest);
    world.restoreAsRoot(path, 0o000);
    expect(await nextOf(world)).toBe(
      `chown -R ${SERVER}:${SERVER} /registry/${path} && chmod -R u+rX /registry/${path}`,
    );
  });

  it("is one that a shell takes as it is meant", async () => {
    const { world } = servedWorld();
    const folder = `${repositoriesPath}/it's $HOME`;
    world.mkdir(`${folder}/_layers`);
    world.restoreAsRoot(folder, 0o700);
    expect(await nextOf(world)).toBe(`chown -R ${SERVER}:${SERVER} '/registry/${repositoriesPath}/it'\\''s $HOME'`);
  });
});
