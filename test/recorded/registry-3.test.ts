// Plays what the real registry 3.1.1 did on 117 storage roots (registry-3/README.md): what it served, where its garbage
// collection aborted, and all that it deleted must be what regfsck foretells.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Bytes } from "../../src/facts/columns.ts";
import { repositoryFolder } from "../../src/layout/paths.ts";
import { collect } from "../../src/registry/collect/collect.ts";
import {
  type CollectInput,
  type Collection,
  graphAfter,
  type HeldDigest,
} from "../../src/registry/collect/collection.ts";
import { RULES } from "../../src/registry/rules.ts";
import { type Pull, pullAll } from "../../src/registry/serve/pull.ts";
import { refusedTags } from "../../src/registry/serve/refused-tags.ts";
import { collectInput } from "../worlds/collect-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";
import type { World } from "../worlds/world.ts";

interface Deleted {
  readonly deletedBlobs: readonly string[];
  readonly deletedRevisions: readonly string[];
  readonly deletedLayerLinks: readonly string[];
}

interface Collected {
  readonly dryRun: { readonly marked: number | null };
  readonly real: Deleted & {
    readonly exit: number;
    readonly stage: string | null;
    readonly sometimes?: Partial<Deleted>;
    readonly tagsBrokenAfter: readonly string[] | null;
  };
}

interface Recorded {
  readonly name: string;
  readonly serve: Readonly<Record<string, readonly unknown[]>>;
  readonly gc: { readonly plain: Collected; readonly untagged: Collected };
}

const here = fileURLToPath(new URL("registry-3", import.meta.url));
const results = readFileSync(`${here}/results.jsonl`, "utf8").trimEnd().split("\n");
const recorded = results.map((line) => JSON.parse(line) as Recorded);

const STAGES = { mark: "mark", delete: "manifests", sweep: "listing", blobs: "blobs", layers: "layerLinks" } as const;

describe.each(recorded)("registry 3.1.1 on $name", ({ name, serve, gc }) => {
  const world = unpackedWorld(`${here}/roots/${name}.tar.gz`);
  const input = collectInput(world, RULES[3]);
  const tags = Object.keys(serve);

  it("breaks the same tags", () => {
    expect(brokenOf(input, pullAll(input.graph), tags)).toEqual(tags.filter((tag) => serve[tag]!.length > 0).sort());
  });

  it("foretells what an upgrade from 2.8.3 costs, with a reason for each tag", () => {
    const earlier = collectInput(world, RULES[2]);
    const brokenBefore = brokenOf(earlier, pullAll(earlier.graph), tags);
    const refused = refusedTags(input.graph, pullAll(input.graph), RULES[3]);
    const names = brokenOf(input, { brokenTags: refused.map(({ tag }) => ({ tag, platforms: [] })) }, tags);
    const lost = tags.filter((tag) => serve[tag]!.length > 0 && !brokenBefore.includes(tag));
    expect(names).toEqual(lost.sort());
    expect(refused.filter(({ parts }) => parts.length === 0)).toEqual([]);
  });

  it.each(["plain", "untagged"] as const)("collects the same: %s", (mode) => {
    const { dryRun, real } = gc[mode];
    const collection = collect(input, { deleteUntagged: mode === "untagged", removedTags: new Bytes() });
    const [abort] = collection.aborts;
    expect(abort ? STAGES[abort.phase] : null).toBe(real.stage);
    if (dryRun.marked !== null) expect(collection.marked).toBe(dryRun.marked);
    expect(deletedBy(world, input, collection)).toEqual(atWorst(real));
    if (real.tagsBrokenAfter === null) return;
    const after = pullAll(graphAfter(input.graph, collection));
    expect(brokenOf(input, after, tags)).toEqual([...real.tagsBrokenAfter].sort());
  });
});

function brokenOf(
  { graph }: CollectInput,
  { brokenTags }: Pick<Pull, "brokenTags">,
  asked: readonly string[],
): string[] {
  const names = brokenTags.map(({ tag }) => {
    return `${graph.repository(graph.tags.repository(tag)).name}:${graph.tags.name(tag)}`;
  });
  return names.filter((name) => asked.includes(name)).sort();
}

function deletedBy({ memory, root }: World, { graph }: CollectInput, collection: Collection): Deleted {
  // By the place on disk: a repository may have a second name by way of a symbolic link.
  const placeOf = (name: string) => `${memory.realpathSync(`${root}/${repositoryFolder(name)}`)}`;
  const held = (all: readonly HeldDigest[]) => {
    const names = all.map(({ repository, digest }) => {
      return `${placeOf(repository.name).slice(placeOf("").length + 1)}@${graph.digests.text(digest)}`;
    });
    return [...new Set(names)].sort();
  };
  return {
    deletedBlobs: collection.deletedBlobs.map((blob) => graph.digests.text(blob)).sort(),
    deletedRevisions: held(collection.deletedRevisions),
    deletedLayerLinks: held(collection.deletedLayers),
  };
}

/** With what went in some of the runs, where it stops among what goes in no order. */
function atWorst({ sometimes = {}, ...real }: Collected["real"]): Deleted {
  const all = (key: keyof Deleted) => [...real[key], ...(sometimes[key] ?? [])].sort();
  return {
    deletedBlobs: all("deletedBlobs"),
    deletedRevisions: all("deletedRevisions"),
    deletedLayerLinks: all("deletedLayerLinks"),
  };
}
