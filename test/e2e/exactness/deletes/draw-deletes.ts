// What is deleted from a root: a few tags and digests, drawn so that deletes meet shared digests, children and layers.
import { createHash } from "node:crypto";
import { cpSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { canAskTag, repositoriesOnDisk } from "../client/names.ts";
import type { TagWalk, Walk } from "../client/walk.ts";
import { type Random, seededRandom } from "../random.ts";
import { repositoriesBase, Storage } from "../storage.ts";
import { type Delete, linkedDigests } from "./deleting.ts";

export interface Drawn {
  deletes: Delete[];
  /** `repository:tag`, whose folder is removed after them. */
  removedTag: string | undefined;
}

/** Gives each second tag another one of its digest, and untagged manifests tags and layer links, as pushes could. */
export async function shareDigests(root: string): Promise<void> {
  for (const [position, repository] of repositoriesOnDisk(root).entries()) {
    const folder = `${repositoriesBase}/${repository}`;
    const tags = join(root, folder, "_manifests/tags");
    for (const [number, tag] of namesIn(tags).entries()) {
      if ((position + number) % 2 === 0 && tag.length < 100)
        cpSync(join(tags, tag), join(tags, `${tag}-too`), { recursive: true });
    }
    const storage = new Storage(root);
    for (const [number, digest] of linkedDigests(root, repository, "_manifests/revisions").entries()) {
      const place = digest.replace(":", "/");
      if (number % 3 === 0) {
        storage.write(`${folder}/_manifests/tags/own-${number}/current/link`, digest);
        storage.write(`${folder}/_manifests/tags/own-${number}/index/${place}/link`, digest);
      }
      if (number % 4 === 1) storage.write(`${folder}/_layers/${place}/link`, digest);
    }
  }
}

/** The same for the same root. */
export function drawDeletes(root: string, world: number, { tags }: Walk): Drawn {
  const text = [world, ...tags.map(({ repository, tag, digest }) => `${repository}:${tag}@${digest}`)].join(" ");
  const random = seededRandom(createHash("sha256").update(text).digest().readUInt32LE());
  const repositories = repositoriesOnDisk(root);
  const deletes: Delete[] = [];
  const wanted = 1 + random.below(5);
  for (let tries = 0; deletes.length < wanted && tries < 20; tries += 1) {
    const one = random.chance(60) ? drawTag(tags, random) : drawDigest(root, repositories, random);
    if (one !== undefined) deletes.push(one);
  }
  const removed = tags.length > 0 && random.chance(30) ? random.pick(tags) : undefined;
  return { deletes, removedTag: removed && `${removed.repository}:${removed.tag}` };
}

function drawTag(tags: readonly TagWalk[], random: Random): Delete | undefined {
  if (tags.length === 0) return undefined;
  const { repository, tag, failures } = random.pick(tags);
  // skopeo deletes what the content hashes to; where that is not what the tag names, scripts delete something else.
  const isSound = !failures.some(({ role }) => role === "tag");
  return { repository, reference: tag, bySkopeo: isSound && random.chance(50) };
}

function drawDigest(root: string, repositories: readonly string[], random: Random): Delete | undefined {
  if (repositories.length === 0) return undefined;
  const repository = random.pick(repositories);
  const digests = linkedDigests(root, repository, random.chance(85) ? "_manifests/revisions" : "_layers");
  return digests.length === 0 ? undefined : { repository, reference: random.pick(digests), bySkopeo: false };
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).filter(canAskTag).sort() : [];
}
