// What a plan does where symbolic links lead: nothing through one, and nothing at what one leads to, since what two paths
// lead to is one thing.
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, repositoriesPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { investigate } from "../worlds/investigate.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const UNKNOWN = `sha256:${"f".repeat(64)}`;

function withImage() {
  const world = new World();
  const repository = world.repository("app");
  return { world, repository, image: repository.image("v1") };
}

/** The plan's steps at or below paths in the storage, and what it leaves to people for symbolic links. */
async function planFor(world: World) {
  const { steps, left } = await investigate(world.fs, "plan", ["--verify-content", world.root]);
  const paths = steps.flatMap((step) => ("path" in step ? [step.path] : []));
  return { paths, left: left.filter(({ code }) => code === "symlink") };
}

function moveBehindLink(world: World, path: string, to: string): void {
  world.memory.mkdirSync(dirname(to), { recursive: true });
  world.memory.renameSync(`${world.root}/${path}`, to);
  world.symlink(path, to);
}

describe("a plan", () => {
  it("takes no step at a second way to a live revision: moving it away would break the image", async () => {
    const { world, image } = withImage();
    world.symlink(dirname(revisionLinkPath("app", UNKNOWN)), image.digest.slice("sha256:".length));
    expect((await planFor(world)).paths).toEqual([]);
  });

  it("leaves a link that is outside of the root to people, and says where the way leads out", async () => {
    const { world, repository } = withImage();
    const orphan = repository.layer();
    world.removeEntry(blobPath(orphan.digest));
    const path = layerLinkPath("app", orphan.digest);
    expect((await planFor(world)).paths).toEqual([path]);
    moveBehindLink(world, dirname(path), "/outside/layer");
    const reason = `the script follows no symbolic link, and one is on the way: fix it by hand (${path})`;
    expect(await planFor(world)).toEqual({
      paths: [],
      left: [{ root: "registry", code: "symlink", count: 1, reason }],
    });
  });

  it.each([
    ["a link file", (path: string) => path],
    ["a link's folder", (path: string) => dirname(path)],
    ["the folder of all layer links", (path: string) => dirname(dirname(dirname(path)))],
    ["the repository", () => `${repositoriesPath}/app`],
    ["all of the storage", () => "docker"],
  ])("writes no link through %s that is a symbolic link", async (_, place) => {
    const { world, image } = withImage();
    const path = layerLinkPath("app", image.layers[0]!.digest);
    world.write(path, "garbage");
    moveBehindLink(world, place(path), "/outside/it");
    const { paths, left } = await planFor(world);
    expect([paths, left.length]).toEqual([[], 1]);
  });

  it("takes no step at what a link elsewhere leads to: there it may be right", async () => {
    const { world, repository, image } = withImage();
    const other = repository.image("v2");
    const [good, bad] = [blobPath(image.layers[0]!.digest), blobPath(other.layers[0]!.digest)];
    world.write(bad, world.memory.readFileSync(`${world.root}/${good}`) as Buffer);
    world.remove(good);
    world.symlink(good, `${world.root}/${bad}`);
    const { paths, left } = await planFor(world);
    expect(paths.filter((path) => path === bad || path === good)).toEqual([]);
    expect(left.map(({ reason }) => reason)).toEqual([
      `a symbolic link leads there too, so what is wrong here may be right there: fix it by hand (${bad})`,
    ]);
  });

  it("goes on beside a link to a folder above it", async () => {
    const { world, image } = withImage();
    world.symlink(`${repositoriesPath}/app/_layers/up`, "..");
    const path = layerLinkPath("app", image.layers[0]!.digest);
    world.removeEntry(path);
    expect((await planFor(world)).paths).toContain(path);
  });
});

describe("images that wait for what a symbolic link keeps from the script", () => {
  /** What becomes of the images, the exit code, and the kinds of steps. */
  async function fatesIn(world: World) {
    const { roots, steps, exitCode, verdict } = await investigate(world.fs, "plan", ["--verify-content", world.root]);
    const { fixedByScript, fixedByPush, fixedByHand, unrecoverable } = roots[0]!;
    const kinds = steps.map(({ kind }) => kind);
    return { fixedByScript, fixedByPush, fixedByHand, unrecoverable, kinds, exitCode, verdict };
  }
  const byHand = { fixedByScript: [], fixedByPush: [], fixedByHand: ["app:v1"], unrecoverable: [] };

  it("are not promised to be pullable after a push, and fail the run", async () => {
    const { world, image } = withImage();
    const path = layerLinkPath("app", image.layers[0]!.digest);
    world.write(path, "garbage");
    moveBehindLink(world, dirname(path), "/outside/layer");
    expect(await fatesIn(world)).toEqual({ ...byHand, kinds: [], exitCode: 4, verdict: "findings" });
    const { printed: text } = await runProgram(world.fs, ["plan", world.root]);
    expect(text).toContain("1 broken tag: 1 by hand first");
    expect(text).toMatch(/These wait for what the script must not touch[\s\S]*app:v1/);
  });

  it.each([
    ["its manifest is there", false],
    ["its manifest is gone", true],
  ])("are those whose revision folder is another's, so that a push would break that: %s", async (_, isGone) => {
    const { world, repository, image } = withImage();
    const other = repository.image("v2");
    const folder = dirname(revisionLinkPath("app", image.digest));
    world.removeEntry(revisionLinkPath("app", image.digest));
    world.memory.rmSync(`${world.root}/${folder}`, { recursive: true, force: true });
    world.symlink(folder, other.digest.slice("sha256:".length));
    if (isGone) world.remove(blobPath(image.digest));
    const { kinds, ...rest } = await fatesIn(world);
    expect(rest).toMatchObject({ ...byHand, exitCode: 4 });
    expect(kinds.filter((kind) => kind !== "clean")).toEqual([]);
  });

  it("are not offered to be deleted by way of a link: it would be another repository's tag that goes", async () => {
    const { world, image } = withImage();
    const other = world.repository("other");
    other.image("v1");
    world.remove(blobPath(image.digest));
    const before = await fatesIn(world);
    expect(before.kinds).toContain("delete-tag");
    const tags = `${repositoriesPath}/other/_manifests/tags`;
    world.memory.rmSync(`${world.root}/${tags}`, { recursive: true, force: true });
    world.symlink(tags, "../../app/_manifests/tags");
    const { kinds, unrecoverable } = await fatesIn(world);
    expect(kinds).not.toContain("delete-tag");
    expect(unrecoverable).toContain("app:v1");
  });
});
