// How Go's encoding/json decodes strings, integers, slices and maps. Structs are in go-json.ts, with the rules they share.

import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  type Cursor,
  END,
  firstMember,
  isDigit,
  LETTER_N,
  MINUS,
  nextMember,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipColon,
  skipNumber,
  skipString,
  skipValue,
  unexpected,
} from "./scan.ts";
import { plainText, unquote } from "./text.ts";

/** How a value is decoded: what it is before anything was decoded into it, and what `held` becomes at the cursor. */
export interface Shape<T> {
  zero(): T;
  /** `byte` is the value's first, at which the cursor stands. */
  read(cursor: Decoding, byte: number, held: T): T;
}

/** What {@link Decoding} `part` is when it is no item's number. */
export const WHOLE = -1;
const MAP_VALUE = -2;

export interface Decoding extends Cursor {
  /** Where the cursor is, for messages: the key in the outermost object, the nearest key, and which part of its value. */
  topKey: string;
  key: string;
  part: number;
  /** By outermost key ("" is the document itself): the first wrong type under it, in words. */
  typeErrors: Map<string, string> | undefined;
}

function noteTypeError(cursor: Decoding, wanted: string): void {
  const { topKey, key, part } = cursor;
  cursor.typeErrors ??= new Map();
  if (cursor.typeErrors.has(topKey)) return;
  const place = key === topKey ? `"${key}"` : `"${key}" in "${topKey}"`;
  const prefix = part === WHOLE ? "" : part === MAP_VALUE ? "a value of " : `item ${part} of `;
  cursor.typeErrors.set(topKey, topKey === "" ? `the document is not ${wanted}` : `${prefix}${place} is not ${wanted}`);
}

/** Passes over a value that cannot be decoded. Only null is no error. */
export function passOver(cursor: Decoding, byte: number, wanted: string): void {
  skipValue(cursor);
  if (byte !== LETTER_N) noteTypeError(cursor, wanted);
}

/** A string. */
export const text: Shape<string> = {
  zero: () => "",
  read(cursor, byte, held) {
    if (byte === QUOTE) return readText(cursor);
    passOver(cursor, byte, "a string");
    return held;
  },
};

/** The text of the string at the cursor, which moves past it. */
function readText(cursor: Cursor): string {
  const start = cursor.at + 1;
  const plain = skipString(cursor);
  return (plain ? plainText : unquote)(cursor.bytes, start, cursor.at - 1);
}

/** A string that nobody reads: only its type is checked. */
export const anyText: Shape<undefined> = {
  zero: () => undefined,
  read(cursor, byte) {
    if (byte === QUOTE) skipString(cursor);
    else passOver(cursor, byte, "a string");
  },
};

/** A Go `[]byte` that nobody reads: text in base64, or an array of numbers up to 255. */
export const anyBytes: Shape<undefined> = {
  zero: () => undefined,
  read(cursor, byte) {
    if (byte === OPEN_BRACKET) numbers.read(cursor, byte, undefined);
    else if (byte !== QUOTE) passOver(cursor, byte, "base64 text");
    else if (!isBase64(readText(cursor))) noteTypeError(cursor, "base64 text");
  },
};

/** As Go's StdEncoding takes it: padded, with line breaks anywhere. */
function isBase64(text: string): boolean {
  const letters = text.replace(/[\r\n]/g, "");
  const padding = letters.endsWith("==") ? 2 : letters.endsWith("=") ? 1 : 0;
  return letters.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(letters.slice(0, letters.length - padding));
}

const anyByte: Shape<undefined> = {
  zero: () => undefined,
  read(cursor, byte) {
    const value = integer.read(cursor, byte, 0);
    if (value < 0 || value > 255) noteTypeError(cursor, "a number from 0 to 255");
  },
};

/** An int64; beyond 2^53 the value is the nearest double. `2.0` and `2e0` are wrong types. */
export const integer: Shape<number> = {
  zero: () => 0,
  read(cursor, byte, held) {
    if (byte !== MINUS && !isDigit(byte)) {
      passOver(cursor, byte, "an integer");
      return held;
    }
    const start = cursor.at;
    const value = skipNumber(cursor) ? int64(cursor.bytes, start, cursor.at) : undefined;
    if (value === undefined) noteTypeError(cursor, "an integer");
    return value ?? held;
  },
};

function int64(bytes: Buffer, start: number, end: number): number | undefined {
  const negative = bytes[start] === MINUS;
  if (end - start <= 15) {
    let value = 0;
    for (let at = negative ? start + 1 : start; at < end; at++) value = value * 10 + (bytes[at] as number) - 0x30;
    return negative ? 0 - value : value;
  }
  if (end - start > "-9223372036854775808".length) return undefined;
  const exact = BigInt(plainText(bytes, start, end));
  return exact === BigInt.asIntN(64, exact) ? Number(exact) : undefined;
}

/** A Go slice: the first `length` slots count; those behind are what an earlier, longer value left there. */
export interface Slice<T> {
  slots: T[];
  length: number;
}

/**
 * An array; undefined is Go's nil, which `null` restores and which `[]` is not. A second value is decoded over the slots
 * that the first one left, without emptying them, even those that a shorter one in between gave up (golang issue 21092).
 */
export function list<T>(items: Shape<T>): Shape<Slice<T> | undefined> {
  return {
    zero: () => undefined,
    read(cursor, byte, held) {
      if (byte !== OPEN_BRACKET) {
        passOver(cursor, byte, "an array");
        return byte === LETTER_N ? undefined : held;
      }
      const { key } = cursor;
      let first = firstMember(cursor, CLOSE_BRACKET);
      if (first === END) return { slots: [], length: 0 };
      const slots = held?.slots ?? [];
      let length = 0;
      for (; first !== END; first = nextMember(cursor, CLOSE_BRACKET)) {
        cursor.key = key;
        cursor.part = length;
        const slot = length < slots.length ? (slots[length] as T) : items.zero();
        slots[length++] = items.read(cursor, first, slot);
      }
      return { slots, length };
    },
  };
}

/** An object with string values under any keys; undefined is Go's nil. A second value adds to the first. */
export const textMap: Shape<Map<string, string> | undefined> = {
  zero: () => undefined,
  read(cursor, byte, held) {
    if (byte !== OPEN_BRACE) {
      passOver(cursor, byte, "an object");
      return byte === LETTER_N ? undefined : held;
    }
    const map = held ?? new Map<string, string>();
    for (let first = firstMember(cursor, CLOSE_BRACE); first !== END; first = nextMember(cursor, CLOSE_BRACE)) {
      if (first !== QUOTE) unexpected(cursor);
      const key = readText(cursor);
      cursor.part = MAP_VALUE;
      map.set(key, text.read(cursor, skipColon(cursor), ""));
    }
    return map;
  },
};

const numbers = list(anyByte);
