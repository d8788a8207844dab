// Disk and HTTP side by side: where they agree, and what each way of differing is called.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeImage } from "../../scripts/registry/content.ts";
import type { ProbeReport } from "../../src/contract/probe.ts";
import { parseManifest } from "../../src/layout/manifest.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { type HttpRegistry, withHttpRegistry } from "../worlds/http-registry.ts";
import { runProgram } from "../worlds/scan-world.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../test-fixtures/${name}`, import.meta.url));

/** Has the registry serve what the tags of a root name, from its blob store: as one does that remembers every link. */
function serveStore(registry: HttpRegistry, root: string): void {
  const base = join(root, "docker/registry/v2");
  const read = (digest: string) => {
    const hex = digest.slice("sha256:".length);
    return readFileSync(join(base, "blobs/sha256", hex.slice(0, 2), hex, "data"));
  };
  const take = (repository: string, digest: string): void => {
    const bytes = read(digest);
    const content = parseManifest(bytes);
    if (!content.ok) throw new Error(content.reason);
    const type = content.mediaType || "application/vnd.oci.image.index.v1+json";
    registry.shelf(repository).manifests.set(digest, { type, bytes });
    for (const { role, digest: below, foreign } of content.references) {
      if (role === "child") take(repository, below);
      else if (!foreign) registry.shelf(repository).blobs.set(below, read(below));
    }
  };
  for (const link of readdirSync(join(base, "repositories"), { recursive: true, encoding: "utf8" })) {
    const [, repository, tag] = /^(.*)\/_manifests\/tags\/([^/]+)\/current\/link$/.exec(link) ?? [];
    if (repository === undefined || tag === undefined) continue;
    const digest = readFileSync(join(base, "repositories", link), "utf8");
    registry.shelf(repository).tags.set(tag, digest);
    take(repository, digest);
  }
}

async function probe(registry: HttpRegistry, root: string, ...images: readonly string[]) {
  const args = ["probe", "--root", root, registry.url, ...images];
  const { printed, exitCode } = await runProgram(nodeFs, [...args, "--format", "json"]);
  const text = await runProgram(nodeFs, args);
  return { ...(JSON.parse(printed) as ProbeReport), exitCode, text: text.printed };
}

describe("regfsck probe --root", () => {
  it("counts what both sides agree about", async () => {
    await withHttpRegistry(async (registry) => {
      serveStore(registry, fixture("healthy"));
      const { disk, exitCode, text } = await probe(registry, fixture("healthy"));
      expect(disk).toMatchObject({
        root: { name: "healthy", path: fixture("healthy") },
        agreed: { pullable: 11, broken: 0 },
        differences: [],
      });
      expect(exitCode).toBe(0);
      expect(text).toContain("the same on both sides: 11 images pullable, 0 broken");
    });
  });

  it("names the descriptor cache where the registry serves what the disk lacks", async () => {
    await withHttpRegistry(async (registry) => {
      const root = fixture("unlinked-child");
      serveStore(registry, root);
      const { disk, exitCode, verdict, text } = await probe(registry, root);
      const image = "infra-ci:latest";
      expect(disk!.differences).toEqual([{ image, disk: "broken", http: "pullable", reason: "descriptor-cache" }]);
      expect([exitCode, verdict]).toEqual([4, "findings"]);
      expect(text).toMatch(/^no broken image yet, but 1 image that the disk lacks parts of\n/);
      expect(text).toContain(`    next: regfsck plan ${root}\n`);
      const one = await probe(registry, root, image);
      expect(one.disk!.differences).toEqual(disk!.differences);
    });
  });

  it("says that another storage is served, by what is on one side alone, and by other digests", async () => {
    await withHttpRegistry(async (registry) => {
      const root = fixture("healthy");
      serveStore(registry, root);
      registry.push("team/api", makeImage("other"), "1.0");
      registry.push("web/elsewhere", makeImage("other"), "1");
      registry.shelf("web/frontend").tags.delete("stable");
      registry.shelf("tools/windows").manifests.clear();
      const { disk, exitCode, text } = await probe(registry, root);
      const reason = "other-storage";
      expect(disk!.differences).toEqual([
        { image: "team/api:1.0", disk: "pullable", http: "pullable", reason },
        { image: "tools/windows:ltsc2022", disk: "pullable", http: "broken", reason },
        { image: "web/elsewhere:1", disk: "absent", http: "pullable", reason },
        { image: "web/frontend:stable", disk: "pullable", http: "absent", reason },
      ]);
      expect(exitCode).toBe(12);
      expect(text).toContain("findmnt --target");
      // 404 for one that was named, and that the disk has.
      const one = await probe(registry, root, "web/frontend:stable");
      expect(one.disk!.differences).toEqual([disk!.differences[3]]);
      expect(one.exitCode).toBe(8);
    });
  });

  it("is not fooled by what moved between the two readings", async () => {
    await withHttpRegistry(async (registry) => {
      const root = fixture("unlinked-child");
      serveStore(registry, root);
      let asked = 0;
      // The cache forgets it between the first question and the second.
      registry.intercept = ({ path }) => {
        if (path.includes("manifests/sha256:587ab7fc")) asked++;
        if (asked === 1) queueMicrotask(() => registry.shelf("infra-ci").manifests.delete(CHILD));
        return false;
      };
      const { disk } = await probe(registry, root, "infra-ci:latest");
      expect(disk).toMatchObject({ differences: [] });
    });
  });

  it("wants one root, and refuses to write into it", async () => {
    await withHttpRegistry(async (registry) => {
      serveStore(registry, fixture("healthy"));
      await expect(probe(registry, fixture("base"))).rejects.toThrow(
        "2 storage roots; give the one that the registry serves",
      );
      const into = ["--report", join(fixture("healthy"), "report.json")];
      await expect(runProgram(nodeFs, ["probe", "--root", fixture("healthy"), ...into, registry.url])).rejects.toThrow(
        "inside",
      );
    });
  });
});

const CHILD = "sha256:587ab7fc24384e8c9f08c61ae19f856ddf0015f7a235abcbf61a5f5cdbddcf3d";
