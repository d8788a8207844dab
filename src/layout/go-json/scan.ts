// The grammar half of reading JSON as Go 1.19's encoding/json does: a cursor over bytes that moves past white
// space, strings, numbers and whole values, and refuses what Go's scanner refuses. What values mean is go-json.ts's.

import { plainText } from "./text.ts";

/** Go's scanner gives up on documents nested deeper than this. */
const MAX_DEPTH = 10_000;

/** What {@link nextByte} returns behind the last byte. */
export const END = -1;

export const QUOTE = 0x22;
export const MINUS = 0x2d;
const COMMA = 0x2c;
const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const LETTER_N = 0x6e;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const SIMPLE_ESCAPES = new Set([...'bfnrt\\/"'].map((character) => character.charCodeAt(0)));
const LITERALS = new Map(["true", "false", "null"].map((word) => [word.charCodeAt(0), new TextEncoder().encode(word)]));

/** 1 for each byte that stands for itself in a string: a table, since most of a manifest is strings. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** A place in a document, and what was noticed on the way there. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
  depth: number;
  /** A number that no float64 can hold was passed: an error for those who decode into `interface{}`. */
  numberOverflow: boolean;
}

/** The text is not JSON by Go's rules. The message is a short fragment such as `unexpected end`. */
export class JsonSyntaxError extends Error {}

/** Throws a {@link JsonSyntaxError} about the byte at the cursor. */
export function unexpected(cursor: Cursor): never {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new JsonSyntaxError(cursor.bytes.length === 0 ? "empty" : "unexpected end");
  const visible = byte > SPACE && byte < 0x7f;
  const shown = visible ? String.fromCharCode(byte) : `0x${byte.toString(16).padStart(2, "0")}`;
  throw new JsonSyntaxError(`unexpected ${shown} at byte ${cursor.at}`);
}

/** Moves to the next byte that is not white space and returns it without moving past it. */
export function nextByte(cursor: Cursor): number {
  const { bytes } = cursor;
  let at = cursor.at;
  let byte = bytes[at];
  while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
  cursor.at = at;
  return byte ?? END;
}

/**
 * Moves into the array or object at the cursor and returns the first byte of its first member; if it has none, moves
 * past it and returns {@link END}. `closer` is the bracket that ends it.
 */
export function firstMember(cursor: Cursor, closer: number): number {
  if (++cursor.depth > MAX_DEPTH) throw new JsonSyntaxError(`nested deeper than ${MAX_DEPTH}`);
  cursor.at++;
  return endOrMember(cursor, closer, nextByte(cursor));
}

/** As {@link firstMember}, from behind a member to the next. */
export function nextMember(cursor: Cursor, closer: number): number {
  const byte = nextByte(cursor);
  if (byte !== COMMA) {
    if (byte !== closer) unexpected(cursor);
    return endOrMember(cursor, closer, byte);
  }
  cursor.at++;
  const first = nextByte(cursor);
  if (first === closer) unexpected(cursor);
  return endOrMember(cursor, closer, first);
}

function endOrMember(cursor: Cursor, closer: number, byte: number): number {
  if (byte === END) unexpected(cursor);
  if (byte !== closer) return byte;
  cursor.depth--;
  cursor.at++;
  return END;
}

/** Moves past the string at the cursor. True when its bytes are its text: ASCII without escapes. */
export function skipString(cursor: Cursor): boolean {
  const { bytes } = cursor;
  let plain = true;
  for (cursor.at++; ; ) {
    let at = cursor.at;
    while (at < bytes.length && PLAIN[bytes[at] as number] === 1) at++;
    cursor.at = at;
    const byte = at < bytes.length ? (bytes[at] as number) : END;
    if (byte === QUOTE) {
      cursor.at++;
      return plain;
    }
    if (byte < SPACE) unexpected(cursor);
    plain = false;
    cursor.at++;
    if (byte === BACKSLASH) skipEscape(cursor);
  }
}

function skipEscape(cursor: Cursor): void {
  const kind = cursor.bytes[cursor.at] ?? END;
  if (kind !== LETTER_U && !SIMPLE_ESCAPES.has(kind)) unexpected(cursor);
  cursor.at++;
  if (kind !== LETTER_U) return;
  for (let digits = 0; digits < 4; digits++) {
    if (!isHexDigit(cursor.bytes[cursor.at] ?? END)) unexpected(cursor);
    cursor.at++;
  }
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Moves past the number at the cursor. True when it is written without fraction and exponent. */
export function skipNumber(cursor: Cursor): boolean {
  const { bytes } = cursor;
  const start = cursor.at;
  if (bytes[cursor.at] === MINUS) cursor.at++;
  if (bytes[cursor.at] === 0x30) cursor.at++;
  else skipDigits(cursor);
  let whole = true;
  if (bytes[cursor.at] === 0x2e) {
    whole = false;
    cursor.at++;
    skipDigits(cursor);
  }
  if (((bytes[cursor.at] ?? 0) | 0x20) === 0x65) {
    whole = false;
    cursor.at++;
    const sign = bytes[cursor.at];
    if (sign === MINUS || sign === 0x2b) cursor.at++;
    skipDigits(cursor);
  }
  // Only an exponent or hundreds of digits can leave the range of a float64.
  if (!whole || cursor.at - start > 300) {
    cursor.numberOverflow ||= !Number.isFinite(Number(plainText(bytes, start, cursor.at)));
  }
  return whole;
}

function skipDigits(cursor: Cursor): void {
  if (!isDigit(cursor.bytes[cursor.at] ?? END)) unexpected(cursor);
  while (isDigit(cursor.bytes[cursor.at] ?? END)) cursor.at++;
}

/** Moves past the value at the cursor, whatever it is. Never recurses, so deep nesting cannot exhaust the stack. */
export function skipValue(cursor: Cursor): void {
  const closers: number[] = [];
  let byte = nextByte(cursor);
  for (;;) {
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const closer = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      closers.push(closer);
      byte = firstMember(cursor, closer);
    } else {
      skipScalar(cursor, byte);
      const closer = closers.at(-1);
      if (closer === undefined) return;
      byte = nextMember(cursor, closer);
    }
    while (byte === END) {
      closers.pop();
      const closer = closers.at(-1);
      if (closer === undefined) return;
      byte = nextMember(cursor, closer);
    }
    if (closers.at(-1) === CLOSE_BRACE) byte = skipKey(cursor, byte);
  }
}

function skipKey(cursor: Cursor, byte: number): number {
  if (byte !== QUOTE) unexpected(cursor);
  skipString(cursor);
  return skipColon(cursor);
}

/** Moves past the colon behind a key and returns the first byte of the value. */
export function skipColon(cursor: Cursor): number {
  if (nextByte(cursor) !== COLON) unexpected(cursor);
  cursor.at++;
  return nextByte(cursor);
}

function skipScalar(cursor: Cursor, byte: number): void {
  if (byte === QUOTE) skipString(cursor);
  else if (byte === MINUS || isDigit(byte)) skipNumber(cursor);
  else {
    const word = LITERALS.get(byte);
    if (word === undefined) unexpected(cursor);
    for (const letter of word) {
      if (cursor.bytes[cursor.at] !== letter) unexpected(cursor);
      cursor.at++;
    }
  }
}
