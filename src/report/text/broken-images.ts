// Broken images, grouped by what breaks them: one lost layer that breaks 500 tags is said once.
import type { Finding } from "../../contract/finding.ts";
import type { BrokenTagReport } from "../../contract/scan.ts";

export interface BrokenImageGroup {
  /** In the order of the report; never empty. */
  readonly images: readonly BrokenTagReport[];
  /** What breaks each of them: one finding a cause, those of the first image. */
  readonly findings: readonly Finding[];
}

/** Groups that break most tags first, else in the order of their first image. */
export function groupBrokenImages(
  brokenTags: readonly BrokenTagReport[],
  findings: ReadonlyMap<string, Finding>,
): BrokenImageGroup[] {
  const groups = new Map<string, { images: BrokenTagReport[]; findings: readonly Finding[] }>();
  const numbers = new Map<string, number>();
  for (const image of brokenTags) {
    const causes = new Map<number, Finding>();
    for (const id of image.findings) {
      const finding = findings.get(id);
      if (!finding) continue;
      const cause = numberOf(numbers, causeOf(finding));
      if (!causes.has(cause)) causes.set(cause, finding);
    }
    // Images of which no finding says why have only their repository in common.
    const key =
      causes.size > 0 ? [...causes.keys()].sort((a, b) => a - b).join() : `${image.root}\0${image.repository}`;
    const group = groups.get(key);
    if (group) group.images.push(image);
    else groups.set(key, { images: [image], findings: [...causes.values()] });
  }
  return [...groups.values()].sort((a, b) => b.images.length - a.images.length);
}

/** Texts are numbered as they come. */
function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

/**
 * The damage itself, without the manifest through which it was met: each image that shares a lost layer has a finding
 * of its own about it. What is wrong with a tag lies in the tag's own folder, so there the path is left out instead.
 */
function causeOf({ root, code, repository, tag, digest, role, platform, path, message }: Finding): string {
  const place = tag === undefined ? [path] : [repository, digest];
  return [root, code, role, platform, message, ...place].join("\0");
}
