// What a JSON string's bytes mean to Go's encoding/json: escapes, and U+FFFD for all that is not well-formed.

/** The text of a stretch of ASCII without escapes. */
export function plainText(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
}

const REPLACEMENT = 0xfffd;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ESCAPES = new Map([...'bfnrt\\/"'].map((letter, at) => [letter.charCodeAt(0), '\b\f\n\r\t\\/"'.charCodeAt(at)]));
/** Code units that one call of String.fromCharCode takes without exhausting the stack. */
const CHUNK = 8192;

/**
 * The text of a string's content, which must have passed the scanner. Unlike TextDecoder, which puts one U+FFFD for a
 * truncated sequence, Go puts one for each of its bytes, and one for each surrogate escape without its other half.
 */
export function unquote(bytes: Buffer, start: number, end: number): string {
  let whole = "";
  let units: number[] = [];
  const append = (codePoint: number) => {
    if (codePoint < 0x10000) units.push(codePoint);
    else units.push(0xd800 + ((codePoint - 0x10000) >> 10), 0xdc00 + (codePoint & 0x3ff));
  };
  for (let at = start; at < end; ) {
    if (units.length >= CHUNK) {
      whole += String.fromCharCode(...units);
      units = [];
    }
    const byte = bytes[at] as number;
    if (byte !== BACKSLASH) {
      const rune = decodeRune(bytes, at, end);
      append(rune < 0 ? REPLACEMENT : rune);
      at += rune < 0 ? 1 : utf8Length(rune);
      continue;
    }
    const kind = bytes[at + 1] as number;
    if (kind !== LETTER_U) {
      append(ESCAPES.get(kind) as number);
      at += 2;
      continue;
    }
    const unit = hexEscape(bytes, at, end);
    at += 6;
    if (unit < 0xd800 || unit > 0xdfff) {
      append(unit);
      continue;
    }
    const low = unit < 0xdc00 ? hexEscape(bytes, at, end) : -1;
    const paired = low >= 0xdc00 && low <= 0xdfff;
    append(paired ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : REPLACEMENT);
    if (paired) at += 6;
  }
  return whole + String.fromCharCode(...units);
}

/** The value of the `\uXXXX` at `at`, or -1 where there is none. */
function hexEscape(bytes: Buffer, at: number, end: number): number {
  if (at + 6 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== LETTER_U) return -1;
  return Number.parseInt(plainText(bytes, at + 2, at + 6), 16);
}

/** The code point whose UTF-8 begins at `at`, or -1 where there is none. */
function decodeRune(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return lead;
  const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length === 0 || at + length > end) return -1;
  let rune = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] as number;
    if ((next & 0xc0) !== 0x80) return -1;
    rune = (rune << 6) | (next & 0x3f);
  }
  const surrogate = rune >= 0xd800 && rune <= 0xdfff;
  return surrogate || rune > 0x10ffff || utf8Length(rune) !== length ? -1 : rune;
}

function utf8Length(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/**
 * A key in the form in which keys that Go takes for the same one are equal. Besides ASCII letters only the two
 * characters whose case folds into ASCII count: the Kelvin sign and the long s.
 */
export function foldKey(key: string): string {
  return key.replace(/[A-Z\u017f\u212a]/g, (letter) =>
    letter === "\u017f" ? "s" : letter === "\u212a" ? "k" : letter.toLowerCase(),
  );
}
