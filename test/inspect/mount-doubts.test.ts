import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { mountDoubts } from "../../src/inspect/mount-doubts.ts";
import { pullAll } from "../../src/registry/serve/pull.ts";
import { listNamespace } from "../../src/scan/list-namespace.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

function doubted(world: World): string[] {
  const graph = graphOf(world);
  return [...mountDoubts(listNamespace(world.fs, world.root), graph, pullAll(graph))].map(({ path }) => path);
}

describe("mountDoubts", () => {
  it("doubts an empty repositories/ beside a full store", () => {
    const world = new World();
    world.blob("layer");
    expect(doubted(world)).toEqual([repositoriesPath]);
  });

  it("doubts an empty directory among repositories while blobs belong to none", () => {
    const world = new World();
    world.repository("app").image("1");
    world.blob("of the volume that is not mounted");
    world.mkdir(`${repositoriesPath}/team`);
    expect(doubted(world)).toEqual([`${repositoriesPath}/team`]);
  });

  it("lets an empty directory be where every blob belongs to a repository", () => {
    const world = new World();
    world.repository("app").image("1");
    world.mkdir(`${repositoriesPath}/team`);
    expect(doubted(world)).toEqual([]);
  });

  it("lets unreferenced blobs be where no directory is empty", () => {
    const world = new World();
    world.repository("app").image("1");
    world.blob("garbage");
    expect(doubted(world)).toEqual([]);
  });

  it("lets a directory be that holds what the registry's walk passes over", () => {
    const world = new World();
    world.repository("app").image("1");
    world.blob("garbage");
    world.symlink(`${repositoriesPath}/team/loop`, "loop");
    expect(doubted(world)).toEqual([]);
  });
});
