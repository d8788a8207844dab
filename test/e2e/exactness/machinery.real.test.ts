// Proves the differential test's own parts against the registry alone: worlds, damage, the walk, and the judges.
import { createHash } from "node:crypto";
import { accessSync, constants, cpSync, lstatSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Image, makeImage, makeIndex } from "../../../scripts/registry/content.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { replay } from "./campaign.ts";
import { connectTo } from "./client/http.ts";
import type { References } from "./client/manifest.ts";
import { brokenTagsOf, fetchManifest, type Walk, walkRegistry } from "./client/walk.ts";
import { applyDamages, damageGroups, damageKinds } from "./damage/damages.ts";
import { makeMutable } from "./damage/immutable.ts";
import { manifestKinds, tagManifest } from "./damage/manifests.ts";
import { materialOf } from "./damage/material.ts";
import { blobPath, currentLinkPath, linkPath, siteOf } from "./damage/site.ts";
import { collectDry } from "./judge/collect.ts";
import { judgeFinding } from "./judge/findings.ts";
import type { Finding, Report } from "./judge/report.ts";
import { checkRun, compareTags } from "./judge/tags.ts";
import { judgeUnexpected } from "./judge/unexpected.ts";
import { seededRandom } from "./random.ts";
import type { Play } from "./round.ts";
import { makeScratch } from "./scratch.ts";
import { listTree, repositoriesBase, Storage } from "./storage.ts";
import { buildWorld } from "./world.ts";
import { imageKinds, type WorldPlan } from "./world-plan.ts";

const patienceMs = 30_000;
const [amd64, arm64] = [child("amd64"), child("arm64")];
const everything = Object.entries(imageKinds).map(([kind, make]): [string, Image] => [
  kind.replaceAll(" ", "-"),
  make(kind, seededRandom(1)),
]);
const plan: WorldPlan = {
  repositories: [
    {
      name: "team/app",
      pushes: [
        { image: makeIndex([amd64, arm64]), tag: "multi" },
        { image: amd64, tag: "amd64" },
        { image: arm64, tag: "arm64" },
        { image: makeImage("untagged") },
      ],
      unfinishedUploads: [500],
      deleted: [makeImage("deleted")],
    },
    {
      name: "every/kind",
      pushes: everything.map(([tag, image]) => ({ tag, image })),
      unfinishedUploads: [],
      deleted: [],
    },
  ],
};

let scratch: string;
let copies = 0;

