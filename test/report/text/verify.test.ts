import { describe, expect, it } from "vitest";
import { revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { shortDigest } from "../../../src/layout/digest.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

async function print(world: World, ...options: string[]): Promise<string> {
  const { printed } = await runProgram(world.fs, ["verify", ...options, world.root, "app:v1"]);
  return printed;
}

describe("the text of verify", () => {
  it("is the verdict, the tree, what fixes it, and what was checked", async () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    const index = repository.index({ "linux/arm64": child }, "v1");
    world.removeEntry(revisionLinkPath("app", child.digest));
    const [i, c, config, layer] = [index, child, child.config, child.layers[0]!].map(({ digest }) =>
      shortDigest(digest),
    );
    expect(await print(world)).toBe(`app:v1 is broken: linux/arm64 cannot be pulled

  tag v1           ${i}                              200
    index          ${i}  ${index.size} bytes  linked   stored  200
      linux/arm64  ${c}  ${child.size} bytes  no link  stored  404
        config     ${config}   ${child.config.size} bytes  linked   stored  200
        layer      ${layer}    ${child.layers[0]!.size} bytes  linked   stored  200

  unlinked-child: the child manifest is in the store, but its repository has no
    revision link to it: 404
    fix: write its revision link back, and the layer links that are gone (all
      that it needs is in the store)
      docker/registry/v2/repositories/app/_manifests/revisions/sha256/${child.digest.slice(7)}/link

Checked links, sizes, manifests and configs of 4 parts, 694 bytes, in 0.0 s.
`);
  });

  it("shows of what is pullable the beginning, and of what is broken all", async () => {
    const world = new World();
    const repository = world.repository("app");
    const layers = Array.from({ length: 50 }, () => repository.layer());
    repository.image("v1", layers);
    world.remove(`${repository.folder}/_layers/sha256/${layers[40]!.digest.slice(7)}`);
    const text = await print(world);
    // One of the twenty is the config.
    expect(text.match(/^ {6}layer /gm)).toHaveLength(19 + 1);
    const row = text.split("\n").find((line) => line.includes(shortDigest(layers[40]!.digest)));
    expect(row).toMatch(/ no link {2}stored {2}404$/);
    expect(text).toContain("… and 30 more (--full prints all)");
  });

  it("calls what a cache has not fetched by that name", async () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    repository.index({ "linux/arm64": child }, "v1");
    world.removeEntry(revisionLinkPath("app", child.digest));
    const text = await print(world, "--cache", "registry");
    expect(text).toContain("app:v1 is pullable\n");
    expect(text).toMatch(/linux\/arm64 .* no link {2}stored {2}not fetched\n/);
  });

  it("indents indexes that nest deeply no further than can be read", async () => {
    const world = new World();
    const repository = world.repository("app");
    let top = repository.image();
    for (let depth = 0; depth < 40; depth++) {
      top = { ...top, ...repository.index({ "linux/amd64": top }, depth === 39 ? "v1" : undefined) };
    }
    const text = await print(world);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain("app:v1 is pullable");
  });
});
