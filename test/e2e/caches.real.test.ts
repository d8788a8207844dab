// Pull-through caches that the real registry filled: with a state file that it does not start with, and after the expiry of a
// layer that two repositories share.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { getBlob } from "../../scripts/registry/client.ts";
import { makeImage, makeLayer } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { startRegistry, withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { scratch } from "./plan/stage.ts";

const shared = makeLayer("shared");
const images = ["app", "other"].map((name) => [name, makeImage(name, { baseLayers: [shared] })] as const);
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

/** Fills the cache by pulls, and waits for its state file. */
async function fill(): Promise<void> {
  await withCache(async (url) => {
    for (const [name] of images) expect(await pullImage(url, name, "1.0")).toEqual([]);
    while (!existsSync(state)) await new Promise((resolve) => setTimeout(resolve, 200));
  });
}

beforeEach(async () => {
  const folder = scratch();
  upstream = join(folder, "upstream");
  root = join(folder, "cache");
  state = join(root, "scheduler-state.json");
  await withRegistry({ root: upstream }, async (url) => {
    for (const [name, image] of images) await pushImage(url, name, image, "1.0");
  });
  await fill();
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
    await withCache(async (url) => expect(await pullImage(url, "other", "1.0")).toEqual([]));
    expect(await scan("--cache", "cache")).toEqual({ exitCode: 0, findings: [] });
  });
});
