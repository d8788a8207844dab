import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DigestCursor,
  DigestWriter,
  NO_DIGEST,
  packDigests,
  TEXT,
  unpackDigests,
} from "../../src/facts/packed-digests.ts";

const hexOf = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const digest = fc.oneof(
  hexOf(64).map((hex) => `sha256:${hex}`),
  hexOf(96).map((hex) => `sha384:${hex}`),
  hexOf(128).map((hex) => `sha512:${hex}`),
);
const anyText = fc.string({ unit: "grapheme", maxLength: 200 });

describe("packed digests", () => {
  it("come back as they were, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(digest, anyText)), (texts) => {
        expect(unpackDigests(packDigests(texts))).toEqual(texts);
      }),
    );
  });

  it("keep what only looks like a digest as text", () => {
    const hex = "ab".repeat(32);
    const texts = [
      `sha256:${hex.toUpperCase()}`,
      `sha256:${hex.slice(1)}g`,
      `sha256:${"é".repeat(64)}`,
      `sha256:${hex}0`,
      "",
    ];
    const { codes } = packDigests(texts);
    expect([...codes]).toEqual(texts.map(() => TEXT));
    expect(unpackDigests(packDigests(texts))).toEqual(texts);
  });

  it("take a digest's hex alone, of its own algorithm", () => {
    const writer = new DigestWriter();
    expect(writer.pushHex("sha256", "ab".repeat(32))).toBe(true);
    expect(writer.pushHex("sha256", "AB".repeat(32))).toBe(false);
    expect(writer.pushHex("sha512", "ab".repeat(32))).toBe(false);
    expect(writer.pushHex("sha256", "")).toBe(false);
    expect(unpackDigests(writer.finish())).toEqual([`sha256:${"ab".repeat(32)}`]);
  });

  it("know a place without a digest", () => {
    const writer = new DigestWriter();
    writer.pushNone();
    writer.push("text");
    expect(unpackDigests(writer.finish())).toEqual([undefined, "text"]);
    expect(writer.finish().codes[0]).toBe(NO_DIGEST);
  });

  it("are copied item by item from another list", () => {
    const texts = [`sha384:${"cd".repeat(48)}`, "garbage ü", `sha256:${"ab".repeat(32)}`];
    const cursor = new DigestCursor(packDigests(texts));
    const writer = new DigestWriter();
    while (cursor.next())
      writer.pushBytes(cursor.code, cursor.bytes.subarray(cursor.offset, cursor.offset + cursor.size));
    expect(unpackDigests(writer.finish())).toEqual(texts);
  });

  it("are arrays of exactly their size, to be handed to another thread", () => {
    const { codes, bytes } = packDigests([`sha256:${"ab".repeat(32)}`]);
    expect([codes.buffer.byteLength, bytes.buffer.byteLength]).toEqual([1, 32]);
  });
});
