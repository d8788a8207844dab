// What each finding says and advises, word for word: someone reads it at three in the morning, and does it.
import { expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { scanWorld } from "../worlds/scan-world.ts";
import { type Descriptor, digestOf, type Image, type RepositoryWorld, World } from "../worlds/world.ts";

interface Stage {
  world: World;
  app: RepositoryWorld;
  image: Image;
  child: Image;
  index: Descriptor;
  options: string[];
}

const zeros = `sha256:${"0".repeat(64)}`;
const now = Date.UTC(2026, 0, 31);
const DAY = 24 * 3600 * 1000;
const pushAgain = "move the damaged file away, restart the registry, and push the image again";
const restart = "restart the registry if its descriptor cache is on, then";
const own = `write its own digest into it if the blob is in the store, else delete its folder; ${restart} push again`;

/** A situation, the damage, and the words: `code: message; remedy`. */
const situations: [string, (stage: Stage) => void, string | ((stage: Stage) => string)][] = [
  [
    "a child that is gone",
    ({ world, child }) => {
      world.removeEntry(blobPath(child.digest));
      world.removeEntry(revisionLinkPath("team/app", child.digest));
    },
    "missing-child: the child manifest is not in the store; the index itself still answers 200; restart the registry if its descriptor cache is on, then push this platform's image again, or rebuild the multi-arch image; where this is a pull-through cache, say so with --cache or --registry-config: it fetches what is missing",
  ],
  [
    "a child that is no digest",
    ({ app }) => app.indexOf([{ digest: "sha256:nonsense", size: 1 }], "2.0"),
    "missing-child: the index references a child by an invalid digest, which no client can ask for; rebuild the multi-arch image and push it",
  ],
  [
    "a child without a link",
    ({ world, child }) => world.removeEntry(revisionLinkPath("team/app", child.digest)),
    "unlinked-child: the child manifest is in the store, but its repository has no revision link to it: 404; write its revision link back, and the layer links that are gone (all that it needs is in the store)",
  ],
  [
    "a child without a link or layers",
    ({ world, child }) => {
      world.removeEntry(revisionLinkPath("team/app", child.digest));
      for (const { digest } of [child.config, ...child.layers]) {
        world.removeEntry(blobPath(digest));
        world.removeEntry(layerLinkPath("team/app", digest));
      }
    },
    "unlinked-child: the child manifest is in the store, but its repository has no revision link to it: 404; restart the registry if its descriptor cache is on, then push this platform's image again (its config or layers are gone too)",
  ],
  [
    "a layer that is gone",
    ({ world, image }) => world.removeEntry(blobPath(image.layers[0]!.digest)),
    `missing-blob: the blob is not in the store; ${restart} push the image again`,
  ],
  [
    "a layer that is no digest",
    ({ app }) => app.image("2.0", [{ digest: "sha256:nonsense", size: 1 }]),
    "missing-blob: the manifest references a blob by an invalid digest, which no client can ask for; rebuild the image and push it",
  ],
  [
    "a layer without a link",
    ({ world, image }) => world.removeEntry(layerLinkPath("team/app", image.layers[0]!.digest)),
    "unlinked-blob: the blob is in the store, but its repository has no layer link to it: 404; write the layer link back, or restart the registry if its descriptor cache is on, then push the image again",
  ],
  [
    "a layer that is cut short",
    ({ world, image }) => world.write(blobPath(image.config.digest), "short"),
    ({ image }) =>
      `size-mismatch: expected size ${image.config.size} bytes, actual size 5 bytes: it is served with 200, and clients reject it; ${pushAgain}`,
  ],
  [
    "a child whose size is told wrongly",
    ({ app, child }) => app.indexOf([{ ...child, size: 5 }], "2.0"),
    ({ child }) =>
      `size-mismatch: expected size 5 bytes, actual size ${child.size} bytes, and it hashes to its digest: the manifest that names it says a wrong size, and clients reject it; rebuild the image and push it; leave the blob where it is (it is sound, and other images may need it)`,
  ],
  [
    "a corrupt layer",
    ({ world, image, options }) => {
      world.write(blobPath(image.layers[0]!.digest), Buffer.alloc(image.layers[0]!.size));
      options.push("--verify-content");
    },
    ({ image: { layers } }) =>
      `digest-mismatch: expected digest ${layers[0]!.digest}, actual digest ${digestOf(Buffer.alloc(layers[0]!.size))}: it is served with 200, and clients reject it; ${pushAgain}`,
  ],
  [
    "a corrupt manifest",
    ({ world, image }) => world.write(blobPath(image.digest), "x".repeat(image.size)),
    ({ image }) =>
      `digest-mismatch: expected digest ${image.digest}, actual digest ${digestOf("x".repeat(image.size))}: the registry cannot parse it: 500; ${pushAgain}`,
  ],
  [
    "a link to another manifest",
    ({ app, image, child }) => app.link("revision", image.digest, child.digest),
    ({ image, child }) =>
      `digest-mismatch: expected digest ${image.digest}, but the link names ${child.digest}: that blob is served with 200, and clients reject it; write the link's own digest into it (that blob is in the store)`,
  ],
  [
    "a tag that names text",
    ({ app }) => app.manifest("no manifest", "2.0"),
    "invalid-manifest: not JSON: unexpected o at byte 1: 500; delete what links it (garbage collection aborts on it); restart the registry if its descriptor cache is on, then push the image again",
  ],
  [
    "an index that makes the registry panic",
    ({ app }) => app.manifest('{"schemaVersion":2,"manifests":{}}', "2.0"),
    'invalid-manifest: "manifests" is not an array: the registry drops the connection; delete what links it (garbage collection aborts on it); restart the registry if its descriptor cache is on, then push the image again',
  ],
  [
    "a tag without a link",
    ({ world }) => world.mkdir(`${repositoriesPath}/team/app/_manifests/tags/2.0`),
    "dangling-tag: the tag has no current link: 404; restart the registry if its descriptor cache is on, then push the image again; or delete the tag's folder if nobody needs it",
  ],
  [
    "a tag of what has no link",
    ({ app }) => app.tag("2.0", zeros),
    "dangling-tag: the tag names a manifest that its repository has no link to: 404; restart the registry if its descriptor cache is on, then push the image again; or delete the tag's folder if nobody needs it",
  ],
  [
    "a tag of what is gone",
    ({ world, image }) => world.removeEntry(blobPath(image.digest)),
    "dangling-tag: the tag names a manifest whose data is not in the store: 404; restart the registry if its descriptor cache is on, then push the image again; or delete the tag's folder if nobody needs it",
  ],
  [
    "a malformed tag",
    ({ world }) => world.write(tagLinkPath("team/app", "2.0")),
    "malformed-link: the tag's link is malformed (empty): 500, and garbage collection with -m aborts; push the tag again (that writes its link), or delete its folder if nobody needs it",
  ],
  [
    "a malformed revision link",
    ({ world, image }) => world.write(revisionLinkPath("team/app", image.digest)),
    `malformed-link: the revision link is malformed (empty): 500 when it is pulled, and garbage collection aborts; ${own}`,
  ],
  [
    "a malformed layer link",
    ({ world, image }) => world.write(layerLinkPath("team/app", image.config.digest)),
    `malformed-link: the layer link is malformed (empty): 500 when it is pulled; ${own}`,
  ],
  [
    "a repository without _layers",
    ({ world }) => {
      world.repository("mirror").indexOf([], "1.0");
      world.remove(`${repositoriesPath}/mirror/_layers`);
    },
    `unseen-repository: it has no _layers folder: _catalog leaves it out, and garbage collection would delete all its blobs; create the empty folder ${repositoriesPath}/mirror/_layers before any garbage collection`,
  ],
  [
    "a layer link that names another blob, which no image needs",
    ({ world, app }) => app.link("layer", app.layer("own").digest, world.blob("other").digest),
    `mismatched-link: expected digest ${digestOf("own")}, but the layer link names ${digestOf("other")}; delete the link's folder, or write its own digest into it (no tag needs it now)`,
  ],
  [
    "a revision without its manifest",
    ({ app }) => app.link("revision", zeros),
    "missing-manifest: the revision link names a manifest whose data is not in the store: 404; delete the revision's folder (no tag needs it); if someone pulls it by digest, restart the registry if its descriptor cache is on, then push the image again",
  ],
  [
    "a layer link without a blob",
    ({ app }) => app.link("layer", zeros),
    "orphan-layer-link: the layer link names a blob that is not in the store; delete the link's folder while the registry is stopped (no image of today needs it)",
  ],
  [
    "an old upload",
    ({ world }) => {
      world.write(`${repositoriesPath}/team/app/_uploads/x/data`, "bytes");
      world.write(`${repositoriesPath}/team/app/_uploads/x/startedat`, new Date(now - 9.5 * DAY).toISOString());
    },
    "stale-upload: an upload of 5 bytes, started 9 days ago and never finished; let the registry's upload purging remove it (storage.maintenance.uploadpurging)",
  ],
  [
    "an old blob that nothing names",
    ({ world }) => world.touch(blobPath(world.blob("left").digest), now - DAY),
    "unreferenced-blob: 1 blob of 4 bytes that nothing references; run garbage collection to free this space; ask `regfsck forecast` first what else it would delete",
  ],
  [
    "old blobs that nothing names",
    ({ world }) => {
      for (const text of ["left", "over"]) world.touch(blobPath(world.blob(text).digest), now - DAY);
    },
    "unreferenced-blob: 2 blobs of 8 bytes that nothing references; run garbage collection to free this space; ask `regfsck forecast` first what else it would delete",
  ],
];

function stage(): Stage {
  const world = new World();
  const app = world.repository("team/app");
  const [image, child] = [app.image("1.0"), app.image()];
  return { world, app, image, child, index: app.index({ "linux/amd64": child }, "multi"), options: [] };
}

it.each(situations)("%s", async (_, damage, words) => {
  const on = stage();
  damage(on);
  const { findings } = await scanWorld(on.world, { now, options: on.options });
  expect(findings.map(({ code, message, remedy }) => `${code}: ${message}; ${remedy}`)).toContain(
    typeof words === "string" ? words : words(on),
  );
});

it("says which file hides a repository, and which repositories a file hides", async () => {
  const { world } = stage();
  world.write(`${repositoriesPath}/team/_note`);
  const { findings } = await scanWorld(world, { now });
  expect(findings.map(({ code, message, remedy }) => `${code}: ${message}; ${remedy}`)).toEqual([
    "unseen-repository: the file team/_note ends the registry's walk before this repository: garbage collection would delete all its blobs; move that file out of the storage root before any garbage collection",
    "stray-entry: a file whose name begins with _ ends the registry's walk of this folder: what sorts after it is not seen (team/app); move it out of the storage root",
  ]);
});
