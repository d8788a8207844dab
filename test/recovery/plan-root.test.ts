import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagHistoryLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import type { PlanStep } from "../../src/recovery/steps.ts";
import { investigate, investigateLines } from "../worlds/investigate.ts";
import { World } from "../worlds/world.ts";

/** The plan for the world: its steps without words, and what becomes of the images. */
async function planFor(world: World, ...options: string[]) {
  const { steps, roots, exitCode } = await investigate(world.fs, "plan", [...options, world.root]);
  const { fixedByScript, fixedByPush, unrecoverable } = roots[0]!;
  return { steps, fixedByScript, fixedByPush, unrecoverable, exitCode };
}

const brief = (steps: readonly PlanStep[]) => steps.map((step) => `${step.kind} ${"path" in step ? step.path : ""}`);

function indexed() {
  const world = new World();
  const repository = world.repository("app");
  const [arm, amd] = [repository.image(), repository.image()];
  const index = repository.index({ "linux/arm64": arm, "linux/amd64": amd }, "v1");
  return { world, repository, arm, amd, index };
}

describe("the plan for a root", () => {
  it("is empty for one that is whole", async () => {
    const { world } = indexed();
    expect(await planFor(world)).toEqual({
      steps: [],
      fixedByScript: [],
      fixedByPush: [],
      unrecoverable: [],
      exitCode: 0,
    });
  });

  it("writes the link of a child back, whose blobs are all there", async () => {
    const { world, arm } = indexed();
    const path = revisionLinkPath("app", arm.digest);
    world.removeEntry(path);
    const { steps, fixedByScript, exitCode } = await planFor(world);
    expect(steps).toMatchObject([
      { kind: "relink", path, content: arm.digest, before: "absent", affects: ["app:v1"], fixes: ["app:v1"] },
    ]);
    expect(fixedByScript).toEqual(["app:v1"]);
    expect(exitCode).toBe(4);
  });

  it("writes all links back that an image lacks, seen one behind the other", async () => {
    const { world, arm, index } = indexed();
    const paths = [
      revisionLinkPath("app", index.digest),
      revisionLinkPath("app", arm.digest),
      layerLinkPath("app", arm.config.digest),
      layerLinkPath("app", arm.layers[0]!.digest),
    ];
    for (const path of paths) world.removeEntry(path);
    const { steps, fixedByScript } = await planFor(world);
    expect(brief(steps).sort()).toEqual(paths.map((path) => `relink ${path}`).sort());
    expect(fixedByScript).toEqual(["app:v1"]);
  });

  it("does not link a child whose layers are gone: it asks for a push of just that", async () => {
    const { world, arm } = indexed();
    const [layer] = arm.layers;
    world.removeEntry(revisionLinkPath("app", arm.digest));
    world.removeEntry(blobPath(layer!.digest));
    const { steps, fixedByPush } = await planFor(world);
    expect(steps.filter(({ kind }) => kind === "push")).toMatchObject([
      {
        digest: arm.digest,
        platform: "linux/arm64",
        pushManifest: true,
        known: true,
        blobs: [{ digest: layer!.digest, role: "layer", size: layer!.size }],
        fixes: ["app:v1"],
      },
    ]);
    expect(steps.filter(({ kind }) => kind === "relink")).toEqual([]);
    expect(fixedByPush).toEqual(["app:v1"]);
  });

  it("moves a damaged manifest away before it is pushed again", async () => {
    const { world, arm } = indexed();
    world.write(blobPath(arm.digest), "{}");
    const { steps, fixedByPush } = await planFor(world);
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: "clean", reason: "corrupt-blob", digest: arm.digest }),
    );
    expect(steps).toContainEqual(expect.objectContaining({ kind: "push", digest: arm.digest, known: false }));
    expect(fixedByPush).toEqual(["app:v1"]);
  });

  it("gives an image up whose manifest is gone, and offers to delete the tag", async () => {
    const { world, index } = indexed();
    world.removeEntry(blobPath(index.digest));
    const { steps, unrecoverable } = await planFor(world);
    expect(steps.filter(({ kind }) => kind !== "clean").map(({ kind }) => kind)).toEqual(["rebuild", "delete-tag"]);
    expect(unrecoverable).toEqual(["app:v1"]);
  });

  it("moves layer links away that lead to nothing, but none that an image needs", async () => {
    const { world, repository, amd } = indexed();
    const orphan = repository.layer();
    for (const { digest } of [orphan, amd.layers[0]!]) world.removeEntry(blobPath(digest));
    const { steps } = await planFor(world);
    expect(brief(steps.filter(({ kind }) => kind === "clean"))).toEqual([
      `clean ${layerLinkPath("app", orphan.digest)}`,
    ]);
  });

  it("writes an emptied tag back where it never named anything else, and only there", async () => {
    const world = new World();
    const repository = world.repository("app");
    const images = [repository.image("once"), repository.image("moved"), repository.image("moved")];
    for (const tag of ["once", "moved"]) world.write(tagLinkPath("app", tag), "");
    world.memory.statSync(`${world.root}/${tagHistoryLinkPath("app", "moved", images[1]!.digest)}`);
    const { steps, fixedByScript, unrecoverable } = await planFor(world);
    const about = (tag: string) => steps.filter((step) => "path" in step && step.path === tagLinkPath("app", tag));
    expect(about("once")).toMatchObject([{ kind: "relink", content: images[0]!.digest, before: "malformed" }]);
    expect(about("moved")).toMatchObject([{ kind: "clean", reason: "malformed-link" }]);
    expect([fixedByScript, unrecoverable]).toEqual([["app:once"], ["app:moved"]]);
  });

  it("goes on behind what it moves out of the way", async () => {
    const { world } = indexed();
    const folder = `${repositoriesPath}/app/_manifests/revisions`;
    world.fileForFolder(folder);
    const { steps, fixedByScript } = await planFor(world);
    expect(brief(steps)).toContain(`clean ${folder}`);
    expect(steps.filter(({ kind }) => kind === "relink")).toHaveLength(3);
    expect(fixedByScript).toEqual(["app:v1"]);
  });

  it("gives a repository that collection does not see its folder", async () => {
    const world = new World();
    world.repository("app").image("v1", []);
    world.remove(`${repositoriesPath}/app/_layers`);
    const { steps } = await planFor(world);
    expect(brief(steps.filter(({ kind }) => kind === "relink"))).toHaveLength(1);
    const bare = new World();
    bare.repository("app").manifest({ schemaVersion: 2, manifests: [] }, "v1");
    bare.remove(`${repositoriesPath}/app/_layers`);
    expect(brief((await planFor(bare)).steps)).toEqual([`folder ${repositoriesPath}/app/_layers`]);
  });

  it("leaves missing parts of a cache to its upstream, and only moves the link to nothing", async () => {
    const { world, arm } = indexed();
    world.removeEntry(blobPath(arm.layers[0]!.digest));
    const { steps } = await planFor(world, "--cache", "registry");
    expect(brief(steps)).toEqual([`clean ${layerLinkPath("app", arm.layers[0]!.digest)}`]);
  });

  it("hashes a blob of the wrong size: one that is damaged goes, one that was pushed so stays", async () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("cut");
    world.write(blobPath(image.layers[0]!.digest), "");
    const honest = repository.layer();
    repository.image("lied-about", [{ ...honest, size: 1 }]);
    const { steps, fixedByPush, unrecoverable } = await planFor(world);
    expect(brief(steps.filter(({ kind }) => kind === "clean"))).toEqual([`clean ${blobPath(image.layers[0]!.digest)}`]);
    expect([fixedByPush, unrecoverable]).toEqual([["app:cut"], ["app:lied-about"]]);
  });

  it("says the same line by line", async () => {
    const { world, arm, amd } = indexed();
    world.removeEntry(revisionLinkPath("app", arm.digest));
    world.removeEntry(blobPath(amd.layers[0]!.digest));
    const lines = await investigateLines(world.fs, "plan", [world.root]);
    expect(lines.map(({ type }) => type)).toEqual(["root", "step", "step", "summary"]);
    expect(lines.at(-1)).toMatchObject({ verdict: "findings", relink: 1, push: 1, brokenTags: 1, fixedByPush: 1 });
  });
});
