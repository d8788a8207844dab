import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bytes } from "../../../src/facts/columns.ts";
import { safeToFreeBytes } from "../../../src/registry/collect/keep.ts";
import { rootUsage } from "../../../src/registry/usage/usage.ts";
import { type Disk, manifestsOf, readDisk } from "../../worlds/disk.ts";
import { randomWorlds } from "../../worlds/random-world.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

/** What needs blobs: a tag, or the manifests of a repository that none of its tags leads to. */
interface Holder {
  repository: string;
  tag: string | undefined;
  needs: Set<string>;
}

function holdersOf(disk: Disk): Holder[] {
  const manifests = manifestsOf(disk);
  const holders: Holder[] = [];
  for (const [repository, { layers, revisions, tags }] of disk.repositories) {
    const follow = (starts: Iterable<string>) => {
      const followed = new Set(starts);
      const needs = new Set<string>();
      for (const digest of followed) {
        needs.add(digest);
        for (const { kind, digest: target } of manifests.get(digest)?.references ?? []) {
          needs.add(target);
          needs.add(layers.get(target) ?? target);
          if (kind === "child") followed.add(target);
        }
        for (const referrer of revisions.values()) {
          if (manifests.get(referrer)?.subject === digest) followed.add(referrer);
        }
      }
      return { followed, needs };
    };
    const tagged = new Set<string>();
    for (const [tag, target] of tags) {
      const { followed, needs } = follow([target]);
      for (const digest of followed) tagged.add(digest);
      holders.push({ repository, tag, needs });
    }
    const { needs } = follow([...revisions.values()].filter((digest) => !tagged.has(digest)));
    holders.push({ repository, tag: undefined, needs });
  }
  return holders;
}

/** The bytes in the store that any of these needs. */
function bytesOf({ blobs }: Disk, holders: readonly Holder[]): number {
  const needed = new Set(holders.flatMap(({ needs }) => [...needs]));
  return [...needed].reduce((sum, digest) => sum + (blobs.get(digest)?.length ?? 0), 0);
}

/** What these need, and what of it would be free without them. */
function spaceOf(disk: Disk, all: readonly Holder[], holders: readonly Holder[]) {
  const others = all.filter((holder) => !holders.includes(holder));
  return { total: bytesOf(disk, holders), unique: bytesOf(disk, all) - bytesOf(disk, others) };
}

describe("rootUsage", () => {
  it("equals what taking each holder away shows, in random damaged worlds", () => {
    fc.assert(
      fc.property(randomWorlds({ damaged: true }), (world) => {
        const graph = graphOf(world);
        const names = graph.repositories().map(({ name }) => name);
        const disk = readDisk(world, names);
        const holders = holdersOf(disk);
        const tagged = holders.filter(({ tag }) => tag !== undefined);
        const usage = rootUsage(graph);

        const total = [...disk.blobs.values()].reduce((sum, { length }) => sum + length, 0);
        expect(usage).toMatchObject({
          blobs: disk.blobs.size,
          total,
          tagged: bytesOf(disk, tagged),
          untagged: bytesOf(disk, holders) - bytesOf(disk, tagged),
          unreferenced: total - bytesOf(disk, holders),
        });
        expect(
          usage.repositories.map(({ repository, total, unique }) => ({ name: repository.name, total, unique })),
        ).toEqual(
          names.map((name) => {
            return {
              name,
              ...spaceOf(
                disk,
                holders,
                holders.filter(({ repository }) => repository === name),
              ),
            };
          }),
        );
        expect(usage.repositories.map(({ repository, untagged }) => ({ name: repository.name, untagged }))).toEqual(
          names.map((name) => {
            const own = holders.filter(({ repository, tag }) => repository === name && tag === undefined);
            return { name, untagged: bytesOf(disk, [...own, ...tagged]) - bytesOf(disk, tagged) };
          }),
        );
        expect(usage.repositories.map(({ uniqueUntagged }) => uniqueUntagged)).toEqual(
          names.map((name) => {
            const others = holders.filter(({ repository, tag }) => repository !== name || tag !== undefined);
            return bytesOf(disk, holders) - bytesOf(disk, others);
          }),
        );
        const tags = usage.tags
          .filter(({ tag }) => graph.tags.target(tag) >= 0)
          .map(({ tag, total, unique }) => {
            const repository = graph.repository(graph.tags.repository(tag)).name;
            return { name: `${repository}:${graph.tags.name(tag)}`, total, unique };
          });
        expect(tags).toEqual(
          tagged
            .map((holder) => ({ name: `${holder.repository}:${holder.tag}`, ...spaceOf(disk, holders, [holder]) }))
            .sort(
              (a, b) =>
                names.indexOf(a.name.split(":")[0]!) - names.indexOf(b.name.split(":")[0]!) ||
                (a.name < b.name ? -1 : 1),
            ),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("calls reclaimable what a correct collection frees, in random damaged worlds", () => {
    fc.assert(
      fc.property(randomWorlds({ damaged: true }), (world) => {
        const graph = graphOf(world);
        const { untagged, unreferenced } = rootUsage(graph);
        const freed = (deleteUntagged: boolean) => safeToFreeBytes(graph, { deleteUntagged, removedTags: new Bytes() });
        expect(unreferenced).toBe(freed(false));
        expect(untagged + unreferenced).toBe(freed(true));
      }),
      { numRuns: 40 },
    );
  });

  it("finds nothing unique to two tags of one image, but all of it to their repository", () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("v1");
    repository.tag("latest", image.digest);
    const { repositories, tags } = rootUsage(graphOf(world));
    const bytes = image.size + image.config.size + image.layers[0]!.size;
    expect(tags.map(({ total, unique }) => ({ total, unique }))).toEqual([
      { total: bytes, unique: 0 },
      { total: bytes, unique: 0 },
    ]);
    expect(repositories[0]).toMatchObject({ total: bytes, unique: bytes, untagged: 0 });
  });

  it("counts unfinished uploads apart from blobs", () => {
    const world = new World();
    const repository = world.repository("app");
    repository.image("v1");
    world.write(`${repository.folder}/_uploads/one/data`, "12345");
    const { uploads, total, tagged, repositories } = rootUsage(graphOf(world));
    expect({ uploads, tagged, inRepository: repositories[0]!.uploads }).toEqual({
      uploads: 5,
      tagged: total,
      inRepository: 5,
    });
  });
});
