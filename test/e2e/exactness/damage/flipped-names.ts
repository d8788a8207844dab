// One flipped bit in the name of a folder, so that it is no text any more.
import { renameSync } from "node:fs";
import { dirname } from "node:path";
import { repositoriesBase } from "../storage.ts";
import { type DamageKind, linkClasses, pathsLike, repositoryNames, type Site, tagFolders } from "./site.ts";

const folders: Record<string, (site: Site) => string[]> = {
  "blob-folder": (site) => pathsLike(site, /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}$/),
  shard: (site) => pathsLike(site, /\/blobs\/sha256\/[0-9a-f]{2}$/),
  repository: (site) => repositoryNames(site).map((name) => `${repositoriesBase}/${name}`),
  tag: tagFolders,
  "layer-folder": (site) => pathsLike(site, linkClasses.layer).map(dirname),
  "revision-folder": (site) => pathsLike(site, linkClasses.revision).map(dirname),
};

export const flippedNameDamages: DamageKind[] = Object.entries(folders).map(([folder, find]) => ({
  name: `${folder}-name-bit-flipped`,
  apply: (site) => {
    const path = site.choose(find(site));
    if (path === undefined) return undefined;
    const name = Buffer.from(path.slice(dirname(path).length + 1));
    const position = site.chooseOther([...name.keys()]) ?? 0;
    name[position] = (name[position] ?? 0) ^ 0x80;
    const from = site.storage.absolute(path);
    renameSync(from, Buffer.concat([Buffer.from(`${dirname(from)}/`), name]));
    return `${path}, byte ${position}`;
  },
}));
