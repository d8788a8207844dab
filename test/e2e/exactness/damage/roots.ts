// Damage that only a gate can judge, since it is about who collects and what else lies there: owners and modes, a second
// root, a store that two roots share, a cache's file beside a root that is none.
import { execFileSync } from "node:child_process";
import { chmodSync, lchownSync, lstatSync } from "node:fs";
import { base, repositoriesBase } from "../storage.ts";
import { type DamageKind, repositoryNames, type Site } from "./site.ts";

/** Whom the storage belongs to once an owner is damaged; a collection then runs as this user. */
const registryUser = 65_534;

const ownable: Record<string, RegExp> = {
  folder: /\/(?:repositories|blobs)\//,
  "blob-folder": /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}$/,
  shard: /\/blobs\/sha256\/[0-9a-f]{2}$/,
  "revision-folder": /\/revisions\/sha256\/[0-9a-f]{64}$/,
  data: /\/data$/,
  link: /\/link$/,
};

const spoilers: Record<string, (path: string) => void> = {
  "of-root": (path) => lchownSync(path, 0, 0),
  "without-mode": (path) => chmodSync(path, 0),
  "read-only": (path) => chmodSync(path, 0o555),
};

const owners: DamageKind[] = Object.entries(ownable).flatMap(([what, pattern]) =>
  Object.entries(spoilers).map(([way, spoil]) => ({
    name: `${what}-${way}`,
    apply: (site: Site) => {
      const wanted = what === "folder" ? "folder" : undefined;
      const paths = site.entries.filter(({ path, kind }) => pattern.test(path) && (!wanted || kind === wanted));
      const path = site.choose(paths.filter(({ kind }) => kind !== "symlink"))?.path;
      if (path === undefined) return undefined;
      const { root } = site.storage;
      if (lstatSync(root).uid !== registryUser) execFileSync("chown", ["-hR", String(registryUser), root]);
      spoil(site.storage.absolute(path));
      return path;
    },
  })),
);

/** A sibling inside the folder, so that it comes and goes with it. */
const twin = "twin";

const roots: DamageKind[] = [
  {
    name: "second-root-deep-below",
    apply: (site) => {
      const path = "one/two/three/four";
      if (site.storage.kindOf(path) !== "none") return undefined;
      site.storage.copy("docker", `${path}/docker`);
      return path;
    },
  },
  {
    // One repository moves to another root; its blobs stay in the store, which is now the other root's.
    name: "blobs-shared-with-other-root",
    apply: (site) => {
      const name = site.choose(repositoryNames(site));
      const blobs = `${base}/blobs`;
      if (name === undefined || site.storage.kindOf(blobs) !== "folder" || site.storage.kindOf(twin) !== "none") {
        return undefined;
      }
      site.storage.move(`${repositoriesBase}/${name}`, `${twin}/${repositoriesBase}/${name}`);
      site.storage.move(blobs, `${twin}/${blobs}`);
      site.storage.makeSymlink(blobs, `../../../${twin}/${blobs}`);
      return name;
    },
  },
  ...Object.entries({
    "empty-object": "{}",
    empty: "",
    cut: '{"docker.io/library/ap',
    entries: JSON.stringify({
      "app@sha256:0": { Key: "app@sha256:0", Expiry: "2030-01-01T00:00:00Z", EntryType: 1 },
    }),
  }).map(([what, content]) => ({
    name: `scheduler-state-${what}`,
    apply: (site: Site) => {
      const path = "scheduler-state.json";
      if (site.storage.kindOf(path) !== "none") return undefined;
      site.storage.write(path, content);
      return path;
    },
  })),
];

export const rootDamages: DamageKind[] = [...owners, ...roots];
