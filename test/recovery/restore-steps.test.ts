import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { investigate } from "../worlds/investigate.ts";
import { World } from "../worlds/world.ts";

/** A repository whose image has lost its tag and its revision link. */
function lost() {
  const world = new World();
  world.repository("other").image("1");
  const app = world.repository("app");
  const image = app.image("1.0");
  world.remove(`${repositoriesPath}/app/_manifests/tags/1.0`);
  world.removeEntry(revisionLinkPath("app", image.digest));
  const plan = (...names: string[]) =>
    investigate(world.fs, "plan", [...names.flatMap((name) => ["--restore", name]), world.root]);
  return { world, app, image, plan };
}
const paths = (steps: readonly object[]) => steps.map((step) => (step as { path: string }).path).sort();

describe("restoring an image", () => {
  it("writes what is missing of its links, and both links of its tag", async () => {
    const { image, plan } = lost();
    const { steps, exitCode } = await plan(`app:again@${image.digest}`);
    const tag = `${repositoriesPath}/app/_manifests/tags/again`;
    expect(paths(steps)).toEqual([
      revisionLinkPath("app", image.digest),
      `${tag}/current/link`,
      `${tag}/index/${image.digest.replace(":", "/")}/link`,
    ]);
    expect(steps).toMatchObject(Array(3).fill({ kind: "relink", before: "absent", restores: "app:again" }));
    expect(exitCode).toBe(4);
  });

  it("links its blobs in another repository, each once for several images", async () => {
    const { image, plan } = lost();
    const { steps } = await plan(`new:1@${image.digest}`, `new:2@${image.digest}`);
    expect(paths(steps).filter((path) => path.includes("/new/_layers/"))).toHaveLength(2);
    expect(paths(steps)).toHaveLength(2 + 1 + 4);
  });

  it("repairs the emptied link of a tag, and moves away nothing that it writes", async () => {
    const { world, image, plan } = lost();
    world.write(tagLinkPath("app", "1.0"), "");
    const { steps } = await plan(`app:1.0@${image.digest}`);
    const current = steps.filter((step) => paths([step])[0] === tagLinkPath("app", "1.0"));
    expect(current).toMatchObject([{ kind: "relink", before: "malformed", content: image.digest }]);
  });

  it("is refused where a layer is of another size than its manifest says", async () => {
    const { world, image, plan } = lost();
    world.write(blobPath(image.layers[0]!.digest), "cut");
    await expect(plan(`app:1.0@${image.digest}`)).rejects.toThrow(/no root has all of that image/);
  });

  it("is refused where a symbolic link is on the way", async () => {
    const { world, image, plan } = lost();
    world.remove(`${repositoriesPath}/app/_manifests/tags`);
    world.symlink(`${repositoriesPath}/app/_manifests/tags`, "../../other/_manifests/tags");
    await expect(plan(`app:2@${image.digest}`)).rejects.toThrow(/a symbolic link or a strange name is on the way/);
  });

  it.each([
    ["app:1@sha256:abc", /give REPOSITORY:TAG@DIGEST/],
    [`app@sha256:${"0".repeat(64)}`, /give app:TAG/],
    [`../app:1@sha256:${"0".repeat(64)}`, /no repository can be called/],
    [`app:../1@sha256:${"0".repeat(64)}`, /names no image/],
  ])("takes no other name: %s", async (name, line) => {
    await expect(lost().plan(name)).rejects.toThrow(line);
  });
});
