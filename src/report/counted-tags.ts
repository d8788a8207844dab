// How many tags, and how many images that is: a scan, a gate, a forecast and a plan count alike.
import { formatNumberOf } from "../text/quantities.ts";

export interface CountedTag {
  readonly root: string;
  readonly repository: string;
  readonly tag: string | null;
  /** What it names, where that is known. */
  readonly digest?: string | null | undefined;
}

/** `380 tags (372 images)`; the images are left out where each tag has its own.*/
export function countedTags(tags: readonly CountedTag[]): string {
  return `${formatNumberOf(tags.length, "tag")}${imagesOf(tags)}`;
}

/** ` (372 images)` where several tags name one, else "". */
export function imagesOf(tags: readonly CountedTag[]): string {
  const images = new Set(tags.map(({ root, repository, tag, digest }) => `${root} ${repository} ${digest ?? tag}`));
  return images.size === tags.length ? "" : ` (${formatNumberOf(images.size, "image")})`;
}
