// What would keep an image that a collection breaks: the advice, in words.
import { linksFolder } from "../layout/paths.ts";
import type { Keeper } from "../registry/collect/forecast.ts";

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
