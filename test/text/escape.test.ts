import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeJson, escapeText, showUnprintable } from "../../src/text/escape.ts";

describe("escapeText", () => {
  it.each([
    ["\x1b[31m", "\\x1b[31m"],
    ["a\r\n\tb", "a\\r\\n\\tb"],
    ["\x00\x7f\x85\x9b", "\\x00\\x7f\\x85\\x9b"],
    ["exe\u202egnp.\u2066\u2069\u061c", "exe\\u202egnp.\\u2066\\u2069\\u061c"],
    ["\u200bzero\ufeff\u00ad", "\\u200bzero\\ufeff\\xad"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u00a0\u3000", "\\xa0\\u3000"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\u3164", "\\u3164"],
    ["\ud800", "\\ud800"],
  ])("shows what does not print: %j", (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it("leaves what prints, of any script", () => {
    expect(escapeText("team/api:1.0 größe 名前 🐳")).toBe("team/api:1.0 größe 名前 🐳");
  });

  it("cuts a text of more than 300 characters in the middle", () => {
    const shown = escapeText(`begin${"x".repeat(1000)}end`);
    expect(shown).toMatch(/^beginx+…x+end$/);
    expect(shown.length).toBe(300);
    expect(escapeText("x".repeat(300))).toBe("x".repeat(300));
  });

  it("cuts between characters, never inside an escape", () => {
    expect(escapeText("\x1b".repeat(1000))).toMatch(/^(\\x1b)+…(\\x1b)+$/);
    expect(escapeText("🐳".repeat(1000))).toMatch(/^(🐳)+…(🐳)+$/u);
  });

  it("never gives a control character, nor more than 300 characters, whatever it gets", () => {
    const nasty = fc.string({ unit: "binary", size: "max", maxLength: 2000 });
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = escapeText(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(300);
        expect(showUnprintable(shown)).toBe(shown);
      }),
    );
  });
});

describe("escapeJson", () => {
  it("keeps the meaning and gives no character that a terminal obeys", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = escapeJson(JSON.stringify({ text }));
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("escapes a character beyond 16 bits as the two units that JSON knows", () => {
    expect(escapeJson(JSON.stringify("\u{e0041}"))).toBe('"\\udb40\\udc41"');
  });
});
