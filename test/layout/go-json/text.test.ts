import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldKey, unquote } from "../../../src/layout/go-json/text.ts";

function unquoted(content: string | number[]): string {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
  return unquote(Buffer.from(bytes), 0, bytes.length);
}

function escapeNonAscii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

describe("unquote", () => {
  it("reads what JSON.stringify writes, escaped or not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const content = JSON.stringify(text).slice(1, -1);
        expect(unquoted(content)).toBe(text);
        expect(unquoted(escapeNonAscii(content))).toBe(text);
      }),
    );
  });

  it("reads every escape", () => {
    expect(unquoted('\\b\\f\\n\\r\\t\\\\\\/\\"\\u00E9\\ud83d\\uDE00')).toBe('\b\f\n\r\t\\/"é😀');
  });

  it.each([
    ["a high half alone", "\\ud83dx", "\ufffdx"],
    ["a low half alone", "\\ude00x", "\ufffdx"],
    ["two high halves", "\\ud83d\\ud83d\\ude00", "\ufffd😀"],
    ["halves in the wrong order", "\\ude00\\ud83d", "\ufffd\ufffd"],
    ["a high half before another escape", "\\ud83d\\n", "\ufffd\n"],
  ])("replaces %s", (_, content, text) => {
    expect(unquoted(content)).toBe(text);
  });

  it.each([
    ["a stray continuation byte", [0x80]],
    ["an impossible byte", [0xff]],
    ["a truncated sequence", [0xe2, 0x82]],
    ["an overlong sequence", [0xc0, 0x80]],
    ["an overlong sequence of three", [0xe0, 0x80, 0x80]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["a code point beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("replaces each byte of %s", (_, bytes) => {
    expect(unquoted([0x61, ...bytes, 0x62])).toBe(`a${"\ufffd".repeat(bytes.length)}b`);
  });

  it("reads strings longer than a function takes arguments", () => {
    const long = "é😀".repeat(200_000);
    expect(unquoted(long) === long).toBe(true);
  });
});

describe("foldKey", () => {
  it("folds ASCII letters, the Kelvin sign and the long s, and nothing else", () => {
    expect(foldKey("Layer\u017f \u212a.V1")).toBe("layers k.v1");
    expect(foldKey("İÉÅ")).toBe("İÉÅ");
  });
});
