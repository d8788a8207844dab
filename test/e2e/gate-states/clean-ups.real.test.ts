// States that are about what the gate was told: which kind of root it is, and what a clean-up removes.
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeImage, makeMultiArch, makeReferrer } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { repositoriesBase } from "../exactness/storage.ts";
import { gate, harmOfCollection, pushedRoot } from "./stage.ts";

const atRest = ["--quiet-period", "0s"];
const tagsOf = (root: string) => join(root, repositoriesBase, "app/_manifests/tags");
const config = (root: string, more: object) => {
  const file = join(root, "..", "config.yml");
  writeFileSync(file, JSON.stringify({ version: "0.1", storage: { filesystem: { rootdirectory: root } }, ...more }));
  return ["--registry-config", file];
};

describe("scheduler-state.json lies beside a root that clients push to", () => {
  it.each(["{}", ""])("never lets -m go; the collection destroys multi-arch images (%j)", async (content) => {
    const root = await pushedRoot({ "app:1": makeMultiArch("app"), "other:1": makeImage("other") });
    writeFileSync(join(root, "scheduler-state.json"), content);
    expect([4, 8]).toContain(gate("-m", ...atRest, root).code);
    expect(gate("-m", ...atRest, ...config(root, {}), root).code).toBe(4);
    expect(await harmOfCollection(root, true)).toMatch(/app:1 is no longer served/);
  });

  it("believes the registry's configuration that it is a cache", async () => {
    const root = await pushedRoot({ "app:1": makeMultiArch("app") });
    const cache = config(root, { proxy: { remoteurl: "https://registry-1.docker.io" } });
    expect(gate("-m", ...atRest, "--max-delete", "100%", ...cache, root).code).toBe(0);
  });
});

describe("a clean-up keeps the newest tags", () => {
  const [first, second, third] = ["first", "second", "third"].map((seed) => makeImage(seed)) as [
    ReturnType<typeof makeImage>,
    ReturnType<typeof makeImage>,
    ReturnType<typeof makeImage>,
  ];

  it("names the tags that go", async () => {
    const root = await pushedRoot({ "app:a": first, "app:b": second, "app:c": third });
    const { code, text } = gate(...atRest, "--keep-tags", "2", root);
    const named = ["a", "b", "c"].filter((tag) => text.includes(`app:${tag}`));
    expect([code, named]).toEqual([0, [expect.any(String)]]);
  });

  it("stops where that removes the tag pushed last; a push leaves the time of the tag's folder", async () => {
    const root = await pushedRoot({ "app:latest": first, "app:1": first, "app:2": second });
    await withRegistry({ root }, (url) => pushImage(url, "app", third, "latest"));
    utimesSync(join(tagsOf(root), "latest"), 1, 1);
    const { code, text } = gate(...atRest, "--keep-tags", "2", root);
    expect([code, text]).toEqual([4, expect.stringContaining("app:latest")]);
    expect(gate(...atRest, "--remove-tag", "app:latest", root).code).toBe(0);
    const latest = `${repositoriesBase}/app/_manifests/tags/latest`;
    expect(await harmOfCollection(root, true, [latest], [])).toMatch(/app:latest is no longer served/);
  });

  it("stops where a kept image loses its signature", async () => {
    const signature = `sha256-${second.digest.slice("sha256:".length)}.sig`;
    const root = await pushedRoot({
      "app:1": first,
      "app:2": second,
      [`app:${signature}`]: makeReferrer("sig", second),
    });
    utimesSync(join(tagsOf(root), signature), 1, 1);
    const { code, text } = gate(...atRest, "--keep-tags", "2", root);
    expect([code, text]).toEqual([4, expect.stringContaining("sig")]);
    const folder = `${repositoriesBase}/app/_manifests/tags/${signature}`;
    expect(await harmOfCollection(root, true, [folder], [])).toContain(`app:${signature} is no longer served`);
  });

  it("says where two tags are as old, so that a script may choose the other", async () => {
    const root = await pushedRoot({ "app:a": first, "app:b": second, "app:c": third });
    for (const tag of ["a", "b", "c"]) utimesSync(join(tagsOf(root), tag), 1_000_000, 1_000_000);
    expect(gate(...atRest, "--keep-tags", "2", root).text).toMatch(/same time|as old|equally old|tie/);
  });
});
