// What stands in the way of garbage collection on a root that the real registry wrote: what is said of it, and what the real
// collection then does.
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { digestOf, makeImage } from "../../scripts/registry/content.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { runScript, scratch } from "./plan/stage.ts";

const image = makeImage("app");
let folder: string;
let root: string;

beforeEach(async () => {
  folder = scratch();
  root = join(folder, "registry");
  await withRegistry({ root }, async (url) => {
    await pushImage(url, "app", image, "1.0");
    await pushImage(url, "app", makeImage("other"), "2.0");
  });
});

async function json(command: string, ...options: string[]) {
  const { printed, exitCode } = await runProgram(nodeFs, [command, "--format", "json", ...options, root]);
  return { ...JSON.parse(printed), exitCode };
}

/** An overlay file system's whiteout; who may not make one makes a file, which is as little a directory. */
function whiteout(path: string): void {
  rmSync(path, { recursive: true });
  if (process.getuid?.() === 0) execFileSync("mknod", [path, "c", "0", "0"]);
  else writeFileSync(path, "");
}

describe("a device in a revision's place", () => {
  it.each([
    ["folder", "passes over", 0, (link: string) => dirname(link)],
    ["link", "aborts", 1, (link: string) => link],
  ])("where its %s should be: garbage collection %s", async (_, effect, code, place) => {
    whiteout(place(join(root, revisionLinkPath("app", image.digest))));
    const { findings } = await json("scan");
    expect(findings).toMatchObject([
      { code: "malformed-link", message: expect.stringContaining(`collection ${effect}`) },
    ]);
    const { roots } = await json("forecast");
    expect(roots[0].outcome).toBe(code === 0 ? "completes" : "aborts");
    // A regular file is no device: what is empty is malformed as well.
    expect((await collectGarbage(root)).exitCode).toBe(code);
  });
});

describe("a symlink loop in the folder of a digest", () => {
  // A scan lists none of these folders; whatever is about a garbage collection does.
  it.each([
    ["blob's", blobPath(image.digest)],
    ["revision's", revisionLinkPath("app", image.digest)],
  ])("in a %s stops collection, as forecast and gate say and a scan does not", async (_, file) => {
    const path = `${dirname(file)}/loop`;
    symlinkSync("loop", join(root, path));
    expect((await json("scan")).findings).toEqual([]);
    expect((await json("forecast")).roots[0]).toMatchObject({ outcome: "aborts", aborts: [{ path }] });
    expect(await json("gate", "--quiet-period", "0s")).toMatchObject({ decision: "stop", exitCode: 4 });
    expect((await collectGarbage(root)).exitCode).toBe(1);
  });
});

describe("a file in place of the directory of all blobs", () => {
  const path = "docker/registry/v2/blobs/sha256";

  it("stops collection at the first manifest, and nothing where there is none", async () => {
    rmSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path), "");
    const found = async () =>
      (await json("scan")).findings.filter(({ code }: { code: string }) => code === "stray-entry");
    const named = [{ path, message: expect.stringContaining("aborts at the first manifest") }];
    expect(await found()).toMatchObject(named);
    expect((await json("forecast")).roots[0].outcome).toBe("aborts");
    expect((await collectGarbage(root)).exitCode).toBe(1);
    rmSync(join(root, "docker/registry/v2/repositories/app/_manifests/revisions/sha256"), { recursive: true });
    expect(await found()).toMatchObject(named);
    expect((await json("forecast")).roots[0].outcome).toBe("completes");
    expect((await collectGarbage(root)).exitCode).toBe(0);
  });
});

describe("a blob of an old registry, below tarsum", () => {
  it("is told by the scan and moved by the plan's script, and collection ends at it until then", async () => {
    const digest = digestOf(Buffer.from("old"));
    const hex = digest.slice("sha256:".length);
    const path = `docker/registry/v2/blobs/tarsum/v1/sha256/${hex.slice(0, 2)}/${hex}/data`;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "old");
    expect((await json("scan")).findings).toMatchObject([{ code: "stray-entry", path }]);
    expect((await json("forecast")).roots[0]).toMatchObject({ outcome: "aborts", aborts: [{ path }] });
    expect((await collectGarbage(root, { dryRun: true })).exitCode).toBe(0);
    expect((await collectGarbage(root)).exitCode).toBe(1);
    const script = join(folder, "fix.sh");
    await json("plan", "--script", script);
    expect(runScript(script, "--apply").status).toBe(0);
    expect((await json("scan")).findings).toEqual([]);
    expect((await collectGarbage(root)).exitCode).toBe(0);
  });

  it("is no finding where something references it, since collection gets past it", async () => {
    const [, layer] = image.blobs;
    const hex = layer!.digest.slice("sha256:".length);
    const path = `docker/registry/v2/blobs/tarsum/v1/sha256/${hex.slice(0, 2)}/${hex}`;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    renameSync(dirname(join(root, blobPath(layer!.digest))), join(root, path));
    const { findings } = await json("scan");
    expect(findings.map(({ code }: { code: string }) => code)).toEqual(["missing-blob"]);
    expect((await collectGarbage(root)).exitCode).toBe(0);
  });
});

describe("a path inside a part of a storage root", () => {
  it("is refused without the name of a root that is none", async () => {
    renameSync(join(root, "docker/registry/v2"), join(folder, "copied"));
    const run = (path: string) => runProgram(nodeFs, ["scan", path]);
    await expect(run(join(folder, "copied"))).rejects.toThrow(
      /a part of a storage root, and in none: .+ docker\/registry\/v2/,
    );
    mkdirSync(join(folder, "whole/docker/registry"), { recursive: true });
    renameSync(join(folder, "copied"), join(folder, "whole/docker/registry/v2"));
    await expect(run(join(folder, "whole/docker"))).rejects.toThrow(/give the root itself: \S+\/whole$/);
  });
});
