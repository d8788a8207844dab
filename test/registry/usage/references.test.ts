import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RootGraph } from "../../../src/graph/root-graph.ts";
import { ReferenceIndex } from "../../../src/registry/usage/references.ts";
import { type Disk, type Manifest, manifestsOf, readDisk } from "../../worlds/disk.ts";
import { randomWorlds } from "../../worlds/random-world.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

interface Edge {
  kind: string;
  from: string;
  to: string;
  /** The only repository in which it holds. */
  repository: string | undefined;
}

interface Facts {
  disk: Disk;
  manifests: Map<string, Manifest>;
  edges: Edge[];
}

/** Every step that there is, each found by looking at everything. */
function factsOf(graph: RootGraph, world: World): Facts {
  const disk = readDisk(
    world,
    graph.repositories().map(({ name }) => name),
  );
  const manifests = manifestsOf(disk);
  const edges: Edge[] = [];
  for (const [from, { references, subject }] of manifests) {
    for (const { kind, digest } of references) edges.push({ kind, from, to: digest, repository: undefined });
    if (subject === undefined) continue;
    edges.push({ kind: "subject", from, to: subject, repository: undefined });
    for (const [repository, { revisions }] of disk.repositories) {
      if ([...revisions.values()].includes(from)) edges.push({ kind: "referrer", from: subject, to: from, repository });
    }
  }
  for (const [repository, { layers, revisions }] of disk.repositories) {
    for (const [place, target] of [...layers, ...revisions]) {
      if (place !== target) edges.push({ kind: "alias", from: place, to: target, repository });
    }
  }
  return { disk, manifests, edges };
}

/**
 * Whether this blob is met on the way down from `from` for the sake of a repository's tags: referrers first, subjects
 * later, since what also refers to a subject is no reason for its other referrers.
 */
function reaches({ edges }: Facts, from: string, blob: string, repository: string, first?: Edge): boolean {
  const seen = new Set<string>();
  const go = (at: string, isAfterSubject: boolean, next: readonly Edge[]): boolean => {
    if (at === blob && next === edges) return true;
    if (next === edges && seen.has(`${at} ${isAfterSubject}`)) return false;
    if (next === edges) seen.add(`${at} ${isAfterSubject}`);
    return next.some((edge) => {
      if (edge.from !== at || (edge.repository ?? repository) !== repository) return false;
      if (edge.kind === "referrer" && isAfterSubject) return false;
      return go(edge.to, isAfterSubject || edge.kind === "subject", edges);
    });
  };
  return go(from, false, first ? [first] : edges);
}

function tagsAbove(facts: Facts, blob: string): string[] {
  const names: string[] = [];
  for (const [repository, { tags }] of facts.disk.repositories) {
    for (const [tag, target] of tags) if (reaches(facts, target, blob, repository)) names.push(`${repository}:${tag}`);
  }
  return names.sort();
}

function stepsAbove(facts: Facts, blob: string): string[] {
  const repositories = [...facts.disk.repositories.keys()];
  const above = facts.edges.filter((edge) =>
    repositories.some((repository) => reaches(facts, edge.from, blob, repository, edge)),
  );
  return [...new Set(above.map(({ kind, from, to, repository }) => `${from} ${kind} ${to} ${repository}`))].sort();
}

function answerOf(graph: RootGraph, index: ReferenceIndex, blob: string) {
  const { digests, tags } = graph;
  const references = index.of(digests.find(blob));
  return {
    tags: references.tags.map((tag) => `${graph.repository(tags.repository(tag)).name}:${tags.name(tag)}`).sort(),
    steps: [
      ...new Set(
        references.steps.map(({ kind, from, to, repository }) => {
          const where = repository < 0 ? undefined : graph.repository(repository).name;
          return `${digests.text(from)} ${kind} ${digests.text(to)} ${where}`;
        }),
      ),
    ].sort(),
  };
}

describe("ReferenceIndex", () => {
  it("finds every step up and every tag that looking at everything finds, in random damaged worlds", () => {
    fc.assert(
      fc.property(randomWorlds({ damaged: true }), (world) => {
        const graph = graphOf(world);
        const index = new ReferenceIndex(graph);
        const facts = factsOf(graph, world);
        for (let digest = 0; digest < graph.digests.length; digest++) {
          const blob = graph.digests.text(digest);
          expect(answerOf(graph, index, blob)).toEqual({
            tags: tagsAbove(facts, blob),
            steps: stepsAbove(facts, blob),
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leads from a signature's layer by way of its subject to the tag", () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("v1");
    const layer = repository.layer();
    const signature = repository.manifest({ schemaVersion: 2, config: layer, layers: [layer], subject: image });
    const graph = graphOf(world);
    const { steps, tags } = new ReferenceIndex(graph).of(graph.digests.find(layer.digest));
    expect(steps.map(({ kind, from }) => [kind, graph.digests.text(from)])).toEqual([
      ["config", signature.digest],
      ["layer", signature.digest],
      ["referrer", image.digest],
    ]);
    expect(tags.map((tag) => graph.tags.name(tag))).toEqual(["v1"]);
  });

  it("lets no other repository's tag answer for a link that holds another digest", () => {
    const world = new World();
    const layer = world.repository("app").layer();
    const other = `sha512:${"a".repeat(128)}`;
    world.repository("app").link("layer", other, layer.digest);
    world.repository("app").image("v1", [{ ...layer, digest: other }]);
    world.repository("other").image("v2", [{ ...layer, digest: other }]);
    const graph = graphOf(world);
    const { tags } = new ReferenceIndex(graph).of(graph.digests.find(layer.digest));
    expect(tags.map((tag) => graph.tags.name(tag))).toEqual(["v1"]);
  });

  it("follows indexes that nest deeply, and that name each other's child twice, in linear time", () => {
    const world = new World();
    const repository = world.repository("app");
    let top = repository.image();
    const layer = top.layers[0]!;
    for (let depth = 0; depth < 60; depth++) {
      top = {
        ...top,
        ...repository.index({ "linux/amd64": top, "linux/arm64": top }, depth === 59 ? "v1" : undefined),
      };
    }
    const graph = graphOf(world);
    const { steps, tags } = new ReferenceIndex(graph).of(graph.digests.find(layer.digest));
    expect(steps).toHaveLength(1 + 2 * 60);
    expect(tags).toHaveLength(1);
  });
});
