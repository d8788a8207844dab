import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonSyntaxError, nextByte, skipValue } from "../../../src/layout/go-json/scan.ts";

function scan(text: string) {
  const cursor = { bytes: Buffer.from(text), at: 0, depth: 0, numberOverflow: false };
  skipValue(cursor);
  nextByte(cursor);
  return cursor;
}

function accepts(text: string): boolean {
  try {
    const { at, bytes } = scan(text);
    return at === bytes.length;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("skipValue", () => {
  it("takes what JSON.parse takes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\r\n\t"), (value, indent) => {
        expect(accepts(JSON.stringify(value, null, indent))).toBe(true);
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const pieces = fc.constantFrom(..."{}[],:\"\\u0e+-.1 \n\ttfn'\0\x7fé", "true", "null", '"a"', "\\ud8");
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.nat({ max: 2 }), pieces).map(([text, place, cut, piece]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + piece + text.slice(at + cut);
    });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(accepts(text)).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["", "empty"],
    ["  ", "unexpected end"],
    ['{"a', "unexpected end"],
    ["[1", "unexpected end"],
    ["[1,]", "unexpected ] at byte 3"],
    ['"\t"', "unexpected 0x09 at byte 1"],
    ["\ufeff{}", "unexpected 0xef at byte 0"],
  ])("says what is wrong with %j", (text, reason) => {
    expect(() => scan(text)).toThrow(reason);
  });

  it("goes 10,000 levels deep and no further, without exhausting the stack", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(scan(nested(10_000)).at).toBe(20_000);
    expect(() => scan(nested(10_001))).toThrow("nested deeper than 10000");
    expect(() => scan(nested(100_000))).toThrow("nested deeper than 10000");
  });

  it("counts depth, not brackets", () => {
    expect(scan(`[${"[],{},".repeat(20_000)}0]`).depth).toBe(0);
  });

  it.each([
    ["1e308", false],
    ["1e309", true],
    ["-1e309", true],
    ["1e-999", false],
    [`1${"0".repeat(308)}`, false],
    [`1${"0".repeat(309)}`, true],
    [`0.${"0".repeat(500)}1`, false],
  ])("notices whether a float64 holds %s", (number, overflow) => {
    expect(scan(`{"a":[${number}]}`).numberOverflow).toBe(overflow);
  });
});
