// What garbage collection would do, in words for a person: where it aborts and how to fix that, and what would keep an image.

import { linksFolder } from "../layout/paths.ts";
import type { Abort, AbortReason } from "../registry/collect/collection.ts";
import type { Keeper } from "../registry/collect/forecast.ts";
import type { Refusal } from "../registry/serve/refused-tags.ts";
import { formatNumberOf } from "../text/quantities.ts";

interface AbortWords {
  /** What the path is. */
  readonly what: string;
  readonly fix: string;
}

const WORDS = {
  "no-repositories": {
    what: "the directory of the repositories is missing",
    fix: "check whether the volume is mounted; the first push creates it",
  },
  "invalid-name": {
    what: "the name of this repository is invalid",
    fix: "move it out of the storage root",
  },
  "link-loop": {
    what: "this is a symlink loop",
    fix: "remove the symlink",
  },
  "file-for-folder": {
    what: "this is a file, where a directory should be",
    fix: "move it out of the storage root",
  },
  "malformed-link": {
    what: "this link holds no valid digest",
    fix: "write the digest that it should hold into it, or delete its directory if nobody needs it",
  },
  "unusable-tag": {
    what: "this is not a valid tag name, and -m reads every entry of tags",
    fix: "move it out of the storage root, or run garbage collection without -m",
  },
  "no-layers": {
    what: "the repository has no _layers directory, which registry 3 walks in every repository",
    fix: "create the empty directory, owned by the registry's user",
  },
  "no-tags": {
    what: "the repository has no tags directory, which -m needs",
    fix: "run garbage collection without -m, or create the directory: an empty one lets -m delete every manifest of the repository",
  },
  "invalid-manifest": {
    what: "this blob is linked as a manifest and is not a valid one",
    fix: "delete the revision links that name it, and push the image again",
  },
  "broken-blob": {
    what: "the registry cannot access what is here in place of a blob",
    fix: "move it out of the storage root, and push the image again",
  },
  "no-blobs": {
    what: "the blob store is missing",
    fix: "check whether the volume is mounted",
  },
  "misplaced-data": {
    what: "this is a file named data, where no blob can be",
    fix: "move it out of the storage root",
  },
  "undecodable-name": {
    what: "a name in this path is not valid UTF-8 (a flipped bit?), and the registry's path check refuses it",
    fix: "give the directory its name back, or move it out of the storage root",
  },
  "displaced-blob": {
    what: "this blob belongs at another path, where garbage collection looks for it to delete it",
    fix: "move it to its place, or out of the storage root",
  },
  "twice-deleted": {
    what: "links at other paths name this manifest too, and -m deletes it at its own path for each of them",
    fix: "delete the links that name another digest than their path; regfsck scan lists each as mismatched-link",
  },
  "shared-repository": {
    what: "a symlink or bind mount gives this manifest's directory a second path, and -m deletes it by each",
    fix: "remove the link or mount that gives its repository a second name",
  },
  "shared-blob": {
    what: "this blob's directory is a symlink to another blob's, and both are to be deleted: the second may not be found",
    fix: "remove the symlink",
  },
  "unreadable-history": {
    what: "this is in place of the tag's history, and -m cannot read it",
    fix: "move it out of the storage root (a tag works without its history), or run garbage collection without -m",
  },
  "twice-unlinked": {
    what: "another link of this repository holds this digest too (a layer that was pushed by sha512, a copied directory), and the layer link is deleted once for each",
    fix: "push what needs the layer again by sha256, or delete the directory of the other link if nobody needs it",
  },
  "shared-layers": {
    what: "a symlink or bind mount gives this layer link's directory a second path, and the link is deleted by each",
    fix: "remove the link or mount that gives its repository a second name",
  },
} as const satisfies Record<AbortReason, AbortWords>;

/** The reasons, in the order in which garbage collection can meet them. */
export const ABORT_REASONS = Object.keys(WORDS) as readonly AbortReason[];

