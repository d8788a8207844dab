// The one event that shows over HTTP too: `garbage-collect -m` ran. It deletes what no tag names, and of an index that is all its
// children; no push leaves an index without them.
import type { Cause } from "../contract/cause.ts";
import type { FindingList } from "./findings.ts";
import { imageText, isBroken } from "./findings.ts";
import type { ProbedImage } from "./walk.ts";

/** Fewer children than this may have been deleted one by one. */
const FEWEST = 2;

/** `all` is how many images were checked, `root` the path of the storage root where that is known. */
export function findCauses(
  registry: string,
  images: readonly ProbedImage[],
  findings: ReturnType<FindingList["all"]>,
  root: string | undefined,
): Cause[] {
  const tagged = new Set(images.map(({ target, digest }) => `${target.repository} ${digest}`));
  const collected = images.filter((image) => isCollected(image, tagged));
  const names = new Set(collected.map(({ target }) => imageText(target)));
  const children = new Set(collected.flatMap(lostChildren));
  if (children.size < FEWEST) return [];
  const unit = images.every(({ target }) => target.tag !== undefined) ? "tags" : "images";
  const repositories = new Set(collected.map(({ target }) => target.repository)).size;
  return [
    {
      code: "collected-children",
      root: registry,
      message: `${names.size} of ${images.length} ${unit} lost children, ${children.size} in all, and all that no tag names, while their indexes are served: a garbage-collect -m ran`,
      evidence: { children: children.size, repositories },
      findings: findings.filter(
        ({ code, affects }) => code === "missing-child" && affects.some((name) => names.has(name)),
      ).length,
      images: names.size,
      fix: "do not run garbage-collect -m again; on the registry's machine regfsck plan says which platforms can be linked again from the store, and which are to be pushed",
      next: `regfsck plan ${root ?? '"$ROOT"'}`,
    },
  ];
}

/** Whether the index is served, some children are not, and those that are have a tag of their own. */
function isCollected(image: ProbedImage, tagged: ReadonlySet<string>): boolean {
  const { target, digest, servedChildren } = image;
  if (!isBroken(image) || digest === undefined || lostChildren(image).length === 0) return false;
  return servedChildren.every((child) => tagged.has(`${target.repository} ${child}`));
}

function lostChildren({ problems }: ProbedImage): string[] {
  return problems.flatMap(({ role, need, fault, digest }) =>
    role === "child" && need === "required" && fault.why === "not-found" ? [digest!] : [],
  );
}
