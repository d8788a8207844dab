// The rules of the causes on random worlds: damage here and there is no event, and an event is named whatever the world.
// More of them: CAUSE_RUNS=1000 npx vitest run --config .config/vitest.config.ts test/causes/random-worlds.long.test.ts
import { dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import type { World } from "../worlds/world.ts";

const numRuns = Number(process.env["CAUSE_RUNS"] ?? 40);
const blobs = "docker/registry/v2/blobs";

const codes = async (world: World) => (await scanWorld(world)).causes.map(({ code }) => code);
const names = (world: World, path: string) =>
  world.memory.existsSync(`${world.root}/${path}`)
    ? (world.memory.readdirSync(`${world.root}/${path}`) as string[])
    : [];
const text = (world: World, path: string) => world.memory.readFileSync(`${world.root}/${path}`, "utf8") as string;

interface Manifest {
  config?: { digest: string };
  layers?: { digest: string }[];
  manifests?: { digest: string }[];
}

/** The repositories of random worlds, each with its revisions and the digests that its tags name. */
function repositories(world: World) {
  return ["app", "team/app", "team/base"].map((name) => {
    const manifests = `${repositoriesPath}/${name}/_manifests`;
    const revisions = names(world, `${manifests}/revisions/sha256`).map((hex) => `sha256:${hex}`);
    const tags = names(world, `${manifests}/tags`).map((tag) => text(world, `${manifests}/tags/${tag}/current/link`));
    return { name, revisions, tagged: new Set(tags) };
  });
}

/** What 2.8.3's `garbage-collect -m` leaves of a world without damage (docs/internals/registry-2.8.3.md section 5). */
function collect(world: World): { lost: number; swept: number } {
  const marked = new Set<string>();
  const indexes: { name: string; children: string[] }[] = [];
  for (const { name, revisions, tagged } of repositories(world)) {
    for (const digest of revisions) {
      if (!tagged.has(digest)) {
        world.removeEntry(revisionLinkPath(name, digest));
        continue;
      }
      const { config, layers = [], manifests = [] } = JSON.parse(text(world, blobPath(digest))) as Manifest;
      for (const part of [{ digest }, ...(config ? [config] : []), ...layers, ...manifests]) marked.add(part.digest);
      indexes.push({ name, children: manifests.map((child) => child.digest) });
    }
  }
  for (const shard of names(world, `${blobs}/sha256`)) {
    for (const hex of names(world, `${blobs}/sha256/${shard}`)) {
      if (!marked.has(`sha256:${hex}`)) world.remove(`${blobs}/sha256/${shard}/${hex}`);
    }
  }
  const lost = indexes.flatMap(({ name, children }) =>
    children.filter((child) => !world.memory.existsSync(`${world.root}/${revisionLinkPath(name, child)}`)),
  );
  const swept = [...new Set(lost)].filter((child) => !isComplete(world, child));
  return { lost: new Set(lost).size, swept: swept.length };
}

/**
 * Whether the store has the manifest and all that it references, to any depth. What is named by sha512 is stored under another
 * name, which nobody can tell from that.
 */
function isComplete(world: World, digest: string): boolean {
  if (!isStored(world, digest)) return false;
  const { config, layers = [], manifests = [] } = JSON.parse(text(world, blobPath(digest))) as Manifest;
  const blobs = [...(config ? [config] : []), ...layers];
  return (
    blobs.every((blob) => isStored(world, blob.digest)) && manifests.every((child) => isComplete(world, child.digest))
  );
}

function isStored(world: World, digest: string): boolean {
  return digest.startsWith("sha512:") || world.memory.existsSync(`${world.root}/${blobPath(digest)}`);
}

describe("no cause", () => {
  it("is named for damage here and there", async () => {
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: true }), async (world) => {
        // With no blob at all nobody can tell a store that is not mounted.
        fc.pre(names(world, `${blobs}/sha256`).length > 0);
        expect(await codes(world)).toEqual([]);
      }),
      { numRuns },
    );
  });
});

describe("an event", () => {
  const worlds = randomWorlds({ damaged: false }).filter((world) =>
    repositories(world).some(({ revisions }) => revisions.length > 0),
  );

  it("is named where the store is not mounted", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        world.remove(blobs);
        world.mkdir(blobs);
        expect(await codes(world)).toEqual(["store-not-mounted"]);
      }),
      { numRuns },
    );
  });

  it("is named where the store lies in itself", async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.constantFrom(`${blobs}/blobs/sha256`, `${blobs}/sha256/sha256`),
        async (world, to) => {
          world.memory.renameSync(`${world.root}/${blobs}/sha256`, `${world.root}/moved`);
          world.mkdir(dirname(to));
          world.memory.renameSync(`${world.root}/moved`, `${world.root}/${to}`);
          expect(await codes(world)).toEqual(["store-displaced"]);
        },
      ),
      { numRuns },
    );
  });

  it("is named where garbage-collect -m took what only children needed", async () => {
    let named = 0;
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { lost, swept } = collect(world);
        const causes = await codes(world);
        expect(causes).toEqual(lost > 1 && swept > 0 ? ["collected-children"] : []);
        if (causes.length > 0) named++;
      }),
      { numRuns: 5 * numRuns },
    );
    console.log(`garbage-collect -m was named as the cause in ${named} worlds of ${5 * numRuns}`);
    expect(named).toBeGreaterThan(0);
  });
});
