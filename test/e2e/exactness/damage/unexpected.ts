// Entries that do not belong: a file or folder of every name that real disks have shown, at every level.
import { mkdirSync, writeFileSync } from "node:fs";
import { base, repositoriesBase } from "../storage.ts";
import { type DamageKind, pathsLike, repositoryNames, type Site } from "./site.ts";

const levels: Record<string, (site: Site) => string[]> = {
  root: () => [""],
  docker: () => ["docker"],
  v2: () => [base],
  blobs: () => [`${base}/blobs`],
  "blob-algorithm": (site) => pathsLike(site, /\/v2\/blobs\/[^/]+$/),
  shard: (site) => pathsLike(site, /\/v2\/blobs\/[^/]+\/[^/]+$/),
  "blob-folder": (site) => pathsLike(site, /\/v2\/blobs\/[^/]+\/[^/]+\/[^/]+$/),
  repositories: () => [repositoriesBase],
  repository: (site) => repositoryNames(site).map((name) => `${repositoriesBase}/${name}`),
  "name-space": (site) =>
    repositoryNames(site)
      .filter((name) => name.includes("/"))
      .map((name) => `${repositoriesBase}/${name.split("/").slice(0, -1).join("/")}`),
  layers: (site) => pathsLike(site, /\/_layers$/),
  "layer-algorithm": (site) => pathsLike(site, /\/_layers\/[^/]+$/),
  "layer-folder": (site) => pathsLike(site, /\/_layers\/[^/]+\/[^/]+$/),
  manifests: (site) => pathsLike(site, /\/_manifests$/),
  revisions: (site) => pathsLike(site, /\/_manifests\/revisions$/),
  "revision-algorithm": (site) => pathsLike(site, /\/_manifests\/revisions\/[^/]+$/),
  "revision-folder": (site) => pathsLike(site, /\/_manifests\/revisions\/[^/]+\/[^/]+$/),
  tags: (site) => pathsLike(site, /\/_manifests\/tags$/),
  tag: (site) => pathsLike(site, /\/_manifests\/tags\/[^/]+$/),
  "tag-current": (site) => pathsLike(site, /\/_manifests\/tags\/[^/]+\/current$/),
  "tag-history": (site) => pathsLike(site, /\/_manifests\/tags\/[^/]+\/index$/),
  uploads: (site) => pathsLike(site, /\/_uploads$/),
  upload: (site) => pathsLike(site, /\/_uploads\/[^/]+$/),
};

/** The first is the plainest, so that shrinking ends there. `data` and `link` are what the registry's own walks look for. */
const unexpectedNames = [
  "stray",
  ".DS_Store",
  "@eaDir",
  "_note",
  "_layers",
  "Upper",
  "with space",
  ".nfs000000000001",
  "data.tmp",
  "link~",
  "lost+found",
  "data",
  "link",
  "ünïcode",
  "new\nline",
  "n".repeat(255),
  "!",
  "zz",
];

const forms: Record<string, (site: Site, path: string) => void> = {
  file: (site, path) => site.storage.write(path, ""),
  "file with text": (site, path) => site.storage.write(path, "text"),
  folder: (site, path) => site.storage.makeFolder(path),
  "looping symlink": (site, path) => site.storage.makeSymlink(path, path.split("/").at(-1) ?? ""),
  "dangling symlink": (site, path) => site.storage.makeSymlink(path, "nowhere"),
};

type MakeEntry = (site: Site, folder: string) => string | undefined;

const named: MakeEntry[] = unexpectedNames.flatMap((name) =>
  Object.entries(forms).map(
    ([form, make]): MakeEntry =>
      (site, folder) => {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (site.storage.kindOf(path) !== "none") return undefined;
        make(site, path);
        return `${form} ${JSON.stringify(path)}`;
      },
  ),
);

// Node's own path functions take such a name as bytes only.
const notUtf8: MakeEntry[] = [false, true].map((asFolder) => (site, folder) => {
  const path = Buffer.concat([Buffer.from(`${site.storage.absolute(folder)}/bad`), Buffer.from([0xff, 0xfe])]);
  if (asFolder) mkdirSync(path, { recursive: true });
  else writeFileSync(path, "");
  return `${asFolder ? "folder" : "file"} "${folder}/bad\\xff\\xfe"`;
});

const unexpected = [...named, ...notUtf8, ...notUtf8, ...notUtf8];

export const unexpectedEntryDamages: DamageKind[] = Object.entries(levels).map(([level, find]) => ({
  name: `stray-in-${level}`,
  apply: (site) => {
    const folder = site.choose(find(site).filter((path) => path === "" || site.storage.kindOf(path) === "folder"));
    return folder === undefined ? undefined : site.chooseOther(unexpected)?.(site, folder);
  },
}));
