// Which images could be whole again from what is in a root, by brute force: in a second root every sound blob is linked
// everywhere, and the registry is asked. Shares nothing with the plans that are judged by it.
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startRegistry } from "../../../scripts/registry/server.ts";
import { connectTo } from "../exactness/client/http.ts";
import { canAskDigest, repositoriesOnDisk } from "../exactness/client/names.ts";
import { walkRegistry } from "../exactness/client/walk.ts";
import { base, repositoriesBase } from "../exactness/storage.ts";

/**
 * `repository:tag` of the images whose tag names a digest and all of whose blobs are in the store of one of the roots,
 * the first of which is the tags' own.
 */
export async function healableImages(root: string, others: readonly string[] = []): Promise<string[]> {
  const ideal = await mkdtemp(join(dirname(root), "healable-"));
  try {
    linkAll(root, others, ideal);
    const registry = await startRegistry({ root: ideal });
    const client = connectTo(registry.url, 30_000);
    try {
      const { tags } = await walkRegistry(client, ideal);
      return tags.filter(({ failures }) => failures.length === 0).map(({ repository, tag }) => `${repository}:${tag}`);
    } finally {
      client.close();
      await registry.stop();
    }
  } finally {
    rmSync(ideal, { recursive: true, force: true });
  }
}

function linkAll(root: string, others: readonly string[], ideal: string): void {
  const links = join(ideal, "links");
  mkdirSync(links, { recursive: true });
  const sound = new Set<string>();
  for (const { hex, data } of [root, ...others].flatMap(soundBlobs)) {
    if (sound.has(hex)) continue;
    sound.add(hex);
    const folder = join(ideal, base, "blobs/sha256", hex.slice(0, 2), hex);
    mkdirSync(folder, { recursive: true });
    symlinkSync(realpathSync(data), join(folder, "data"));
    mkdirSync(join(links, hex));
    writeFileSync(join(links, hex, "link"), `sha256:${hex}`);
  }
  for (const name of repositoriesOnDisk(root)) {
    const [from, to] = [join(root, repositoriesBase, name), join(ideal, repositoriesBase, name)];
    mkdirSync(join(to, "_layers"), { recursive: true });
    mkdirSync(join(to, "_manifests/revisions"), { recursive: true });
    symlinkSync(links, join(to, "_layers/sha256"));
    symlinkSync(links, join(to, "_manifests/revisions/sha256"));
    const copied = [
      ...namesIn(join(from, "_manifests/tags")).map((tag) => `_manifests/tags/${tag}/current`),
      // Only a link tells which blob one that was pushed by sha512 is.
      ...namesIn(join(from, "_layers/sha512")).map((hex) => `_layers/sha512/${hex}`),
    ];
    for (const folder of copied) {
      const digest = readIfFile(join(from, folder, "link"))?.toString("latin1") ?? "";
      if (!canAskDigest(digest)) continue;
      mkdirSync(join(to, folder), { recursive: true });
      writeFileSync(join(to, folder, "link"), digest);
    }
  }
}

function soundBlobs(root: string): { hex: string; data: string }[] {
  const store = join(root, base, "blobs/sha256");
  return namesIn(store).flatMap((two) =>
    namesIn(join(store, two)).flatMap((hex) => {
      const data = join(store, two, hex, "data");
      const content = two === hex.slice(0, 2) ? readIfFile(data) : undefined;
      return content && createHash("sha256").update(content).digest("hex") === hex ? [{ hex, data }] : [];
    }),
  );
}

/** What can be listed; pipes are not opened. */
function namesIn(folder: string): string[] {
  try {
    return statSync(folder).isDirectory() ? readdirSync(folder).filter((name) => !name.includes("\ufffd")) : [];
  } catch {
    return [];
  }
}

function readIfFile(path: string): Buffer | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
