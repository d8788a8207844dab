// Damage by manifests: one overwritten in place, so that it no longer hashes to its digest; or a new one with the right
// digest, linked and tagged as a push would leave it.
import { createHash } from "node:crypto";
import type { Storage } from "../storage.ts";
import { image, index, type MakeBody, manifestBodies } from "./manifest-bodies.ts";
import { manifestTexts } from "./manifest-texts.ts";
import { type Material, materialOf } from "./material.ts";
import {
  blobPath,
  blobPaths,
  currentLinkPath,
  type DamageKind,
  digestOfPlace,
  linkClasses,
  linkPath,
  pathsLike,
  repositoryNames,
  type Site,
  tagFolders,
} from "./site.ts";

export const manifestKinds: Readonly<Record<string, MakeBody>> = { ...manifestBodies, ...manifestTexts };
// An even number of them would tie the turn to the choice between overwriting and adding.
const turns = Array.from({ length: 11 }, (_, turn) => turn);

const ordinary: DamageKind[] = Object.entries(manifestKinds).map(
  ([name, make]): DamageKind => ({
    name: `manifest-${name}`,
    apply: (site) => (site.chooseOther([true, false]) ? overwriteManifest(site, make) : addNewManifest(site, make)),
  }),
);

function overwriteManifest(site: Site, make: MakeBody): string | undefined {
  const path = site.choose(blobPaths(site, "manifest"));
  const material = path === undefined ? undefined : materialOf(site, repositoryWith(site, path), turnOf(site));
  if (path === undefined || material === undefined) return undefined;
  site.storage.write(path, make(material));
  return path;
}

function addNewManifest(site: Site, make: MakeBody): string | undefined {
  const repository = site.choose(repositoryNames(site));
  const material = repository === undefined ? undefined : materialOf(site, repository, turnOf(site));
  return material === undefined ? undefined : addManifest(site, material, make(material));
}

/** Cycles: they cannot hash right, so the manifests lie where their digests would be. */
const cyclic: DamageKind[] = [
  {
    name: "index-containing-itself",
    apply: (site) => overwrite(site, (own, material) => index([own, material.children[0]])),
  },
  {
    name: "index-containing-itself-no-size",
    apply: (site) => overwrite(site, (own) => index([{ digest: own.digest, mediaType: own.mediaType }])),
  },
  {
    name: "image-containing-itself",
    apply: (site) => overwrite(site, (own, material) => image(material, { config: own, layers: [own] })),
  },
  {
    name: "indexes-containing-each-other",
    apply: (site) => {
      const [first, second] = [site.choose(blobPaths(site, "manifest")), site.chooseOther(blobPaths(site, "manifest"))];
      if (first === undefined || second === undefined || first === second) return undefined;
      site.storage.write(first, index([{ digest: digestOfPlace(second) }]));
      site.storage.write(second, index([{ digest: digestOfPlace(first) }]));
      return `${first} and ${second}`;
    },
  },
];

/** Indexes in indexes, each with the right digest and linked, down to a real child. */
const deep: DamageKind = {
  name: "index-thirty-levels-deep",
  apply: (site) => {
    const repository = site.choose(repositoryNames(site));
    const material = repository === undefined ? undefined : materialOf(site, repository, turnOf(site));
    if (material === undefined) return undefined;
    let bytes = index([material.children[0]]);
    for (let level = 0; level < 30; level += 1) {
      const digest = storeManifest(site.storage, material.repository, bytes);
      bytes = index([{ digest, size: Buffer.byteLength(bytes), mediaType: "application/vnd.oci.image.index.v1+json" }]);
    }
    return addManifest(site, material, bytes);
  },
};

export const manifestDamages: DamageKind[] = [...ordinary, ...cyclic, deep];

function turnOf(site: Site): number {
  return site.chooseOther(turns) ?? 0;
}

function overwrite(site: Site, make: (own: Material["absent"], material: Material) => string): string | undefined {
  const path = site.choose(blobPaths(site, "manifest"));
  const material = path === undefined ? undefined : materialOf(site, repositoryWith(site, path), turnOf(site));
  if (path === undefined || material === undefined) return undefined;
  const own = { mediaType: "application/vnd.oci.image.index.v1+json", digest: digestOfPlace(path), size: 0 };
  // The size that the index gives for itself changes its own length; a few rounds settle it.
  for (let round = 0; round < 5; round += 1) own.size = Buffer.byteLength(make(own, material));
  site.storage.write(path, make(own, material));
  return path;
}

function repositoryWith(site: Site, dataPath: string): string {
  const hex = dataPath.split("/").at(-2) ?? "";
  const link = pathsLike(site, linkClasses.revision).find((path) => path.includes(`/${hex}/`)) ?? "";
  return /\/repositories\/(.+)\/_manifests\/revisions\//.exec(link)?.[1] ?? "";
}

function addManifest(site: Site, material: Material, bytes: string | Uint8Array): string {
  const tags = tagFolders(site)
    .filter((path) => path.includes(`/repositories/${material.repository}/_manifests/`))
    .map((path) => path.split("/").at(-1) ?? "");
  const tag = site.chooseOther(["added", ...tags]) ?? "added";
  return `${material.repository}:${tag} = ${tagManifest(site.storage, material.repository, tag, bytes)}`;
}

/** Stores and links the bytes under their own digest, and points the tag at it, as a push would; returns the digest. */
export function tagManifest(storage: Storage, repository: string, tag: string, bytes: string | Uint8Array): string {
  const digest = storeManifest(storage, repository, bytes);
  storage.write(currentLinkPath(repository, tag), digest);
  return digest;
}

function storeManifest(storage: Storage, repository: string, bytes: string | Uint8Array): string {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  storage.write(blobPath(digest), bytes);
  storage.write(linkPath(repository, "_manifests/revisions", digest), digest);
  return digest;
}
