// A gate beside a registry: what is under way when it decides, and what moves between its decision and the collection.
import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoriesPath } from "../../../scripts/fixtures/storage.ts";
import { deleteManifest, startUpload } from "../../../scripts/registry/client.ts";
import { makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { run } from "../../worlds/program.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";

it("says go to a registry at rest only, and takes it back whatever moves", async () => {
  const folder = temporaryFolder();
  const root = join(folder, "registry");
  const report = join(folder, "gate.json");
  await withRegistry({ root }, async (url) => {
    const [first, second, third] = ["first", "second", "third"].map((seed) => makeImage(seed));
    await pushImage(url, "team/app", first!, "1.0");
    await pushImage(url, "team/app", second!, "2.0");
    await startUpload(url, "team/app", Buffer.from("under way"));
    const young = run("gate", root);
    expect([young.code, young.stdout]).toEqual([4, expect.stringContaining("an upload is under way")]);
    const uploads = join(root, repositoriesPath, "team/app/_uploads");
    const changes: Record<string, () => unknown> = {
      "an upload that grows": () => appendFileSync(join(uploads, readdirSync(uploads)[0]!, "data"), "more"),
      "an upload that ends": () => rmSync(join(uploads, readdirSync(uploads)[0]!), { recursive: true }),
      "an upload that begins": () => startUpload(url, "team/app"),
      "a new tag": () => pushImage(url, "team/app", second!, "latest"),
      "a tag that moves": () => pushImage(url, "team/app", first!, "2.0"),
      "an untagged revision": () => pushImage(url, "team/app", third!),
      "a revision that goes": () => deleteManifest(url, "team/app", third!.digest),
      "a new repository": () => pushImage(url, "team/new", first!, "1.0"),
    };
    for (const [what, change] of Object.entries(changes)) {
      expect(run("gate", "--quiet-period", "0s", "--report", report, root), what).toMatchObject({ code: 0 });
      expect(run("gate", "--recheck", report, root), what).toMatchObject({ code: 0 });
      await change();
      expect(run("gate", "--recheck", report, root), what).toMatchObject({ code: 4 });
    }
  });
});
