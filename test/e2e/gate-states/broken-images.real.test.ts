// States in which an image is broken already and can be harmed still: what is served of it, and what could repair it.

import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeImage, makeMultiArch } from "../../../scripts/registry/content.ts";
import { run } from "../../worlds/program.ts";
import { linkPath } from "../exactness/damage/site.ts";
import { base, repositoriesBase } from "../exactness/storage.ts";
import { gate, harmOfCollection, pushedRoot } from "./stage.ts";

const [multi, single] = [makeMultiArch("app"), makeImage("single")];
const images = { "app:multi": multi, "app:single": single, "other:1": makeImage("other") };
const atRest = ["--quiet-period", "0s"];

function accept(root: string): string[] {
  return ["--config", `${root}.yaml`];
}

describe("an index is partly broken", () => {
  it("stops with -m, whatever damage is let pass; the collection takes the platform that is served", async () => {
    const root = await pushedRoot(images);
    rmSync(dirname(join(root, linkPath("app", "_manifests/revisions", multi.children[1]!.digest))), {
      recursive: true,
    });
    for (const lenient of [["--allow-broken"], ["--fail-on", "never"]]) {
      expect(gate("-m", ...atRest, ...lenient, root).code, lenient.join(" ")).toBe(4);
    }
    expect(await harmOfCollection(root, true)).toMatch(/app:multi is no longer served/);
  });

  it("stops without -m, since the collection takes what would repair it", async () => {
    const root = await pushedRoot(images);
    rmSync(dirname(join(root, linkPath("app", "_manifests/revisions", multi.children[1]!.digest))), {
      recursive: true,
    });
    expect(gate(...atRest, "--allow-broken", root).code).toBe(4);
    expect(await harmOfCollection(root, false)).toMatch(/app:multi can no longer be repaired/);
  });
});

describe("an image could be repaired from the disk today", () => {
  it.each([
    ["its revision link is lost", dirname(linkPath("app", "_manifests/revisions", single.digest)), "app:single"],
    ["its repository has no revisions", `${repositoriesBase}/other/_manifests/revisions`, "other:1"],
  ])("stops where %s, and the forecast names what it takes", async (_, lost, image) => {
    const root = await pushedRoot(images);
    rmSync(join(root, lost), { recursive: true });
    const { code, text } = gate(...atRest, "--allow-broken", root);
    expect([code, text]).toEqual([4, expect.stringContaining("plan")]);
    const forecast = JSON.parse(run("forecast", "--format", "json", root).stdout);
    expect(JSON.stringify(forecast.roots[0].losesRepair)).toContain(image.split(":")[0]);
    expect(await harmOfCollection(root, false)).toContain(`${image} can no longer be repaired`);
  });
});

describe("findings are accepted", () => {
  it("never lets harm pass", async () => {
    const root = await pushedRoot(images);
    rmSync(join(root, `${repositoriesBase}/other/_manifests/revisions`), { recursive: true });
    writeFileSync(
      `${root}.yaml`,
      "accepted: [{ code: dangling-tag, reason: known, until: 2099-01-01 }, { code: missing-manifest, reason: known, until: 2099-01-01 }]",
    );
    expect(run("gate", ...accept(root), ...atRest, root).code).toBe(4);
  });

  it("refuses a configuration that accepts all that a root has; the collection aborts", async () => {
    const root = await pushedRoot(images);
    const blobs = join(root, base, "blobs");
    for (const path of readdirSync(blobs, { recursive: true }) as string[]) {
      if (path.endsWith("/data")) truncateSync(join(blobs, path), 10);
    }
    writeFileSync(`${root}.yaml`, "accepted: [{ root: registry, reason: known, until: 2099-01-01 }]");
    expect(run("scan", ...accept(root), root).code).toBe(16);
    expect(run("gate", ...accept(root), root).code).toBe(16);
    expect(gate(...atRest, "--allow-broken", root).code).toBe(4);
    expect(await harmOfCollection(root, false)).toMatch(/the collection ends with 1/);
  });
});
