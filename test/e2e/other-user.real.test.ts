// A registry that an ordinary user serves, and what root left there: the real one refuses exactly what regfsck says that it
// will. More roots: CLOSED_ROOTS=200 npx vitest run --config .config/vitest.config.ts test/e2e/other-user.real.test.ts
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobPath, layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { makeImage, makeLayer } from "../../scripts/registry/content.ts";
import { pullImage } from "../../scripts/registry/pull.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { withRegistry } from "../../scripts/registry/server.ts";
import type { Finding } from "../../src/contract/finding.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { seededRandom } from "./exactness/random.ts";

const user = 4321;
const roots = Number(process.env["CLOSED_ROOTS"] ?? 10);
const shared = makeLayer("shared");
const images = ["app", "team/app", "team/base"].map(
  (name) => [name, makeImage(name, { baseLayers: [shared] })] as const,
);
const storage = "docker/registry/v2";
let folder: string;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "regfsck-user-"));
  chmodSync(folder, 0o755);
  base = join(folder, "registry");
  await withRegistry({ root: base }, async (url) => {
    for (const [name, image] of images) await pushImage(url, name, image, "1.0");
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOfRoot(): string {
  const root = `${base}-copy`;
  rmSync(root, { recursive: true, force: true });
  execFileSync("cp", ["-r", base, root]);
  execFileSync("chown", ["-R", `${user}:${user}`, root]);
  return root;
}

function close(root: string, path: string, mode: number): void {
  chownSync(join(root, path), 0, 0);
  chmodSync(join(root, path), mode);
}

/** What a client of a registry that the user serves runs into: images it cannot pull, lists it does not get. */
function refusals(root: string): Promise<string[]> {
  return withRegistry({ root, user }, async (url) => {
    const refused: string[] = [];
    for (const [name] of images) {
      // What the registry breaks off is no answer at all.
      const failures = await pullImage(url, name, "1.0").catch(() => ["broken off"]);
      if (failures.length > 0) refused.push(`${name}:1.0`);
      if ((await fetch(`${url}/v2/${name}/tags/list`)).status !== 200) refused.push(`the tags of ${name}`);
    }
    if ((await fetch(`${url}/v2/_catalog`)).status !== 200) refused.push("the catalogue");
    return refused.sort();
  });
}

async function scan(root: string, ...options: string[]) {
  const { printed, exitCode } = await runProgram(nodeFs, ["scan", "--format", "json", ...options, root]);
  const { findings, causes, brokenTags } = JSON.parse(printed);
  return { exitCode, causes, findings: findings as Finding[], brokenTags };
}

/** What a scan foretells of all that. */
async function foretold(root: string, listless: readonly string[]): Promise<string[]> {
  const { findings, brokenTags } = await scan(root, "--as-user", `${user}:${user}`);
  const closed = findings.filter(({ severity }) => severity === "error").map(({ path }) => path);
  const shut = closed.filter((path) => !listless.includes(path));
  const isIn = (folder: string) =>
    closed.includes(folder) || shut.some((path) => path === "." || folder.startsWith(`${path}/`));
  const refused = brokenTags.map(({ repository, tag }: { repository: string; tag: string }) => `${repository}:${tag}`);
  for (const [name] of images) {
    if (isIn(`${storage}/repositories/${name}/_manifests/tags`)) refused.push(`the tags of ${name}`);
  }
  const inTree = closed.some((path) => path.startsWith(`${storage}/repositories/`) && !/\/_/.test(path));
  if (inTree || isIn(`${storage}/repositories`)) refused.push("the catalogue");
  return refused.sort();
}

it("tells what the registry will refuse, and nothing else, whatever root left there", async () => {
  const random = seededRandom(1);
  for (let round = 0; round < roots; round++) {
    const root = copyOfRoot();
    const paths = (readdirSync(root, { recursive: true }) as string[])
      .filter((path) => !path.includes("/_uploads") && !path.includes("/index"))
      .sort();
    const chosen = Array.from({ length: 1 + random.below(3) }, () => {
      const path = random.pick(paths);
      const modes = statSync(join(root, path)).isDirectory()
        ? [0o000, 0o700, 0o711, 0o755]
        : [0o000, 0o600, 0o640, 0o644];
      return [path, random.pick(modes)] as const;
    });
    for (const [path, mode] of chosen) close(root, path, mode);
    // What may be entered and not listed keeps nothing from whoever knows its name.
    const listless = chosen.filter(([, mode]) => mode === 0o711).map(([path]) => path);
    expect([chosen, await foretold(root, listless)]).toEqual([chosen, await refusals(root)]);
  }
});

describe("the command of the cause", () => {
  it.each([
    ["a layer link", layerLinkPath("app", images[0]![1].blobs[0]!.digest), 0o600],
    ["a blob", blobPath(shared.digest), 0o000],
    ["a repository", `${storage}/repositories/team`, 0o700],
  ])("lets the registry serve again after root left %s", async (_, path, mode) => {
    const root = copyOfRoot();
    close(root, path, mode);
    expect(await refusals(root)).not.toEqual([]);
    const guessed = await scan(root);
    expect(guessed).toMatchObject({ exitCode: 0, causes: [{ code: "unreadable-for-registry" }], brokenTags: [] });
    execFileSync("sh", ["-c", guessed.causes[0].next]);
    expect(await refusals(root)).toEqual([]);
    expect(await scan(root, "--as-user", String(user))).toMatchObject({ exitCode: 0, findings: [] });
  });
});
