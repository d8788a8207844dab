// What garbage collection would do, in words for a person: where it aborts and how to fix that, and what would keep an image.

import { linksFolder } from "../layout/paths.ts";
import type { Abort, AbortReason } from "../registry/collect/collection.ts";
import type { Keeper } from "../registry/collect/forecast.ts";

interface AbortWords {
  /** What the path is. */
  readonly what: string;
  readonly mend: string;
}

const WORDS = {
  "invalid-name": {
    what: "a repository lies here whose name is not valid",
    mend: "move it out of the storage root",
  },
  "link-loop": {
    what: "this symbolic link leads in a circle",
    mend: "remove the link",
  },
  "file-for-folder": {
    what: "a file stands here where a folder should be",
    mend: "move it out of the storage root",
  },
  "malformed-link": {
    what: "this link cannot be read as a digest",
    mend: "write into it the digest that it should hold, or delete its folder if nobody needs it",
  },
  "unusable-tag": {
    what: "no tag can have this name, and -m looks into every entry of tags",
    mend: "move it out of the storage root, or run collection without -m",
  },
  "no-tags": {
    what: "the repository has no tags folder, which -m must have",
    mend: "run collection without -m, or create the folder: left empty, it lets -m delete every manifest of the repository",
  },
  "invalid-manifest": {
    what: "this blob is linked as a manifest and cannot be read as one",
    mend: "delete the revision links that name it, and push the image again",
  },
  "broken-blob": {
    what: "a blob should be here, and the registry cannot even look at what is",
    mend: "move it out of the storage root, and push the image again",
  },
  "no-blobs": {
    what: "the blob store is not there",
    mend: "look whether the volume is mounted",
  },
  "misplaced-data": {
    what: "a file called data lies here, where no blob can be",
    mend: "move it out of the storage root",
  },
  "undecodable-name": {
    what: "a name on this path is not valid UTF-8 (a flipped bit?), and the registry's path check refuses it",
    mend: "give the directory its name back, or move it out of the storage root",
  },
  "displaced-blob": {
    what: "a blob lies here that belongs elsewhere, where collection looks for it in order to delete it",
    mend: "move it to its place, or out of the storage root",
  },
  "twice-deleted": {
    what: "links in other places name this manifest too, and -m deletes it at its own place for each of them",
    mend: "delete the links that name another digest than their place says; regfsck scan lists each as a mismatched-link",
  },
  "shared-repository": {
    what: "a symbolic link or bind mount gives this manifest's directory a second path, and -m deletes it by each",
    mend: "remove the link or mount that gives its repository a second name",
  },
  "shared-blob": {
    what: "this blob's directory is a symbolic link to another blob's, and both are to be deleted: the second may not be found",
    mend: "remove the symbolic link",
  },
  "unreadable-history": {
    what: "-m cannot look into what stands here for the tag's history",
    mend: "move it out of the storage root, since a tag works without its history, or run collection without -m",
  },
} as const satisfies Record<AbortReason, AbortWords>;

/** The reasons, in the order in which a collection can meet them. */
export const ABORT_REASONS = Object.keys(WORDS) as readonly AbortReason[];

const PHASES = {
  mark: "nothing is deleted by then",
  delete: "some of the manifests are deleted by then",
  blobs: "some of the blobs are deleted by then, and with -m the manifests",
  sweep: "no blob is deleted by then, but with -m the manifests are",
} as const satisfies Record<Abort["phase"], string>;

/** One sentence for a person: what is there, how much is gone when collection aborts on it, and how to mend it. */
export function abortMessage(reason: AbortReason, phase: Abort["phase"]): string {
  const { what, mend } = WORDS[reason];
  return `${what}, so collection aborts (${PHASES[phase]}); to mend: ${mend}`;
}

const SENTENCES = {
  "without-delete-untagged": () =>
    "run collection without -m, or first give each child a tag of its own: crane tag REPOSITORY@DIGEST child-amd64",
  "without-tag-clean-up": (repository) =>
    `keep the tags of ${repository} that name what is lost: the clean-up removes them, and nothing else keeps it`,
  "with-layers-folder": (repository) =>
    `create the empty folder ${linksFolder(repository, "layer")}; where it is there, move away the file whose name begins with _ that hides it (unseen-repository in regfsck scan)`,
  "with-sha256-layers": () =>
    "push the image again with every blob named by sha256: no collection keeps a blob that is named by sha512, nor what a manifest without a revision link needs",
} as const satisfies Record<Keeper, (repository: string) => string>;

/** One sentence for a person: what to do so that collection leaves an image of this repository whole. */
export function keeperSentence(keeper: Keeper, repository: string): string {
  return SENTENCES[keeper](repository);
}
