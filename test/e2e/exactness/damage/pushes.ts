// A push that was cut at one of its steps, or is under way: what has been written, in the registry's order of writes.
import { type Image, makeImage, makeMultiArch } from "../../../../scripts/registry/content.ts";
import { repositoriesBase, type Storage } from "../storage.ts";
import { blobPath, currentLinkPath, type DamageKind, linkPath, repositoryNames, type Site } from "./site.ts";

type Step = (storage: Storage, repository: string, image: Image) => void;

const tag = "being-pushed";
const history = ({ digest }: Image) => `${tag}/index/${digest.replace(":", "/")}/link`;

/** By what is written last. Blobs are complete by then, so nothing is left in `_uploads`. */
const steps: Record<string, Step> = {
  blobs: (storage, _, { blobs }) => {
    for (const { digest, bytes } of blobs) storage.write(blobPath(digest), bytes);
  },
  "layer-links": (storage, repository, { blobs }) => {
    for (const { digest } of blobs) storage.write(linkPath(repository, "_layers", digest), digest);
  },
  manifest: (storage, _, { digest, bytes }) => storage.write(blobPath(digest), bytes),
  revision: (storage, repository, { digest }) =>
    storage.write(linkPath(repository, "_manifests/revisions", digest), digest),
  "tag-history": (storage, repository, image) =>
    storage.write(`${repositoriesBase}/${repository}/_manifests/tags/${history(image)}`, image.digest),
  "empty-current": (storage, repository) => storage.write(currentLinkPath(repository, tag), ""),
  current: (storage, repository, { digest }) => storage.write(currentLinkPath(repository, tag), digest),
};

const cut: DamageKind[] = Object.keys(steps).map((last) => ({
  name: `push-cut-after-${last}`,
  apply: (site) => push(site, makeImage(`pushed ${site.chooseOther([0, 1, 2])}`), last),
}));

/** The platforms of an index that is to follow, pushed by digest. */
const withoutIndex: DamageKind = {
  name: "push-cut-before-index",
  apply: (site) => {
    const { children } = makeMultiArch(`pushed ${site.chooseOther([0, 1, 2])}`);
    return children.map((child) => push(site, child, "revision")).at(-1);
  },
};

export const pushDamages: DamageKind[] = [...cut, withoutIndex];

function push(site: Site, image: Image, last: string): string | undefined {
  const repository = site.choose(repositoryNames(site));
  if (repository === undefined) return undefined;
  for (const [name, step] of Object.entries(steps)) {
    step(site.storage, repository, image);
    if (name === last) break;
  }
  return `${repository}@${image.digest}`;
}
