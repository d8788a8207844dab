import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { shortDigest } from "../../../src/layout/digest.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

async function print(world: World): Promise<string> {
  const { printed } = await runProgram(world.fs, ["plan", world.root]);
  return printed.replace(/in [\d.]+ s\.|Took [\d.]+ s\./g, "TIME");
}

describe("the text of a plan", () => {
  it("is what becomes of the images, what fixes them, and how to begin", async () => {
    const world = new World();
    const repository = world.repository("app");
    const [linked, pushed] = [repository.image(), repository.image()];
    repository.index({ "linux/arm64": linked }, "relinked");
    repository.index({ "linux/arm64": pushed }, "pushed");
    const lost = repository.image("lost");
    const orphan = repository.layer();
    world.removeEntry(revisionLinkPath("app", linked.digest));
    for (const { digest } of [pushed.layers[0]!, lost, orphan]) world.removeEntry(blobPath(digest));
    for (const { digest } of [lost.config, lost.layers[0]!]) world.removeEntry(layerLinkPath("app", digest));
    const hex = (digest: string) => digest.slice(7);
    expect(await print(world)).toBe(`3 broken tags: 1 can be fixed from what is on the disk, 1 by pushing again, 1
  lost

A script can fix this from what is on the disk
  app:relinked
    write the revision link: all that it leads to is there
      docker/registry/v2/repositories/app/_manifests/revisions/sha256/${hex(linked.digest)}/link

Clients have to push this again, byte for byte as it was
  Run the script first: a push never repairs a damaged file. Then restart the
  registry: as long as it remembers a blob that is gone, it answers clients that
  it still has it.
  app:pushed
    linux/arm64  ${shortDigest(pushed.digest)}  1 blob, ${pushed.layers[0]!.size} bytes

Lost: rebuild the image, or delete the tag if nobody needs it
  app:lost
    its manifest is gone, and with it what is known of the image; whoever still
      has it can push it

A script can also clean up what no image needs
  1 × move the layer link away: its blob is gone, and nothing needs it
    docker/registry/v2/repositories/app/_layers/sha256/${hex(orphan.digest)}/link

To begin: --script FILE writes a shell script that does what needs no client;
  read it, then run it.

Planned  /registry  (authoritative)
TIME
`);
  });

  it("is one line and what was looked at where there is nothing to fix", async () => {
    const world = new World();
    world.repository("app").image("v1");
    expect(await print(world)).toBe("nothing to fix\n\nPlanned  /registry  (authoritative)\nTIME\n");
  });
});
