import { describe, expect, it } from "vitest";
import { DigestCursor, DigestWriter, packDigests, unpackDigests } from "../../src/facts/packed-digests.ts";
import { DigestTable } from "../../src/graph/digest-table.ts";
import { digestOf } from "../worlds/world.ts";

const sha256 = digestOf("a");
const sha384 = digestOf("a", "sha384");
const sha512 = digestOf("a", "sha512");

describe("DigestTable", () => {
  it("numbers texts in the order of their arrival, each once", () => {
    const table = new DigestTable();
    const texts = [sha256, sha512, "garbage", sha384, "", "sha256:garbage"];
    expect(texts.map((text) => table.addText(text))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(texts.map((text) => table.addText(text))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(texts.map((text) => table.find(text))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(texts.map((_, id) => table.text(id))).toEqual(texts);
    expect(table.length).toBe(6);
  });

  it("tells digests from other text", () => {
    const table = new DigestTable();
    const ids = [sha256, sha384, sha512, sha256.toUpperCase(), ""].map((text) => table.addText(text));
    expect(ids.map((id) => table.algorithm(id))).toEqual(["sha256", "sha384", "sha512", undefined, undefined]);
    expect(ids.map((id) => table.isDigest(id))).toEqual([true, true, true, false, false]);
  });

  it("does not find what was never added, and adds nothing by looking", () => {
    const table = new DigestTable();
    table.addText(sha256);
    expect([table.find(sha512), table.find(""), table.find(digestOf("b"))]).toEqual([-1, -1, -1]);
    expect(table.length).toBe(1);
  });

  it("takes digests from a packed list, and none for none", () => {
    const table = new DigestTable();
    const writer = new DigestWriter();
    writer.push(sha512);
    writer.pushNone();
    writer.push("garbage");
    const cursor = new DigestCursor(writer.finish());
    const ids: number[] = [];
    while (cursor.next()) ids.push(table.add(cursor));
    expect(ids).toEqual([0, -1, 1]);
    expect([table.text(0), table.text(1)]).toEqual([sha512, "garbage"]);
  });

  it("copies digests out as it took them in", () => {
    const table = new DigestTable();
    const writer = new DigestWriter();
    for (const text of [sha384, "garbage", sha256]) table.copyTo(writer, table.addText(text));
    expect(unpackDigests(writer.finish())).toEqual([sha384, "garbage", sha256]);
  });

  it("keeps 150,000 digests and texts apart", () => {
    const table = new DigestTable();
    const text = (i: number) => (i % 3 === 0 ? `text ${i}` : `sha256:${i.toString(16).padStart(64, "0")}`);
    const cursor = new DigestCursor(packDigests(Array.from({ length: 150_000 }, (_, i) => text(i))));
    while (cursor.next()) table.add(cursor);
    expect(table.length).toBe(150_000);
    for (let i = 0; i < 150_000; i += 997) {
      expect(table.find(text(i))).toBe(i);
      expect(table.text(i)).toBe(text(i));
    }
  });

  it("takes a text longer than all that it had room for", () => {
    const table = new DigestTable();
    const long = "x".repeat(1 << 20);
    expect(table.text(table.addText(long))).toBe(long);
    expect(table.text(table.addText(sha256))).toBe(sha256);
  });

  it("orders by algorithm, then hex, with other text last", () => {
    const table = new DigestTable();
    const sorted = [`sha256:${"0".repeat(64)}`, `sha256:${"f".repeat(64)}`, sha384, sha512, "a", "aa", "b"];
    for (const text of [...sorted].reverse()) table.addText(text);
    const ids = Array.from({ length: table.length }, (_, id) => id).sort((a, b) => table.compare(a, b));
    expect(ids.map((id) => table.text(id))).toEqual(sorted);
    expect(table.compare(0, 0)).toBe(0);
  });
});
