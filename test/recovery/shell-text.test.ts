import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shellQuote } from "../../src/recovery/shell-text.ts";

describe("a quoted word", () => {
  it("is to a shell the text that it was, whatever is in it", () => {
    const odd = fc.string({ unit: fc.constantFrom(..."a'\"\\$`()!*?~#&;|<>{}[] \t\n\r\u001bé"), size: "large" });
    const texts = ["", "-n", "'", "$(touch x)", "`x`", "a\nb\n", ...fc.sample(odd, 200)];
    const script = texts.map((text) => `printf '%s\\0' ${shellQuote(text)}`).join("\n");
    const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    expect(stdout.split("\0").slice(0, -1)).toEqual(texts);
  });
});