const PHASES = {
  mark: "before it deletes anything",
  delete: "after it deleted some of the manifests",
  blobs: "after it deleted some of the blobs, and with -m the manifests",
  layers: "after it deleted all that it would, but for some of the layer links",
  sweep: "before it deletes any blob, but with -m after it deleted the manifests",
} as const satisfies Record<Abort["phase"], string>;

/** One sentence for a person: what is there, how much is gone when garbage collection aborts on it, and how to fix it. */
export function abortMessage(reason: AbortReason, phase: Abort["phase"]): string {
  const { what, fix } = WORDS[reason];
  return `${what}: garbage collection aborts ${PHASES[phase]}; fix: ${fix}`;
}

/** An image that would break, and what was to be deleted over HTTP and takes it or its parts. */
export interface BreakingImage {
  readonly repository: string;
  /** `repository:tag`. */
  readonly name: string;
  /** As they were given. */
  readonly deletes: readonly string[];
}

const SENTENCES = {
  "without-deletes": ({ name, deletes }) =>
    `do not delete ${deletes.length === 0 ? "what is lost" : listed(deletes)} over HTTP, or name ${name} too if it is meant to go: a DELETE takes the digest, and every tag of it`,
  "without-delete-untagged": () =>
    "run garbage collection without -m; regfsck reclaim lists what can be deleted first, so that it frees as much",
  "without-tag-clean-up": ({ repository }) =>
    `keep the tags of ${repository} that name what is lost: the clean-up removes them, and nothing else keeps it`,
  "with-layers-folder": ({ repository }) =>
    `create the empty directory ${linksFolder(repository, "layer")}; if it exists, move away the file whose name begins with _ that hides it (unseen-repository in regfsck scan)`,
  "with-sha256-layers": () =>
    "push the image again with every blob named by sha256: garbage collection never keeps a blob that is named by sha512, nor what a manifest without a revision link needs",
} as const satisfies Record<Keeper, (image: BreakingImage) => string>;

/** One sentence for a person: what to do so that an image stays pullable. */
export function keeperSentence(keeper: Keeper, image: BreakingImage): string {
  return SENTENCES[keeper](image);
}

/** The first three, and how many there are besides. */
function listed(names: readonly string[]): string {
  const more = names.length - 3;
  return names.slice(0, 3).join(", ") + (more > 0 ? ` and ${formatNumberOf(more, "other")}` : "");
}

/** One sentence for a person: what to do about the repository whose incomplete copy of an index costs another its layers. */
export function spoiledSentence(repository: string): string {
  return `complete the same index in ${repository} first (regfsck plan, or push it there again), or delete it there: garbage collection comes to ${repository} before, lacks children there, and does not look for them again`;
}

const REFUSALS = {
  schema1: () =>
    "a manifest of schema 1, which this registry does not read: push the image again with a client of today",
  unreadable: (reason) => `this registry cannot read the manifest (${reason}): build the image again and push it`,
  "linked-as-layer": () =>
    "a manifest that is linked among the layers only: regfsck plan links it as a manifest, and so does pushing the image again",
} as const satisfies Record<Refusal, (reason: string) => string>;

/** One sentence for a person: why a part of an image is not served any more, and what to do. `reason` is the registry's. */
export function refusalMessage(refusal: Refusal, reason: string): string {
  return REFUSALS[refusal](reason);
}

/** What loses something without being newly broken: `1 tag that is broken already and 2 manifests without a tag`. */
export function harmedImages(harms: readonly { readonly tag: string | null }[]): string {
  const untagged = harms.filter(({ tag }) => tag === null).length;
  const broken = harms.length - untagged;
  const parts = [
    broken > 0 ? `${formatNumberOf(broken, "tag")} that ${broken === 1 ? "is" : "are"} broken already` : "",
    untagged > 0 ? `${formatNumberOf(untagged, "manifest")} without a tag` : "",
  ];
  return parts.filter((part) => part !== "").join(" and ");
}
