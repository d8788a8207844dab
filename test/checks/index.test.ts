import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { blobPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const sixteen = (fields: string[]) => createHash("sha256").update(fields.join("\0")).digest("hex").slice(0, 16);

describe("a finding's id", () => {
  it("is made of its code, root, repository, digest, parent and path, so that it is the same tomorrow", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const [layer] = image.layers;
    const path = blobPath(layer!.digest);
    world.removeEntry(path);
    const { findings } = await scanWorld(world);
    expect(findings.map(({ id }) => id)).toEqual([
      sixteen(["missing-blob", "registry", "team/app", layer!.digest, image.digest, path]),
    ]);
  });

  it("leaves an empty place for what a finding does not have", async () => {
    const world = new World();
    const path = tagLinkPath("team/app", "1.0");
    world.repository("team/app").image("1.0");
    world.write(path);
    const { findings } = await scanWorld(world);
    expect(findings.map(({ id }) => id)).toEqual([sixteen(["malformed-link", "registry", "team/app", "", "", path])]);
  });
});

it("says where a finding is explained: the section of its code", async () => {
  const world = new World();
  world.repository("team/app").image("1.0");
  world.write(tagLinkPath("team/app", "1.0"));
  const { findings } = await scanWorld(world);
  expect(findings.map(({ docsUrl }) => docsUrl)).toEqual(["docs/findings.md#malformed-link"]);
});