beforeAll(async () => {
  scratch = await makeScratch("exactness-machinery");
  await buildWorld(plan, join(scratch, "world"));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("the walk", () => {
  it("finds every tag of an undamaged world whole", async () => {
    const { walk } = await walked(() => {});
    expect(walk.tags.map((tag) => tag.tag).sort()).toEqual(
      ["multi", "amd64", "arm64", ...everything.map(([tag]) => tag)].sort(),
    );
    expect(walk.tags.flatMap((tag) => tag.failures)).toEqual([]);
  });

  it("finds exactly the tags above a removed revision link broken", async () => {
    const { walk } = await walked((storage) =>
      storage.remove(linkPath("team/app", "_manifests/revisions", amd64.digest)),
    );
    expect(brokenTagsOf(walk)).toEqual(["team/app:amd64", "team/app:multi"]);
  });

  it("notices a layer that is cut short although it is served with 200", async () => {
    const layer = arm64.blobs[1]?.digest ?? "";
    const { walk } = await walked((storage) => storage.write(blobPath(layer), "short"));
    expect(walk.tags.flatMap((tag) => tag.failures.map((failure) => `${tag.tag} ${failure.reason}`))).toEqual([
      "arm64 length 5, not 300",
      "multi length 5, not 300",
    ]);
  });

  it("notices a corrupt manifest although it is served with 200", async () => {
    const { walk } = await walked((storage) => storage.write(blobPath(arm64.digest), `${arm64.bytes} `));
    expect(brokenTagsOf(walk)).toEqual(["team/app:arm64", "team/app:multi"]);
  });

  it("counts a dropped connection and a fifo as failures, and ends", async () => {
    const { walk } = await walked((storage) => {
      tagManifest(storage, "team/app", "panic", '{"schemaVersion":2,"manifests":{}}');
      storage.makeFifo(currentLinkPath("team/app", "arm64"));
    }, 5_000);
    const reasons = walk.tags.flatMap((tag) => tag.failures.map((failure) => `${tag.tag} ${failure.reason}`));
    expect(reasons).toEqual(["arm64 timeout", "panic dropped"]);
  });
});

describe("damage", () => {
  it("of every kind changes the disk", () => {
    let root = freshCopy();
    let before = contentOf(root);
    const changes = (kind: string, attempt: number) => {
      const [applied] = applyDamages(root, [{ kind, at: attempt * 7, other: attempt * 3 + 1 }]);
      const after = contentOf(root);
      const changed = after !== before;
      expect(applied?.target !== undefined, `${kind} says what it did`).toBe(changed);
      before = after;
      if (kind.endsWith("-immutable")) {
        makeMutable(root);
        before = contentOf(root);
      }
      return changed;
    };
    const idle = [...damageKinds.keys()].filter((kind, position) => {
      const fresh = () => {
        root = freshCopy();
        before = contentOf(root);
        return true;
      };
      if (position % 10 === 0) fresh();
      return !changes(kind, 0) && ![0, 1, 2, 3, 4, 5].some((attempt) => fresh() && changes(kind, attempt));
    });
    expect(idle).toEqual([]);
  });

  it("can be done again and comes out the same", () => {
    const damages = [...damageKinds.keys()].filter((_, position) => position % 9 === 0);
    const [first, second] = [freshCopy(), freshCopy()].map((root) => {
      applyDamages(
        root,
        damages.map((kind, position) => ({ kind, at: position * 31, other: position * 17 })),
      );
      const content = contentOf(root);
      makeMutable(root);
      return content;
    });
    expect(first).toBe(second);
  });
});

describe("the reading of manifests", () => {
  it("finds the references that the registry's collection finds", async () => {
    const root = freshCopy();
    const storage = new Storage(root);
    const material = materialOf(siteOf(storage, 0, 0), "team/app", 0);
    if (material === undefined) throw new Error("the world has nothing to refer to");
    const tagged = Object.entries(manifestKinds).map(([kind, make]) => {
      return { kind, digest: tagManifest(storage, "team/app", kind, make(material)) };
    });
    const read = await withRegistry({ root }, async (url) => {
      const client = connectTo(url, patienceMs);
      const found = new Map<string, string[]>();
      for (const { kind, digest } of tagged) {
        const { references } = await fetchManifest(client, "team/app", kind);
        if (references === undefined) storage.remove(linkPath("team/app", "_manifests/revisions", digest));
        else found.set(digest, digestsIn(references));
      }
      client.close();
      return found;
    });
    const { exitCode, stdout } = await collectDry(root, false, patienceMs);
    expect(exitCode).toBe(0);
    expect(read.size).toBeGreaterThan(80);
    for (const [digest, references] of read) expect(references, digest).toEqual(markedBy(stdout, digest));
  });
});

describe("the judges", () => {
  it("tell a true finding from a false one", async () => {
    const layer = arm64.blobs[1]?.digest ?? "";
    const root = freshCopy();
    new Storage(root).remove(linkPath("team/app", "_layers", layer));
    await withRegistry({ root }, async (url) => {
      const client = connectTo(url, patienceMs);
      const judge = (code: string, digest: string) =>
        judgeFinding(client, root, finding({ code, digest, repository: "team/app" }));
      expect(await judge("unlinked-blob", layer)).toBe("confirmed");
      expect(await judge("missing-blob", layer)).toEqual({ contradiction: "the blob is in the store" });
      expect(await judge("unlinked-child", arm64.digest)).toEqual({ contradiction: "GET manifest answered 200" });
      expect(await judge("invalid-manifest", arm64.digest)).toEqual({ contradiction: "GET manifest answered 200" });
      expect(await judge("missing-child", "garbage")).toBe("not askable");
      client.close();
    });
  });

  it("hold every stray entry against the registry's collection, both ways", async () => {
    const [stops, harmless] = ["team/app/_manifests/tags/.DS_Store", "team/app/_manifests/revisions/@eaDir"].map(
      (path) => `${repositoriesBase}/${path}`,
    ) as [string, string];
    const root = freshCopy();
    for (const path of [stops, harmless]) new Storage(root).write(path, "");
    const judged = async (...paths: string[]) => {
      const unexpected = paths.map((path) => finding({ code: "stray-entry", path }));
      const { confirmed, differences } = await judgeUnexpected(root, reportOf(unexpected, []), () => true);
      return [...confirmed.map((entry) => entry.path), ...differences.map((difference) => difference.sort)];
    };
    expect(await judged(stops)).toEqual([stops]);
    expect(await judged(stops, harmless)).toEqual([stops, "finding contradicted"]);
    expect(await judged()).toEqual(["stop of collection not reported"]);
  });

  it("know that a file in place of all blobs stops collection once there is a manifest, though here is none", async () => {
    const root = freshCopy();
    const storage = new Storage(root);
    for (const name of ["team/app", "every/kind"]) storage.remove(`${repositoriesBase}/${name}/_manifests`);
    const path = "docker/registry/v2/blobs/sha256";
    storage.remove(path);
    writeFileSync(join(root, path), "");
    const { confirmed, differences } = await judgeUnexpected(
      root,
      reportOf([finding({ code: "stray-entry", path })], []),
      () => true,
    );
    expect([confirmed.map((entry) => entry.path), differences]).toEqual([[path], []]);
  });

  it("miss no repository that collection cannot see", async () => {
    const root = freshCopy();
    new Storage(root).remove(`${repositoriesBase}/team/app/_layers`);
    const unseen = finding({ code: "unseen-repository", repository: "team/app" });
    const wrong = finding({ code: "unseen-repository", repository: "every/kind" });
    const sorts = async (...findings: Finding[]) =>
      (await judgeUnexpected(root, reportOf(findings, []), () => true)).differences.map(
        (difference) => difference.sort,
      );
    expect(await sorts(unseen)).toEqual([]);
    expect(await sorts(unseen, wrong)).toEqual(["finding contradicted"]);
    expect(await sorts()).toEqual(["unseen repository not reported"]);
  });

  it("compare broken tags both ways, and only those that a client can name", async () => {
    const { walk } = await walked((storage) => storage.remove(currentLinkPath("team/app", "multi")));
    const sorts = (...names: string[]) => compareTags(walk, reportOf([], names)).map((difference) => difference.sort);
    expect(sorts("team/app:multi")).toEqual([]);
    expect(sorts("team/app:multi", "BadName:v1", "team/app:.hidden")).toEqual([]);
    expect(sorts()).toEqual(["broken tag not reported"]);
    expect(sorts("team/app:multi", "team/app:arm64")).toEqual(["whole tag called broken"]);
  });

  it("let no run pass that crashed, left something unread, or exits with another code than its report", () => {
    const run = (exitCode: number, report: Report | undefined, stderr = "") =>
      checkRun({ exitCode, report, stderr, stdout: "" }).map((difference) => difference.sort);
    const [clean, damaged] = [reportOf([], []), reportOf([finding({ code: "dangling-tag", severity: "error" })], [])];
    const unread = { ...clean, unreadable: [{ path: "x", error: "EACCES" }] };
    expect(run(0, clean)).toEqual([]);
    expect(run(4, damaged)).toEqual([]);
    expect(run(0, damaged)).toEqual(["exit code"]);
    expect(run(0, unread)).toEqual(["unread", "exit code"]);
    expect(run(1, undefined)).toEqual(["crash"]);
    expect(run(0, clean, "TypeError\n    at x.js:1")).toEqual(["crash"]);
  });
});

describe("a round that is played again", () => {
  const played = async (differs: (round: number) => boolean) => {
    const told: boolean[] = [];
    let rounds = 0;
    const result = () => (differs(++rounds) ? [{ sort: "crash" as const, text: "made up" }] : []);
    const play: Play = {
      comparisons: [],
      alone: async () => ({ differences: result(), counts: {}, notAskable: [] }),
      groups: damageGroups,
      damagesPerRoot: { min: 1, max: 2 },
    };
    const worlds = { copyOf: async () => freshCopy(), removeAll: async () => {} };
    const round = await replay(worlds, 5, "3", play, {
      shrinkForMs: 0,
      told: (_, is) => void told.push(is),
    });
    return { told, differs: round !== undefined };
  };

  it("is one round, whether it differs or not, where it is not to be shrunk", async () => {
    expect(await played(() => false)).toEqual({ told: [false], differs: false });
    expect(await played(() => true)).toEqual({ told: [true], differs: true });
    expect(await played((round) => round > 1)).toEqual({ told: [false], differs: false });
  });
});

function child(architecture: string): Image {
  return makeImage("app", { platform: { os: "linux", architecture } });
}

function freshCopy(): string {
  copies += 1;
  const copy = join(scratch, `copy-${copies}`);
  cpSync(join(scratch, "world"), copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function walked(damage: (storage: Storage) => unknown, patience = patienceMs): Promise<{ walk: Walk }> {
  const root = freshCopy();
  damage(new Storage(root));
  return withRegistry({ root }, async (url) => {
    const client = connectTo(url, patience);
    const walk = await walkRegistry(client, root);
    client.close();
    return { walk };
  });
}

function isImmutable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** One hash of all names, kinds, owners, modes and contents, and of what is immutable. */
function contentOf(root: string): string {
  const hash = createHash("sha256");
  for (const { path, kind } of listTree(root)) {
    const { uid, mode } = lstatSync(join(root, path));
    hash.update(`${kind} ${path} ${uid} ${mode} ${kind !== "symlink" && isImmutable(join(root, path))}\n`);
    if (kind === "file") hash.update(readFileSync(join(root, path)));
    if (kind === "symlink") hash.update(readlinkSync(join(root, path)));
  }
  return hash.digest("hex");
}

function digestsIn(references: References): string[] {
  if (references.kind === "index") return references.children.map((blob) => blob.digest);
  const config = references.kind === "image" ? [references.config] : [];
  return [...config, ...references.layers].map((blob) => blob.digest);
}

/** The references that collection says it marks for one manifest; it prints a digest as it is, line breaks and all. */
function markedBy(stdout: string, digest: string): string[] {
  const after = stdout.split(`: marking manifest ${digest} \n`)[1] ?? "";
  const block = after.split(/^\S+: marking manifest |^\S+$|^\n\d+ blobs marked/m)[0] ?? "";
  return block
    .split(/^team\/app: marking blob /m)
    .slice(1)
    .map((line) => line.slice(0, -1));
}

function finding(known: Partial<Finding> & { code: string }): Finding {
  return { id: JSON.stringify(known), severity: "warning", path: "", message: "", affects: [], ...known };
}

function reportOf(findings: Finding[], brokenTags: string[]): Report {
  const error = findings.filter((one) => one.severity === "error").length;
  return {
    verdict: "findings",
    causes: [],
    findings,
    unreadable: [],
    brokenTags: brokenTags.map((name) => {
      const [repository = "", tag = ""] = name.split(":");
      return { repository, tag, findings: ["some"] };
    }),
    summary: { error, warning: findings.length - error, info: 0, brokenTags: brokenTags.length },
  };
}
