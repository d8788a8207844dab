// Pull-through caches that the real registry filled: with a state file that it does not start with, and after the expiry of a
// layer that two repositories share.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { untilStored } from "../../scripts/fixtures/caches.ts";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { getBlob } from "../../scripts/registry/client.ts";
import { type Image, makeImage, makeLayer } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { startRegistry, withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { scratch } from "./plan/stage.ts";

const shared = makeLayer("shared");
const app = makeImage("app", { baseLayers: [shared] });
const other = makeImage("other", { baseLayers: [shared] });
let upstream: string;
let root: string;
let state: string;

async function scan(...options: string[]) {
  const { printed, exitCode } = await runProgram(nodeFs, ["scan", "--format", "json", ...options, root]);
  const { findings } = JSON.parse(printed);
  return { exitCode, findings };
}

/** Serves the upstream, and the cache before it, while `use` runs. */
function withCache(use: (url: string) => Promise<void>): Promise<void> {
  return withRegistry({ root: upstream }, (remote) =>
    withRegistry({ root, proxyRemote: remote, descriptorCache: true }, use),
  );
}

/** Pulls `1.0` through the cache, and waits until the cache stores it. */
async function pullAndStore(url: string, name: string, image: Image): Promise<void> {
  expect(await pullImage(url, name, "1.0")).toEqual([]);
  await untilStored(
    root,
    [image, ...image.blobs].map(({ digest }) => `${name}@${digest}`),
  );
}

beforeEach(async () => {
  const folder = scratch();
  upstream = join(folder, "upstream");
  root = join(folder, "cache");
  state = join(root, "scheduler-state.json");
  await withRegistry({ root: upstream }, async (url) => {
    await pushImage(url, "app", app, "1.0");
    await pushImage(url, "other", other, "1.0");
  });
  await withCache(async (url) => {
    await pullAndStore(url, "app", app);
    await pullAndStore(url, "other", other);
  });
});

describe("a cache's scheduler-state.json", () => {
  it("is reported where it is empty, cut or zeroed, since the registry does not start with it", async () => {
    expect(await scan("--cache", "cache")).toEqual({ exitCode: 0, findings: [] });
    const sound = readFileSync(state);
    for (const content of ["", sound.subarray(0, sound.length / 2), Buffer.alloc(sound.length)]) {
      writeFileSync(state, content);
      const { exitCode, findings } = await scan("--cache", "cache");
      expect(exitCode).toBe(4);
      expect(findings).toMatchObject([{ code: "cache-state", severity: "error", path: "scheduler-state.json" }]);
      // Where nothing but the file itself says that it is a cache, that is a doubt too.
      expect((await scan()).exitCode).toBe(12);
      await expect(startRegistry({ root, proxyRemote: "http://127.0.0.1:9" })).rejects.toThrow(/ended|panic/);
    }
    rmSync(state);
    expect(await scan("--cache", "cache")).toEqual({ exitCode: 0, findings: [] });
    await withCache(async (url) => expect(await pullImage(url, "app", "1.0")).toEqual([]));
  });
});

describe("a shared layer that expired in one of its repositories", () => {
  it("is a warning that names the images that want it, and the restart, which helps", async () => {
    await withCache(async (url) => {
      expect((await getBlob(url, "other", shared.digest)).status).toBe(200);
      // What the registry's own scheduler deletes when the layer expires in app.
      rmSync(dirname(join(root, blobPath(shared.digest))), { recursive: true });
      rmSync(join(root, `docker/registry/v2/repositories/app/_layers/${shared.digest.replace(":", "/")}`), {
        recursive: true,
      });
      await expect(getBlob(url, "other", shared.digest).then(({ bytes }) => bytes.length)).rejects.toThrow();
    });
    const { exitCode, findings } = await scan("--cache", "cache", "--fail-on", "warning");
    expect(exitCode).toBe(4);
    expect(findings).toMatchObject([{ code: "expired-blob", severity: "warning", repository: "other", affects: [] }]);
    expect(findings[0].message).toContain("other:1.0 want");
    expect(findings[0].remedy).toMatch(/^restart the cache/);
    const verified = await runProgram(nodeFs, ["verify", "--cache", "cache", root, "other:1.0"]);
    expect(verified.printed).toMatch(/other:1.0 is pullable[\s\S]+restart the cache/);
    await withCache((url) => pullAndStore(url, "other", other));
    expect(await scan("--cache", "cache")).toEqual({ exitCode: 0, findings: [] });
  });
});
