// Why nothing of a root is offered to be deleted: what is not known for certain, and what would be lost.
import { imageName } from "../checks/index.ts";
import { ELSEWHERE } from "../contract/cause.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Reclaim } from "../registry/reclaim/reclaim.ts";
import { abortMessage, harmedImages } from "../report/gc-words.ts";
import { formatNumberOf } from "../text/quantities.ts";

/** A sentence each; none where all is certain, and nothing that is kept would lose anything. */
export function reasonsAgainst(
  { root, context: { graph }, causes }: RootInspection,
  { simulation: { collection, harms, broken, refused } }: Reclaim,
  unreadable: readonly UnreadableReport[],
  doubts: readonly UnreadableReport[],
): string[] {
  const reasons: string[] = [];
  for (const { code, message, fix } of causes) if (ELSEWHERE.has(code)) reasons.push(`${message}; ${fix}`);
  // What could not be read may need anything.
  const unread = unreadable.filter((entry) => entry.root === root.name || entry.root === "");
  const [first] = unread;
  if (first) {
    const places = formatNumberOf(unread.length, "place");
    reasons.push(
      `${places} could not be read for certain, the first ${first.path} (${first.error}); put that right first`,
    );
  }
  for (const doubt of doubts) if (doubt.root === root.name) reasons.push(doubt.error);
  const [abort] = collection.aborts;
  if (abort) {
    reasons.push(`garbage collection would abort at ${abort.path}: ${abortMessage(abort.reason, abort.phase)}`);
  }
  if (broken.length > 0) {
    const images = formatNumberOf(broken.length, "image");
    reasons.push(
      `garbage collection would break ${images}, the first ${imageName(graph, broken[0]!)}; regfsck forecast says what keeps them`,
    );
  }
  const others = harms.filter(({ tag }) => !broken.includes(tag));
  if (others.length > 0) {
    const named = others.map(({ tag }) => ({ tag: tag < 0 ? null : imageName(graph, tag) }));
    reasons.push(
      `garbage collection would delete more of ${harmedImages(named)}, parts that are still served or that a repair needs; run regfsck plan first, and repair`,
    );
  }
  const [one] = refused;
  if (one) {
    const manifests = formatNumberOf(refused.length, "manifest");
    const which = `${one.repository.name}@${graph.digests.text(one.digest)}`;
    reasons.push(`the registry would not delete ${manifests}, the first ${which}; run regfsck scan`);
  }
  return reasons;
}
