// What kind of damage corrupt content has, in words.
import type { Finding } from "../../contract/finding.ts";
import { formatCount, formatNumberOf } from "../../text/quantities.ts";

/** `all 511 bytes are zeros; it matched on 2026-11-02, and ...`; empty where nothing is to be said. */
export function damageWords(damage: NonNullable<Finding["damage"]>): string {
  return [...wordsOf(damage)].join("; ");
}

function* wordsOf({
  bytes,
  expectedBytes,
  zeros,
  firstZero,
  firstDifference,
  matchedAt,
  file,
}: NonNullable<Finding["damage"]>): Generator<string> {
  if (expectedBytes !== null && bytes !== expectedBytes) {
    const [is, than] = bytes < expectedBytes ? ["cut short", "of"] : ["too long", "instead of"];
    yield `${is}: ${formatCount(bytes)} ${than} ${formatNumberOf(expectedBytes, "byte")}`;
  }
  if (zeros === bytes && bytes > 0) yield `all ${formatNumberOf(bytes, "byte")} are zeros`;
  else if (zeros > 0) {
    yield `${formatCount(zeros)} of ${formatNumberOf(bytes, "byte")} are blocks of zeros, the first at byte ${formatCount(firstZero ?? 0)}`;
  }
  if (firstDifference) {
    yield `the first other byte is at ${formatCount(firstDifference.offset)}, by the copy in ${firstDifference.root}`;
  }
  if (matchedAt !== null && file !== null) yield `it matched on ${matchedAt.slice(0, 10)}, and ${FILE_WORDS[file]}`;
}

const FILE_WORDS = {
  unchanged: "by its times nobody has written the file since: the storage changed it",
  touched: "since then only the file's change time has moved",
  rewritten: "the file was written again since",
} as const;
