import { describe, expect, it } from "vitest";
import { isHex, parseDigest, shortDigest } from "../../src/layout/digest.ts";

describe("parseDigest", () => {
  const lengths = { sha256: 64, sha384: 96, sha512: 128 };
  it.each(Object.entries(lengths))("takes %s with %i digits of hex", (algorithm, length) => {
    const hex = "0123456789abcdef".repeat(8).slice(0, length);
    expect(parseDigest(`${algorithm}:${hex}`)).toEqual({ algorithm, hex });
    expect(parseDigest(`${algorithm}:${hex.slice(1)}`)).toBeUndefined();
    expect(parseDigest(`${algorithm}:${hex}0`)).toBeUndefined();
  });

  const hex = "ab".repeat(32);
  const others = {
    "upper-case hex": `sha256:${hex.toUpperCase()}`,
    "a newline after it": `sha256:${hex}\n`,
    "a space before it": ` sha256:${hex}`,
    "no algorithm": `:${hex}`,
    "an unknown algorithm": `md5:${"ab".repeat(16)}`,
    "an algorithm in capitals": `SHA256:${hex}`,
    "no colon": `sha256${hex}`,
    "what is no hex": `sha256:${"g".repeat(64)}`,
    nothing: "",
  };
  it.each(Object.entries(others))("refuses %s", (_, text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});

describe("isHex", () => {
  it("goes by the algorithm's length", () => {
    expect(isHex("sha256", "0".repeat(64))).toBe(true);
    expect(isHex("sha512", "0".repeat(64))).toBe(false);
  });
});

describe("shortDigest", () => {
  it("keeps the algorithm and twelve digits", () => {
    expect(shortDigest(`sha512:${"0123456789abcdef".repeat(8)}`)).toBe("sha512:0123456789ab");
  });

  it("keeps other text, up to forty characters", () => {
    expect(shortDigest("latest")).toBe("latest");
    expect(shortDigest("x".repeat(41))).toBe(`${"x".repeat(39)}…`);
  });
});
