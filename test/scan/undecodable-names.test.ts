// Names that are not UTF-8 on the way to blobs and revision links: the registry's walk finds them, so a scan has to.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isThere, nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { readBlobShard } from "../../src/scan/read-blobs.ts";
import { readRepository } from "../../src/scan/read-repository.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const hex = "5b".repeat(32);

/** Makes a folder whose last name begins with a byte that is not UTF-8, and a file in it. Gives its path as text. */
function writeUndecodable(root: string, folder: string, file: string): string {
  mkdirSync(join(root, folder), { recursive: true });
  const raw = Buffer.concat([Buffer.from(`${join(root, folder)}/`), Buffer.of(0xb5), Buffer.from(hex.slice(1))]);
  mkdirSync(raw);
  writeFileSync(Buffer.concat([raw, Buffer.from(`/${file}`)]), "x");
  return `${folder}/\ufffd${hex.slice(1)}/${file}`;
}

describe("a name that is not UTF-8", () => {
  it("is found on the path of a blob, with its path", () => {
    const root = temporaryFolder();
    const path = writeUndecodable(root, "docker/registry/v2/blobs/sha256/5b", "data");
    const { unexpected } = readBlobShard(nodeFs, root, { algorithm: "sha256", prefix: "5b" });
    expect(unexpected).toEqual([{ path, reason: "undecodable-name" }]);
    expect(isThere(nodeFs, join(root, path))).toBe(true);
  });

  it("is found on the path of a revision link", () => {
    const root = temporaryFolder();
    const path = writeUndecodable(root, "docker/registry/v2/repositories/app/_manifests/revisions/sha256", "link");
    const options = { tagTimes: false, tagHistory: false, walksLayers: false };
    const { facts } = readRepository(nodeFs, root, "app", options);
    expect(facts.unexpected).toEqual([{ path, reason: "undecodable-name" }]);
  });

  it("says nothing of an empty directory, which the registry's walk passes over", () => {
    const root = temporaryFolder();
    const shard = join(root, "docker/registry/v2/blobs/sha256/5b");
    mkdirSync(Buffer.concat([Buffer.from(`${shard}/`), Buffer.of(0xb5)]), { recursive: true });
    expect(readBlobShard(nodeFs, root, { algorithm: "sha256", prefix: "5b" }).unexpected).toEqual([]);
  });
});
