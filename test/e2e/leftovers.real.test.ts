// What a real registry leaves behind: signatures of nothing, repositories in the catalogue, uploads that it never purges.
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { deleteManifest, startUpload } from "../../scripts/registry/client.ts";
import { makeImage, makeReferrer } from "../../scripts/registry/content.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { withRegistry } from "../../scripts/registry/server.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

it("usage names signatures whose image was deleted, and repositories that the catalogue still lists", async () => {
  const root = join(temporaryFolder(), "root");
  const [image, kept, lonely] = [makeImage("signed"), makeImage("kept"), makeImage("lonely")];
  const signature = makeImage("signature");
  const catalogue = await withRegistry({ root }, async (url) => {
    await pushImage(url, "team/app", image, "1.0");
    await pushImage(url, "team/app", kept, "2.0");
    await pushImage(url, "team/app", signature, `${image.digest.replace(":", "-")}.sig`);
    await pushImage(url, "team/app", makeImage("other signature"), `${kept.digest.replace(":", "-")}.sig`);
    await pushImage(url, "team/app", makeReferrer("sbom", image));
    await pushImage(url, "team/lonely", lonely, "1");
    await deleteManifest(url, "team/app", image.digest);
    await deleteManifest(url, "team/lonely", lonely.digest);
    return ((await (await fetch(`${url}/v2/_catalog`)).json()) as { repositories: string[] }).repositories;
  });
  expect(catalogue).toEqual(["team/app", "team/lonely"]);
  const args = ["usage", "--config", "/dev/null", "--jobs", "1"];
  const { printed } = await runProgram(nodeFs, [...args, "--format", "json", root]);
  const [usage] = JSON.parse(printed).roots;
  expect(usage.emptiedRepositories).toEqual(["team/lonely"]);
  expect(usage.orphanedReferrers.entries).toMatchObject([
    { tag: `${image.digest.replace(":", "-")}.sig`, digest: signature.digest, subject: image.digest },
    { tag: null, subject: image.digest },
  ]);
  const text = (await runProgram(nodeFs, [...args, root])).printed.replace(/\s+/g, " ");
  expect(text).toMatch(
    /2 signatures and other referrers of \d+\.?\d* \S+ whose image is gone: team\/app:sha256-[0-9a-f]{12}….sig, team\/app@sha256:/,
  );
  expect(text).toMatch(
    /1 repository with nothing left, still in the catalogue: team\/lonely; to remove it, delete its directory/,
  );
});

it("scan tells of an upload that is never purged, with its size", async () => {
  const root = join(temporaryFolder(), "root");
  await withRegistry({ root }, async (url) => {
    await pushImage(url, "app", makeImage("app"), "1");
    await startUpload(url, "app", Buffer.alloc(1500));
  });
  const uploads = join(root, repositoriesPath, "app/_uploads");
  const upload = join(uploads, readdirSync(uploads)[0]!);
  writeFileSync(join(upload, "startedat"), "");
  const monthAgo = new Date(Date.now() - 30 * 86_400_000);
  utimesSync(upload, monthAgo, monthAgo);
  const { printed, exitCode } = await runProgram(nodeFs, ["scan", "--config", "/dev/null", "--jobs", "1", root]);
  expect(exitCode).toBe(0);
  expect(printed.replace(/\s+/g, " ")).toContain(
    "stale-upload: app: an upload of 1.5 KiB that is never purged, since its startedat is missing, empty or no time; 30 days old",
  );
});

it("no root is left where GitLab's registry has taken its metadata into a database", async () => {
  const root = join(temporaryFolder(), "root");
  await withRegistry({ root }, (url) => pushImage(url, "app", makeImage("app"), "1"));
  mkdirSync(join(root, "docker/registry/lockfiles"));
  writeFileSync(join(root, "docker/registry/lockfiles/database-in-use"), "");
  for (const args of [["scan"], ["gate"], ["plan"], ["verify"], ["usage"]]) {
    const line = [...args, "--config", "/dev/null", root, ...(args[0] === "verify" ? ["app:1"] : [])];
    await expect(runProgram(nodeFs, line)).rejects.toThrow(
      /^\S+: GitLab's container registry keeps its metadata in a database/,
    );
  }
});
