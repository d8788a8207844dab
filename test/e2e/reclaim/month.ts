// A month of a registry that CI pushes to every night: what its disk holds, and which images break, for each way of keeping
// it small. With a real registry, its real garbage collection, and for reclaim the real program and its script.
import { execFile } from "node:child_process";
import { lstatSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeAttestation, makeImage, makeIndex, makeLayer } from "../../../scripts/registry/content.ts";
import { pullImage } from "../../../scripts/registry/pull.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../../scripts/registry/server.ts";
import { program } from "../exactness/judge/report.ts";
import { base, listTree, repositoriesBase } from "../exactness/storage.ts";
import { tagsOn } from "./judge.ts";

const run = promisify(execFile);
const KEPT = 7;
const DAY = 86_400;
const APPS = ["team/api", "team/web"];

/** How the disk is kept small: every night tags are removed; every seventh this is done. */
export type Way = "nothing" | "garbage-collect" | "garbage-collect -m" | "reclaim";

export interface Night {
  /** Bytes of blobs in the store, after the night's work. */
  bytes: number;
  tags: number;
  /** `repository:tag` of images that do not pull. */
  broken: string[];
}

/** Plays so many nights in an empty folder; gives what each ended with. */
export async function playMonth(root: string, way: Way, count = 30): Promise<Night[]> {
  const nights: Night[] = [];
  for (let night = 0; night < count; night += 1) {
    await withRegistry({ root }, async (url) => {
      for (const app of APPS) await pushBuild(url, app, night);
    });
    await removeOldTags(root);
    if (night % 7 === 6) await keepSmall(root, way);
    nights.push(await look(root));
    age(root);
  }
  return nights;
}

/** Two platforms with their attestations; the base changes once a week, the rest every night. */
async function pushBuild(url: string, app: string, night: number): Promise<void> {
  const images = ["amd64", "arm64"].map((architecture) => {
    const week = makeLayer(`base ${architecture} ${Math.floor(night / 7)}`, { size: 20_000 });
    const platform = { os: "linux", architecture };
    return makeImage(`${app} ${night}`, { platform, baseLayers: [week], layerSizes: [8_000, 2_000] });
  });
  const build = makeIndex([...images, ...images.map((image) => makeAttestation(`${app} ${night}`, image))]);
  await pushImage(url, app, build, "latest");
  await pushImage(url, app, build, `2026-11-${String(night + 1).padStart(2, "0")}`);
}

/** The nightly clean-up as scripts do it, in the storage: of the dated tags the newest stay. */
async function removeOldTags(root: string): Promise<void> {
  for (const app of APPS) {
    const folder = join(root, repositoriesBase, app, "_manifests/tags");
    const dated = readdirSync(folder)
      .filter((tag) => tag !== "latest")
      .sort();
    for (const tag of dated.slice(0, -KEPT)) rmSync(join(folder, tag), { recursive: true });
  }
}

async function keepSmall(root: string, way: Way): Promise<void> {
  if (way === "nothing") return;
  if (way === "reclaim") await reclaim(root);
  const { exitCode, stderr } = await collectGarbage(root, { deleteUntagged: way === "garbage-collect -m" });
  if (exitCode !== 0) throw new Error(`the garbage collection failed: ${stderr}`);
}

/** As docs/reclaim.md has it: reclaim and its script, the gate, then the re-check. */
async function reclaim(root: string): Promise<void> {
  const [script, gate] = [`${root}.delete.sh`, `${root}.gate.json`];
  rmSync(script, { force: true });
  const regfsck = (...args: string[]) =>
    run(process.execPath, [program, ...args, root]).then(
      () => 0,
      (error: { code: number; stdout: string }) => {
        if (error.code !== 4 || args[0] !== "reclaim")
          throw new Error(`regfsck ${args} ended with ${error.code}: ${error.stdout}`);
        return error.code;
      },
    );
  // In the first week there is nothing yet.
  if ((await regfsck("reclaim", "--script", script)) === 4) {
    await withRegistry({ root }, (url) => run("sh", [script, "--apply", url]));
  }
  await regfsck("gate", "--report", gate);
  await regfsck("gate", "--recheck", gate);
}

async function look(root: string): Promise<Night> {
  const blobs = join(root, base, "blobs");
  const files = listTree(blobs).filter(({ kind, path }) => kind === "file" && path.endsWith("/data"));
  const tags = [...tagsOn(root).keys()];
  const broken = await withRegistry({ root }, async (url) => {
    const found: string[] = [];
    for (const image of tags) {
      const [repository = "", tag = ""] = image.split(":");
      if ((await pullImage(url, repository, tag)).length > 0) found.push(image);
    }
    return found;
  });
  return {
    bytes: files.reduce((sum, { path }) => sum + lstatSync(join(blobs, path)).size, 0),
    tags: tags.length,
    broken,
  };
}

/** A day passes: everything is a day older. */
function age(root: string): void {
  for (const { path } of [...listTree(root)].reverse()) {
    const { atimeMs, mtimeMs } = lstatSync(join(root, path));
    utimesSync(join(root, path), atimeMs / 1000 - DAY, mtimeMs / 1000 - DAY);
  }
}
