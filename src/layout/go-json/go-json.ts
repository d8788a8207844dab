// Reads JSON into a value of known shape exactly as Go 1.19's encoding/json decodes into a struct, because the
// registry does, and what it makes of an unusual manifest decides what it serves and what garbage collection keeps.
//
// What differs from JSON.parse: a wrong type is noted and passed over, and fails its part of the document only at the
// end; keys match without regard to case; a key that comes twice is decoded into the value that is there already; null
// empties lists and maps and leaves anything else as it was; ill-formed text becomes U+FFFD.

import {
  CLOSE_BRACE,
  END,
  firstMember,
  JsonSyntaxError,
  nextByte,
  nextMember,
  OPEN_BRACE,
  QUOTE,
  skipColon,
  skipString,
  skipValue,
  unexpected,
} from "./scan.ts";
import { foldKey, unquote } from "./text.ts";
import { type Decoding, passOver, type Shape, WHOLE } from "./values.ts";

export type Decoded<T> =
  | {
      ok: true;
      value: T;
      /** By key of the outermost object ("" is the document itself): the first wrong type under it, in words. */
      typeErrors: ReadonlyMap<string, string>;
      /** Somewhere is a number that fits no float64, which fails whoever decodes into `interface{}`. */
      numberOverflow: boolean;
    }
  | { ok: false; reason: string };

const NO_ERRORS: ReadonlyMap<string, string> = new Map();

/** `reason` is why the bytes are no JSON: a short fragment such as `unexpected end`. */
export function decodeJson<T>(bytes: Uint8Array, shape: Shape<T>): Decoded<T> {
  const cursor: Decoding = {
    // Cutting texts out of a Buffer takes a fifth of what a TextDecoder takes.
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    at: 0,
    depth: 0,
    numberOverflow: false,
    topKey: "",
    key: "",
    part: WHOLE,
    typeErrors: undefined,
  };
  try {
    const value = shape.read(cursor, nextByte(cursor), shape.zero());
    if (nextByte(cursor) !== END) unexpected(cursor);
    return { ok: true, value, typeErrors: cursor.typeErrors ?? NO_ERRORS, numberOverflow: cursor.numberOverflow };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { ok: false, reason: error.message };
    throw error;
  }
}

interface Field {
  name: string;
  /** The folded name's bytes. */
  folded: Uint8Array;
  shape: Shape<unknown>;
  kept: boolean;
}

const NO_FIELDS: readonly Field[] = [];

/**
 * A Go struct, embedded ones flattened. The fields in `checked` can fail the document but are not part of the value.
 * Go prefers a field of exactly the key's name to one that matches it without regard to case; here no two fields of a
 * record may match the same key, so there is nothing to prefer.
 */
export function record<T extends object>(
  zero: () => T,
  kept: { readonly [K in keyof T]: Shape<T[K]> },
  checked: { readonly [name: string]: Shape<unknown> } = {},
): Shape<T> {
  const fields = new Map<string, Field>();
  const fieldsByLength: Field[][] = [];
  for (const [name, shape] of Object.entries<Shape<unknown>>({ ...kept, ...checked })) {
    const folded = foldKey(name);
    const field = { name, folded: new TextEncoder().encode(folded), shape, kept: name in kept };
    fields.set(folded, field);
    for (let length = fieldsByLength.length; length <= folded.length; length++) fieldsByLength.push([]);
    fieldsByLength[folded.length]?.push(field);
  }

  /** The field whose key is at the cursor, which moves past it. */
  function readKey(cursor: Decoding): Field | undefined {
    const start = cursor.at + 1;
    if (!skipString(cursor)) return fields.get(foldKey(unquote(cursor.bytes, start, cursor.at - 1)));
    for (const field of fieldsByLength[cursor.at - 1 - start] ?? NO_FIELDS) {
      if (matchesAt(cursor.bytes, start, field.folded)) return field;
    }
    return undefined;
  }

  return {
    zero,
    read(cursor, byte, held) {
      if (byte !== OPEN_BRACE) {
        passOver(cursor, byte, "an object");
        return held;
      }
      const values = held as Record<string, unknown>;
      for (let first = firstMember(cursor, CLOSE_BRACE); first !== END; first = nextMember(cursor, CLOSE_BRACE)) {
        if (first !== QUOTE) unexpected(cursor);
        const field = readKey(cursor);
        const valueByte = skipColon(cursor);
        if (field === undefined) {
          skipValue(cursor);
          continue;
        }
        const { name, shape } = field;
        if (cursor.depth === 1) cursor.topKey = name;
        cursor.key = name;
        cursor.part = WHOLE;
        if (field.kept) values[name] = shape.read(cursor, valueByte, values[name]);
        else shape.read(cursor, valueByte, shape.zero());
      }
      return held;
    },
  };
}

/** Whether the ASCII key that begins at `start` is the folded one but for the case of its letters. */
function matchesAt(bytes: Uint8Array, start: number, folded: Uint8Array): boolean {
  for (let i = 0; i < folded.length; i++) {
    const wanted = folded[i] as number;
    const byte = bytes[start + i] as number;
    const letter = wanted >= 0x61 && wanted <= 0x7a;
    if (byte !== wanted && !(letter && (byte | 0x20) === wanted)) return false;
  }
  return true;
}

/** A struct of which it counts whether the document had one at all. */
export function optional<T extends object>(shape: Shape<T>): Shape<T | undefined> {
  return {
    zero: () => undefined,
    read(cursor, byte, held) {
      const value = shape.read(cursor, byte, held ?? shape.zero());
      return byte === OPEN_BRACE ? value : held;
    },
  };
}

/** A value that the registry does not know: undefined where its type is wrong, which is no error. */
export function lenient<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    zero: () => undefined,
    read(cursor, byte) {
      const { typeErrors } = cursor;
      cursor.typeErrors = undefined;
      const value = shape.read(cursor, byte, shape.zero());
      const failed = cursor.typeErrors !== undefined;
      cursor.typeErrors = typeErrors;
      return failed ? undefined : value;
    },
  };
}
