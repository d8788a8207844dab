// why with an index reads what leads to a blob and little else, and says what why says that reads all.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blobPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import { compareWhy, indexed, why } from "../worlds/compare-why.ts";
import { changes } from "../worlds/later.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) }));
afterEach(() => void vi.useRealTimers());

describe("why with an index", () => {
  it("says what it says without, of every digest", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: false }), changes, async (world, all) => {
        compared += await compareWhy(world, all);
      }),
      { numRuns: 4, seed: 3 },
    );
    expect(compared).toBeGreaterThan(10);
  });

  it("looks at the blobs on the way up alone, and opens nothing that has not changed", async () => {
    const world = new World();
    const app = world.repository("app");
    const layer = app.layer();
    const image = app.image("1.0", [layer]);
    for (let other = 0; other < 10; other++) app.image(`other-${other}`);
    const file = await indexed(world);
    const { fs, paths } = recorded(world.fs, "statSync");
    const opened = recorded(fs, "openSync");
    const { blobs, roots } = await why(world, [layer.digest], ["--index", file], opened.fs);
    expect(blobs[0].tags).toEqual([{ repository: "app", tag: "1.0", digest: image.digest }]);
    expect(opened.paths.filter((path) => path.startsWith(world.root))).toEqual([]);
    const stored = paths.filter((path) => path.endsWith("/data"));
    expect(new Set(stored)).toEqual(new Set([layer, image].map(({ digest }) => `${world.root}/${blobPath(digest)}`)));
    expect(roots[0].evidence).toMatchObject({ reason: null, read: { links: 0, manifests: 0 } });
    expect(blobs[0].garbageCollection.seesAborts).toBe(false);
  });

  it("sees what was pushed since", async () => {
    const world = new World();
    const app = world.repository("app");
    const layer = app.layer();
    app.image("1.0", [layer]);
    const file = await indexed(world);
    const other = world.repository("team/other");
    const child = other.image(undefined, [layer]);
    other.index({ "linux/arm64": child }, "2.0");
    const { blobs } = await why(world, [layer.digest], ["--index", file]);
    expect(blobs).toMatchObject([{ tags: [{ tag: "1.0" }, { repository: "team/other", tag: "2.0" }], stored: true }]);
  });

  it("names what a tag named before, and takes short digests", async () => {
    const world = new World();
    const app = world.repository("app");
    const old = app.image("1.0");
    app.image("1.0");
    const file = await indexed(world);
    const hex = old.digest.slice(7, 19);
    const { fs, paths } = recorded(world.fs, "readdirSync");
    const { blobs } = await why(world, [hex], ["--index", file], fs);
    expect(paths.filter((path) => path.includes("/tags/"))).toEqual([]);
    expect(blobs[0]).toMatchObject({
      digest: old.digest,
      kind: "image",
      formerTags: [{ repository: "app", tag: "1.0" }],
    });
    const [full, quick] = await Promise.all(
      [[], ["--index", file]].map((options) => why(world, ["abcdef0123"], options).catch((error) => error)),
    );
    expect(quick).toBeInstanceOf(UsageError);
    expect(quick.message).toBe(full.message);
  });

  it("reads all where the index may not be used, and for other algorithms", async () => {
    const world = new World();
    const app = world.repository("app");
    const image = app.image("1.0");
    const file = await indexed(world);
    const three = await why(world, [image.digest], ["--index", file, "--registry", "3"]);
    expect(three.blobs[0].garbageCollection.seesAborts).toBe(true);
    const sha512 = `sha512:${"ab".repeat(64)}`;
    expect((await why(world, [sha512], ["--index", file])).blobs[0].garbageCollection.seesAborts).toBe(true);
  });

  it("says in its text that it did not look for aborts, and is incomplete where it could not read", async () => {
    const world = new World();
    const image = world.repository("app").image("1.0");
    const file = await indexed(world);
    const { printed } = await runProgram(world.fs, ["why", "--index", file, world.root, image.digest], Date.now());
    expect(printed).toContain(
      "garbage-collect keeps it, with -m too\n  (whether it aborts before that was not looked at; without --index it is)\n",
    );
    world.write(tagLinkPath("app", "1.0"), image.digest);
    const refusing = failing(world.fs, "EACCES", /current\/link$/, ["openSync"]);
    const run = await why(world, [image.digest], ["--index", file], refusing);
    expect([run.exitCode, run.unreadable.length]).toEqual([8, 1]);
  });
});
