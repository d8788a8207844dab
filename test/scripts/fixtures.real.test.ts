// The fixtures are what their README and expected.json say: the real registry serves copies of them, and answers so.
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { fixtures } from "../../scripts/fixtures/catalogue.ts";
import type { Expectation, Fixture } from "../../scripts/fixtures/fixture.ts";
import {
  blobPath,
  copyRoot,
  filesBelow,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagsOnDisk,
} from "../../scripts/fixtures/storage.ts";
import { getBlob, getManifest } from "../../scripts/registry/client.ts";
import { digestOf } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";

const checkedIn = fileURLToPath(new URL("../../test-fixtures", import.meta.url));
const temporary: string[] = [];

afterEach(async () => {
  for (const folder of temporary.splice(0)) await rm(folder, { recursive: true });
});

describe("the fixtures", () => {
  it("are those of the catalogue", async () => {
    const entries = await readdir(checkedIn, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(folders.sort()).toEqual(fixtures.map((fixture) => fixture.name).sort());
  });

  it("are made again the same byte for byte", async () => {
    const small = fixtures.find((fixture) => fixture.name === "small")!;
    const root = await temporaryFolder();
    const { expectation } = await small.make(root, () => "");
    expect(await contentOf(root)).toEqual(await contentOf(join(checkedIn, "small")));
    expect(expectation).toEqual(await expectationOf("small"));
  });

  const isCache = ({ name, from }: Fixture) => [name, from].includes("cache") || name === "base";
  const authoritative = fixtures.filter((fixture) => !isCache(fixture));
  it.each(authoritative)("$name: exactly the broken tags that it names fail to pull", async ({ name }) => {
    const root = await copyOf(name);
    const { brokenTags } = await expectationOf(name);
    await withRegistry({ root }, async (url) => {
      expect(await brokenTagsOf(url, root)).toEqual(brokenTags);
    });
  });
});

describe("a damaged root", () => {
  const manifests = [
    { code: "missing-child", linked: false, stored: false, status: 404 },
    { code: "unlinked-child", linked: false, stored: true, status: 404 },
    { code: "digest-mismatch", linked: true, stored: true, status: 200 },
    { code: "invalid-manifest", linked: true, stored: true, status: 500 },
    { code: "dangling-tag", linked: false, stored: false, status: 404 },
    { code: "missing-manifest", linked: true, stored: false, status: 404 },
  ];
  it.each(manifests)("$code: the manifest answers $status", async ({ code, linked, stored, status }) => {
    const { root, repository, digest } = await namedIn(code);
    await withRegistry({ root }, async (url) => {
      const answer = await getManifest(url, repository, digest);
      expect(answer.status).toBe(status);
      if (status === 200) expect(digestOf(answer.bytes)).not.toBe(digest);
    });
    expect(await exists(root, revisionLinkPath(repository, digest))).toBe(linked);
    expect(await exists(root, blobPath(digest))).toBe(stored);
  });

  const blobs = [
    { code: "missing-blob", linked: true, stored: false, status: 404 },
    { code: "unlinked-blob", linked: false, stored: true, status: 404 },
    { code: "size-mismatch", linked: true, stored: true, status: 200 },
    { code: "malformed-link", linked: true, stored: true, status: 500 },
    { code: "mismatched-link", linked: true, stored: true, status: 200 },
    { code: "orphan-layer-link", linked: true, stored: false, status: 404 },
  ];
  it.each(blobs)("$code: the blob answers $status", async ({ code, linked, stored, status }) => {
    const { root, repository, digest } = await namedIn(code);
    await withRegistry({ root }, async (url) => {
      const answer = await getBlob(url, repository, digest);
      expect(answer.status).toBe(status);
      if (status === 200) expect(digestOf(answer.bytes)).not.toBe(digest);
    });
    expect(await exists(root, layerLinkPath(repository, digest))).toBe(linked);
    expect(await exists(root, blobPath(digest))).toBe(stored);
  });

  it("unseen-repository: a collection takes its tag", async () => {
    const root = await copyOf("unseen-repository");
    expect(await collectGarbage(root)).toMatchObject({ exitCode: 0 });
    await withRegistry({ root }, async (url) => {
      expect(await brokenTagsOf(url, root)).toEqual(["mirror/index-only:stable"]);
    });
  });

  it("stray-entry: a collection aborts on its name", async () => {
    const collected = await collectGarbage(await copyOf("stray-entry"));
    expect(collected.exitCode).toBe(1);
    expect(collected.stderr).toContain("failed to parse repo name team/api.OLD");
  });

  it("stale-upload: the upload is there, begun in 2020", async () => {
    const root = await copyOf("stale-upload");
    const [finding] = (await expectationOf("stale-upload")).findings;
    expect(await readFile(join(root, finding!.path!, "startedat"), "utf8")).toMatch(/^2020-/);
  });

  it("unreferenced-blob: a collection sweeps as many blobs as it counts", async () => {
    const [finding] = (await expectationOf("unreferenced-blob")).findings;
    const collected = await collectGarbage(await copyOf("unreferenced-blob"), { dryRun: true });
    expect(collected.stdout).toContain(`${finding!.blobs} blobs and 0 manifests eligible for deletion`);
  });
});

describe("gc-blind", () => {
  it("loses the index-only tag and the sha512 layer in a plain collection, and nothing else", async () => {
    const root = await copyOf("gc-blind");
    expect(await collectGarbage(root)).toMatchObject({ exitCode: 0 });
    await withRegistry({ root }, async (url) => {
      expect(await brokenTagsOf(url, root)).toEqual(["mirror/index-only:stable", "tools/sha512:1.0"]);
      const [lost] = await pullImage(url, "tools/sha512", "1.0");
      expect(lost).toMatchObject({ role: "layer", status: 404 });
      expect(lost!.digest).toMatch(/^sha512:/);
    });
  });
});

describe("healthy", () => {
  it("loses nothing in a plain collection", async () => {
    const root = await copyOf("healthy");
    expect(await collectGarbage(root)).toMatchObject({ exitCode: 0 });
    expect(await contentOf(root)).toEqual(await contentOf(join(checkedIn, "healthy")));
  });
});

describe("incident", () => {
  it("answers 404 for each child that it names, although the store has its bytes", async () => {
    const root = await copyOf("incident");
    const { findings } = await expectationOf("incident");
    expect(findings.length).toBeGreaterThan(0);
    await withRegistry({ root }, async (url) => {
      for (const { repository, digest } of findings) {
        expect((await getManifest(url, repository!, digest!)).status).toBe(404);
        expect(await exists(root, blobPath(digest!))).toBe(true);
      }
    });
  });

  it("names every child that a pull of the broken tags does not get", async () => {
    const root = await copyOf("incident");
    const { brokenTags, findings } = await expectationOf("incident");
    const refused = new Set<string>();
    await withRegistry({ root }, async (url) => {
      for (const name of brokenTags) {
        const [repository = "", tag = ""] = name.split(":");
        for (const { digest, parent, platform, role } of await pullImage(url, repository, tag)) {
          expect(role).toBe("child");
          refused.add([repository, digest, parent, platform].join(" "));
        }
      }
    });
    const named = findings.map(({ repository, digest, parent, platform }) =>
      [repository, digest, parent, platform].join(" "),
    );
    expect([...refused].sort()).toEqual(named.sort());
  });

  it("has exactly the orphan layer links that it names, and none of what was lost below the children", async () => {
    const root = await copyOf("incident");
    const { orphanLayerLinks, lostBelow } = await expectationOf("incident");
    expect(await layerLinksWithoutBlob(root)).toEqual(
      orphanLayerLinks!.map(({ repository, digest }) => layerLinkPath(repository, digest)).sort(),
    );
    for (const { digest } of lostBelow!) expect(await exists(root, blobPath(digest))).toBe(false);
  });
});

describe("a cache", () => {
  it.each(["cache", "base/dockerhub"])("%s: has linux/amd64 of each image and no other platform", async (name) => {
    const root = await copyOf(name);
    expect(await exists(join(checkedIn, name), "scheduler-state.json")).toBe(true);
    const missing = new Set<string>();
    await withRegistry({ root }, async (url) => {
      for (const tag of await tagsOnDisk(root)) {
        const [repository = "", reference = ""] = tag.split(":");
        for (const { platform } of await pullImage(url, repository, reference)) missing.add(platform ?? "");
      }
    });
    expect([...missing].sort()).toEqual(["linux/arm64", "unknown/unknown"]);
  });
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fixture-"));
  temporary.push(folder);
  return folder;
}

async function copyOf(name: string): Promise<string> {
  const root = await temporaryFolder();
  await copyRoot(join(checkedIn, name), root);
  return root;
}

async function expectationOf(name: string): Promise<Expectation> {
  return JSON.parse(await readFile(join(checkedIn, name, "expected.json"), "utf8"));
}

/** A copy of the root, and what its one finding names. */
async function namedIn(code: string): Promise<{ root: string; repository: string; digest: string }> {
  const { findings } = await expectationOf(code);
  expect(findings).toHaveLength(1);
  const { repository, digest } = findings[0]!;
  return { root: await copyOf(code), repository: repository!, digest: digest! };
}

async function brokenTagsOf(url: string, root: string): Promise<string[]> {
  const broken: string[] = [];
  for (const name of await tagsOnDisk(root)) {
    const [repository = "", tag = ""] = name.split(":");
    if ((await pullImage(url, repository, tag)).length > 0) broken.push(name);
  }
  return broken;
}

async function exists(root: string, path: string): Promise<boolean> {
  return access(join(root, path)).then(
    () => true,
    () => false,
  );
}

async function contentOf(root: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  const base = join(root, "docker");
  for (const path of await filesBelow(base)) content.set(path, await readFile(join(base, path), "latin1"));
  return content;
}

async function layerLinksWithoutBlob(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesBelow(join(root, repositoriesPath))) {
    if (!path.includes("/_layers/")) continue;
    const digest = await readFile(join(root, repositoriesPath, path), "utf8");
    if (!(await exists(root, blobPath(digest)))) found.push(`${repositoriesPath}/${path}`);
  }
  return found.sort();
}
