// Symbolic links in every place of a root: a second way to something that the registry believes to have one, and folders
// of blobs and links behind links, in the ways that links.ts, blobs.ts and structure.ts do not know.
import { dirname, relative } from "node:path";
import { base, repositoriesBase } from "../storage.ts";
import { type DamageKind, linkClasses, pathsLike, repositoryNames, type Site, tagFolders } from "./site.ts";

/** What can be reached by a second path, and where it is. */
const places: Record<string, (site: Site) => string[]> = {
  repository: (site) => repositoryNames(site).map((name) => `${repositoriesBase}/${name}`),
  layers: (site) => pathsLike(site, /\/_layers$/),
  manifests: (site) => pathsLike(site, /\/_manifests$/),
  revisions: (site) => pathsLike(site, /\/_manifests\/revisions$/),
  tags: (site) => pathsLike(site, /\/_manifests\/tags$/),
  tag: tagFolders,
  current: (site) => pathsLike(site, /\/tags\/[^/]+\/current$/),
  "current-link": (site) => pathsLike(site, linkClasses.current),
  "layer-folder": (site) => pathsLike(site, linkClasses.layer).map(dirname),
  "layer-link": (site) => pathsLike(site, linkClasses.layer),
  "revision-folder": (site) => pathsLike(site, linkClasses.revision).map(dirname),
  "revision-link": (site) => pathsLike(site, linkClasses.revision),
  shard: (site) => pathsLike(site, /\/blobs\/sha256\/[0-9a-f]{2}$/),
  "blob-folder": (site) => pathsLike(site, /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}$/),
  data: (site) => pathsLike(site, /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}\/data$/),
};

const aliases: DamageKind[] = Object.entries(places).map(([place, find]) => ({
  name: `${place}-as-alias-of-other`,
  apply: (site) => {
    const path = site.choose(find(site));
    // Not of what is above or below it: the registry's walk would go round for ever.
    const other = site.chooseOther(find(site).filter((each) => path !== undefined && !areNested(each, path)));
    if (path === undefined || other === undefined) return undefined;
    link(site, path, other);
    return `${path} -> ${other}`;
  },
}));

// Names that the registry would take for one more of the kind.
const secondNames: Record<string, string> = {
  repository: "alias",
  tag: "alias",
  shard: "alias",
  "layer-folder": "ab".repeat(32),
  "revision-folder": "ab".repeat(32),
  "blob-folder": "ab".repeat(32),
};

const secondPaths: DamageKind[] = Object.entries(secondNames).map(([place, name]) => ({
  name: `${place}-with-alias`,
  apply: (site) => {
    const path = site.choose(places[place]?.(site) ?? []);
    if (path === undefined) return undefined;
    const alias = place === "repository" ? `${repositoriesBase}/${name}` : `${dirname(path)}/${name}`;
    if (site.storage.kindOf(alias) !== "none") return undefined;
    link(site, alias, path);
    return `${alias} -> ${path}`;
  },
}));

const behindLinks: Record<string, (site: Site) => string[]> = {
  docker: () => ["docker"],
  v2: () => [base],
  namespace: nameSpaces,
  shard: places["shard"]!,
};

const moved: DamageKind[] = Object.entries(behindLinks).map(([place, find]) => ({
  name: `${place}-moved-behind-symlink`,
  apply: (site) => {
    const path = site.choose(find(site).filter((each) => site.storage.kindOf(each) === "folder"));
    return path !== undefined && site.storage.moveBehindSymlink(path) ? path : undefined;
  },
}));

// The folders of single things; those above them are in structure.ts. A namespace that is no more is a volume that is
// not mounted: an empty folder, or a link to where it would be.
const nowhere: DamageKind[] = [
  ...["namespace", "shard"].flatMap((place) => [
    spoilt(`${place}-as-empty-mount-point`, behindLinks[place]!, (site, path) => site.storage.makeFolder(path)),
    spoilt(`${place}-as-dangling-link`, behindLinks[place]!, dangle),
  ]),
  ...["blob-folder", "layer-folder", "revision-folder"].map((place) =>
    spoilt(`${place}-as-dangling-link`, places[place]!, dangle),
  ),
  spoilt(
    "repositories-with-loop",
    () => [`${repositoriesBase}/loop`],
    (site, path) => (site.storage.kindOf(path) === "none" ? site.storage.makeSymlink(path, ".") : false),
  ),
];

export const aliasDamages: DamageKind[] = [...aliases, ...secondPaths, ...moved, ...nowhere];

function spoilt(
  name: string,
  find: (site: Site) => string[],
  spoil: (site: Site, path: string) => boolean,
): DamageKind {
  return {
    name,
    apply: (site) => {
      const path = site.choose(find(site));
      return path !== undefined && spoil(site, path) ? path : undefined;
    },
  };
}

function dangle(site: Site, path: string): boolean {
  return site.storage.makeSymlink(path, "/nowhere/that/is/mounted");
}

function link(site: Site, path: string, target: string): void {
  site.storage.makeSymlink(path, relative(dirname(path), target));
}

function areNested(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/** The folders between `repositories` and the repositories in them. */
function nameSpaces(site: Site): string[] {
  const names = repositoryNames(site).filter((name) => name.includes("/"));
  return [...new Set(names.map((name) => `${repositoriesBase}/${name.split("/")[0]}`))];
}
