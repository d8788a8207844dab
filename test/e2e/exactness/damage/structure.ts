// Damage to the folders that hold it all: removed, replaced by files, moved behind links, renamed.
import { base, repositoriesBase } from "../storage.ts";
import { type DamageKind, linkClasses, linkPath, pathsLike, repositoryNames, type Site, tagFolders } from "./site.ts";

/** The structural folders that may vanish, and where they are. `docker/registry/v2` itself stays: without it there is no root. */
const folders: Record<string, (site: Site) => string[]> = {
  tag: tagFolders,
  "tag-current": (site) => pathsLike(site, /\/_manifests\/tags\/[^/]+\/current$/),
  "tag-history": (site) => pathsLike(site, /\/_manifests\/tags\/[^/]+\/index$/),
  tags: (site) => pathsLike(site, /\/_manifests\/tags$/),
  revisions: (site) => pathsLike(site, /\/_manifests\/revisions$/),
  "revision-algorithm": (site) => pathsLike(site, /\/_manifests\/revisions\/[^/]+$/),
  manifests: (site) => pathsLike(site, /\/_manifests$/),
  layers: (site) => pathsLike(site, /\/_layers$/),
  "layer-algorithm": (site) => pathsLike(site, /\/_layers\/[^/]+$/),
  uploads: (site) => pathsLike(site, /\/_uploads$/),
  upload: (site) => pathsLike(site, /\/_uploads\/[^/]+$/),
  repository: (site) => repositoryNames(site).map((name) => `${repositoriesBase}/${name}`),
  repositories: (site) => pathsLike(site, /\/v2\/repositories$/),
  blobs: (site) => pathsLike(site, /\/v2\/blobs$/),
  "blob-algorithm": (site) => pathsLike(site, /\/v2\/blobs\/[^/]+$/),
};

const ways: Record<string, (site: Site, path: string) => boolean> = {
  removed: (site, path) => site.storage.remove(path),
  emptied: (site, path) => site.storage.makeFolder(path),
  "as-file": (site, path) => site.storage.write(path, "not a folder"),
  "behind-symlink": (site, path) => site.storage.moveBehindSymlink(path),
  "as-dangling-symlink": (site, path) => site.storage.makeSymlink(path, "nowhere"),
  "as-looping-symlink": (site, path) => site.storage.makeSymlink(path, path.split("/").at(-1) ?? ""),
};

// Rare, since little is left to go wrong afterwards.
const sweeping = new Set(["repositories", "blobs", "blob-algorithm"]);

const folderDamages: DamageKind[] = Object.entries(folders).flatMap(([folder, find]) =>
  Object.entries(ways).map(
    ([way, change]): DamageKind => ({
      name: `${folder}-${way}`,
      ...(sweeping.has(folder) ? { rare: true } : {}),
      apply: (site) => {
        const path = site.choose(find(site));
        return path !== undefined && change(site, path) ? path : undefined;
      },
    }),
  ),
);

const moves: DamageKind[] = [
  {
    // As registry 2.1.0 left them: the manifest is served although no revision link names it.
    name: "revision-moved-to-layers",
    apply: (site) => {
      const path = site.choose(pathsLike(site, linkClasses.revision));
      if (path === undefined) return undefined;
      const folder = path.slice(0, -"/link".length);
      const target = folder.replace("/_manifests/revisions/", "/_layers/");
      if (site.storage.kindOf(target) !== "none") return undefined;
      site.storage.move(folder, target);
      return path;
    },
  },
  {
    name: "revision-copied-to-layers",
    apply: (site) => {
      const path = site.choose(pathsLike(site, linkClasses.revision));
      const content = path === undefined ? undefined : site.storage.read(path);
      if (path === undefined || content === undefined) return undefined;
      site.storage.write(path.replace("/_manifests/revisions/", "/_layers/"), content);
      return path;
    },
  },
  {
    name: "layer-moved-to-revisions",
    apply: (site) => {
      const path = site.choose(pathsLike(site, linkClasses.layer));
      if (path === undefined) return undefined;
      const folder = path.slice(0, -"/link".length);
      const target = folder.replace("/_layers/", "/_manifests/revisions/");
      if (site.storage.kindOf(target) !== "none") return undefined;
      site.storage.move(folder, target);
      return path;
    },
  },
  {
    name: "revision-linked-in-other-repository",
    apply: (site) => {
      const path = site.choose(pathsLike(site, linkClasses.revision));
      const repository = site.chooseOther(repositoryNames(site));
      const content = path === undefined ? undefined : site.storage.read(path);
      if (path === undefined || repository === undefined || content === undefined) return undefined;
      const [hex, algorithm] = path.split("/").slice(-3, -1).reverse();
      const target = linkPath(repository, "_manifests/revisions", `${algorithm}:${hex}`);
      if (site.storage.kindOf(target) !== "none") return undefined;
      site.storage.write(target, content);
      return target;
    },
  },
  {
    name: "tag-copied-to-other-repository",
    apply: (site) => {
      const path = site.choose(tagFolders(site));
      const repository = site.chooseOther(repositoryNames(site));
      if (path === undefined || repository === undefined) return undefined;
      const target = `${repositoriesBase}/${repository}/_manifests/tags/copied`;
      if (site.storage.kindOf(target) !== "none") return undefined;
      site.storage.copy(path, target);
      return target;
    },
  },
  {
    name: "tag-renamed",
    apply: (site) => {
      const path = site.choose(tagFolders(site));
      const name = site.chooseOther([".hidden", "-dash", "a b", "t".repeat(128), "t".repeat(129), "UPPER", "v@1"]);
      const target = path?.replace(/[^/]+$/, name ?? "");
      if (path === undefined || target === undefined || site.storage.kindOf(target) !== "none") return undefined;
      site.storage.move(path, target);
      return target;
    },
  },
  {
    name: "repository-copied",
    apply: (site) => {
      const from = site.choose(repositoryNames(site));
      const to = site.chooseOther(copyNames);
      if (from === undefined || to === undefined) return undefined;
      const target = `${repositoriesBase}/${to}`;
      if (site.storage.kindOf(target) !== "none") return undefined;
      for (const part of ["_layers", "_manifests"]) {
        const path = `${repositoriesBase}/${from}/${part}`;
        if (site.storage.kindOf(path) !== "none") site.storage.copy(path, `${target}/${part}`);
      }
      return target;
    },
  },
  {
    name: "upload-aged",
    apply: (site) => {
      const path = site.choose(pathsLike(site, /\/_uploads\/[^/]+\/startedat$/));
      if (path === undefined) return undefined;
      site.storage.write(path, "2020-01-01T00:00:00Z");
      return path;
    },
  },
  {
    name: "upload-start-garbage",
    apply: (site) => {
      const path = site.choose(pathsLike(site, /\/_uploads\/[^/]+\/startedat$/));
      if (path === undefined) return undefined;
      site.storage.write(path, site.chooseOther(["", "yesterday", "\0"]) ?? "");
      return path;
    },
  },
  {
    name: "blobs-empty-shard",
    apply: (site) => {
      const path = `${base}/blobs/sha256/${site.choose(["00", "zz", "a"])}`;
      if (site.storage.kindOf(path) !== "none") return undefined;
      site.storage.makeFolder(path);
      return path;
    },
  },
];

// Valid names, names that are none, and one that is valid only because `Upper` could be a host name.
const copyNames = ["copy", "copy/of/it", "BadName", "Upper/name", "bad__name_", "-dash", "a..b", "app/copy", "0"];

export const structureDamages: DamageKind[] = [...folderDamages, ...moves];
