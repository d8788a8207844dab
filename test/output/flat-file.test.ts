import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { flatFilePieces, loadFlatFile, sectionOf } from "../../src/output/flat-file.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const contents = [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint32Array.of(7, 2 ** 32 - 1)];
const options = { mostBytes: 1 << 20, noLink: true };

function written(bytes: Uint8Array = Buffer.concat([...made()])): string {
  const file = join(temporaryFolder(), "rows");
  writeFileSync(file, bytes);
  return file;
}

const made = () => flatFilePieces("rows 1", { roots: ["ü"] }, contents.map(sectionOf));

it("gives back its header, and sections that typed arrays can be laid over", () => {
  const { header, buffer, sections } = loadFlatFile("rows 1", written(), options);
  expect(header).toEqual({ roots: ["ü"] });
  expect(sections.map(({ bytes }) => bytes)).toEqual([3, 0, 8]);
  expect([...new Uint8Array(buffer, sections[0]!.offset, 3)]).toEqual([1, 2, 3]);
  expect([...new Uint32Array(buffer, sections[2]!.offset, 2)]).toEqual([7, 2 ** 32 - 1]);
});

it("is refused whichever byte of it is another, and wherever it is cut off", () => {
  const bytes = Buffer.concat([...made()]);
  const file = written(bytes);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    for (const wrong of [changed, bytes.subarray(0, at)]) {
      writeFileSync(file, wrong);
      expect(() => loadFlatFile("rows 1", file, options), `byte ${at}`).toThrow(/^(damaged|not a file of regfsck)/);
    }
  }
});

it("is refused where it is of another kind, larger than may be, no file, or not believed", () => {
  const file = written();
  const load =
    (kind: string, path: string, more = {}) =>
    () =>
      loadFlatFile(kind, path, { ...options, ...more });
  expect(load("rows 2", file)).toThrow("not a file of kind rows 2");
  expect(load("rows 1", file, { mostBytes: 10 })).toThrow("larger than 0 MiB");
  expect(load("rows 1", join(file, ".."))).toThrow("not a regular file");
  const refuse = () => {
    throw new Error("another user's");
  };
  expect(load("rows 1", file, { refuse })).toThrow("another user's");
});
