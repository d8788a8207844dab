// More digests than one chunk of memory holds.
import { expect, it } from "vitest";
import { DigestTable } from "../../src/graph/digest-table.ts";
import { digestOf } from "../worlds/world.ts";

const [sha256, sha384, sha512] = [digestOf("a"), digestOf("a", "sha384"), digestOf("a", "sha512")];

it("keeps what takes more than one chunk of memory, and finds it there", () => {
  const table = new DigestTable();
  // Text of a manifest that is no digest may be as long as the manifest: 4 MiB, of which sixteen fill a chunk but for the first ones.
  const texts = [sha256, ...Array.from({ length: 18 }, (_, index) => `${index}`.padEnd(4 << 20, "x")), sha512, sha384];
  const ids = texts.map((text) => table.addText(text));
  expect(ids).toEqual([...texts.keys()]);
  for (const id of [0, 17, 18, 19, 20]) expect(table.text(id) === texts[id]).toBe(true);
  for (const id of [0, 18, 19, 20]) expect(table.find(texts[id]!)).toBe(id);
  expect([table.compare(0, 19) < 0, table.compare(19, 20) > 0]).toEqual([true, true]);
});
