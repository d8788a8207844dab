// Parts of a root that lie beside it, behind symbolic links: another disk's folder, or what somebody who can write to the
// storage wants a script to write to.
import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { type DamageKind, linkClasses, pathsLike, type Site } from "./site.ts";

const places: Record<string, (site: Site) => string[]> = {
  layers: (site) => pathsLike(site, /\/_layers$/),
  "layer-folder": (site) => pathsLike(site, linkClasses.layer).map(dirname),
  "layer-link": (site) => pathsLike(site, linkClasses.layer),
  "revision-folder": (site) => pathsLike(site, linkClasses.revision).map(dirname),
  "current-link": (site) => pathsLike(site, linkClasses.current),
  shard: (site) => pathsLike(site, /\/blobs\/sha256\/[0-9a-f]{2}$/),
  data: (site) => pathsLike(site, /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}\/data$/),
};

/** Where what belongs to a root lies outside of it. */
export function outsideOf(root: string): string {
  return `${root}.outside`;
}

export const outsideDamages: DamageKind[] = Object.entries(places).map(([place, find]) => ({
  name: `${place}-moved-outside`,
  apply: (site) => {
    const path = site.choose(find(site));
    if (path === undefined) return undefined;
    const target = `${outsideOf(site.storage.root)}/${path}`;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(site.storage.absolute(path), target);
    site.storage.makeSymlink(path, target);
    return path;
  },
}));
