// States in which a volume is not mounted, or roots are not what they look like: never a go, whatever the state file says.
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeImage, makeMultiArch } from "../../../scripts/registry/content.ts";
import { collectGarbage } from "../../../scripts/registry/server.ts";
import { run } from "../../worlds/program.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { base, repositoriesBase } from "../exactness/storage.ts";
import { gate, harmOfCollection, link, pushedRoot } from "./stage.ts";

const images = {
  "app:1": makeMultiArch("app"),
  "team/api:1": makeImage("api"),
  "team/web:1": makeImage("web"),
  "tools:1": makeImage("tools"),
};
const atRest = ["--quiet-period", "0s", "--allow-broken", "--fail-on", "never"];

describe("repositories/ is an empty folder, and the store is full", () => {
  it("is undecided at any --max-delete; the collection deletes every blob", async () => {
    const root = await pushedRoot(images);
    rmSync(join(root, repositoriesBase), { recursive: true });
    mkdirSync(join(root, repositoriesBase));
    expect(run("scan", root).code).toBe(8);
    expect(gate(root).code).toBe(8);
    expect(gate("--max-delete", "100%", ...atRest, root).code).toBe(8);
    const { stdout } = await collectGarbage(root, { dryRun: true });
    expect(stdout).toMatch(/^0 blobs marked, \d\d blobs/m);
  });
});

describe("one folder of repositories/ is not mounted", () => {
  it.each([
    ["an empty folder", (path: string) => mkdirSync(path)],
    ["a link that leads nowhere", (path: string) => symlinkSync("/nowhere/that/is/mounted", path)],
  ])("is undecided where it is %s, with the state of a complete run and on a re-check", async (_, leave) => {
    const root = await pushedRoot(images);
    const [state, report] = [`${root}.state`, `${root}.json`];
    expect(gate(...atRest, "--state", state, "--report", report, root).code).toBe(0);
    rmSync(join(root, repositoriesBase, "team"), { recursive: true });
    leave(join(root, repositoriesBase, "team"));
    expect(gate(...atRest, "--state", state, root)).toMatchObject({ code: 8 });
    expect(gate(...atRest, "--recheck", report, root).code).toBe(8);
    const { stdout } = await collectGarbage(root, { dryRun: true });
    expect(stdout).toContain(`blob eligible for deletion: ${images["team/api:1"].digest}`);
  });
});

describe("two roots share one blobs folder", () => {
  it("is undecided for both, and for each alone; a collection of one empties the other", async () => {
    const folder = temporaryFolder();
    const root = await pushedRoot(images, folder);
    const other = join(folder, "other");
    mkdirSync(join(other, repositoriesBase), { recursive: true });
    renameSync(join(root, repositoriesBase, "tools"), join(other, repositoriesBase, "tools"));
    link(join(root, base, "blobs"), join(other, base, "blobs"));
    const answers = [[folder], [other], [root]].map((paths) => gate(...atRest, ...paths).code);
    expect(answers).toEqual([8, 8, 8]);
    expect((await collectGarbage(root)).stdout).toContain(`blob eligible for deletion: ${images["tools:1"].digest}`);
  });
});

describe("a second root lies deeper than roots are looked for", () => {
  it("is undecided, and the root is named", async () => {
    const folder = temporaryFolder();
    const root = await pushedRoot(images, folder);
    cpSync(join(root, "docker"), join(folder, "one/two/three/four/docker"), { recursive: true });
    const { code, text } = gate(...atRest, folder);
    expect([code, text]).toEqual([8, expect.stringContaining("one/two/three/four")]);
    expect(await harmOfCollection(root, false)).toBeUndefined();
  });
});
