// A file of columns: a header as JSON and sections of bytes, with a checksum over all. Millions of rows load at the speed
// of the disk, since a section is used as the typed array that it was, and in memory that threads share.
//
//    8 bytes  what it is
//    8 bytes  the length of the envelope
//             the envelope: JSON that says of which kind the file is and how long its sections are, with the header
//             the sections, each filled up to a multiple of eight
//   32 bytes  SHA-256 of all before
import { createHash } from "node:crypto";
import { readSync, type Stats } from "node:fs";
import { type InputOptions, withInput } from "./input-file.ts";

/** Bytes to be written, in pieces that are made when their turn comes. */
export interface Section {
  readonly bytes: number;
  readonly chunks: Iterable<Uint8Array>;
}

export interface FlatFile {
  /** Plain data. */
  readonly header: unknown;
  /** The whole file. */
  readonly buffer: SharedArrayBuffer;
  /** Where in the buffer each section lies: at a multiple of ALIGNMENT bytes, so that any typed array can be laid over it. */
  readonly sections: readonly { readonly offset: number; readonly bytes: number }[];
}

interface LoadOptions extends InputOptions {
  /** Throws an Error of one line where a file with this stat is not to be believed. */
  refuse?(stat: Stats): void;
}

const ALIGNMENT = 8;
const CHECKSUM_BYTES = 32;
const MAGIC = "regfsck ";
const START = MAGIC.length + 8;
/** Sections are numbers as the processor has them; a file of a processor that has them otherwise is refused. */
const BYTE_ORDER = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? "little" : "big";
/** How much is written or read at once: signals are seen in between. */
const PIECE = 1 << 22;

interface Envelope {
  readonly kind: string;
  readonly byteOrder: string;
  /** Bytes of each. */
  readonly sections: readonly number[];
  readonly header: unknown;
}

/** The file's bytes, piece by piece. `kind` names what it holds, with a version: one of another kind is refused. */
export function* flatFilePieces(kind: string, header: unknown, sections: readonly Section[]): Generator<Uint8Array> {
  const hash = createHash("sha256");
  const hashed = (bytes: Uint8Array) => {
    hash.update(bytes);
    return bytes;
  };
  const envelope: Envelope = { kind, byteOrder: BYTE_ORDER, sections: sections.map(({ bytes }) => bytes), header };
  const json = Buffer.from(JSON.stringify(envelope));
  const size = Buffer.alloc(8);
  size.writeUInt32LE(json.length);
  yield hashed(Buffer.concat([Buffer.from(MAGIC), size, json, padding(json.length)]));
  for (const { bytes, chunks } of sections) {
    for (const chunk of chunks) yield hashed(chunk);
    yield hashed(padding(bytes));
  }
  yield hash.digest();
}

/** What is in memory already, as a section. */
export function sectionOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Section {
  function* chunks() {
    for (let at = 0; at < byteLength; at += PIECE) {
      yield new Uint8Array(buffer, byteOffset + at, Math.min(PIECE, byteLength - at));
    }
  }
  return { bytes: byteLength, chunks: chunks() };
}

/** Throws the system's error where the file cannot be read, and an Error of one line where it is damaged, or none of this kind. */
export function loadFlatFile(kind: string, file: string, { refuse, ...options }: LoadOptions): FlatFile {
  return withInput(file, options, (descriptor, stat) => {
    refuse?.(stat);
    if (stat.size < START + CHECKSUM_BYTES) throw new Error("not a file of regfsck");
    const buffer = new SharedArrayBuffer(stat.size);
    const { header, sections } = envelopeOf(kind, readChecked(descriptor, Buffer.from(buffer)));
    return { header, buffer, sections };
  });
}

/** Fills the buffer, and gives what lies before the checksum. */
function readChecked(descriptor: number, bytes: Buffer): Buffer {
  const hash = createHash("sha256");
  const end = bytes.length - CHECKSUM_BYTES;
  for (let at = 0; at < bytes.length; ) {
    const length = readSync(descriptor, bytes, at, Math.min(PIECE, bytes.length - at), null);
    if (length === 0) throw new Error("damaged: it is cut off");
    hash.update(bytes.subarray(at, Math.max(at, Math.min(at + length, end))));
    at += length;
  }
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error("not a file of regfsck");
  if (!hash.digest().equals(bytes.subarray(end))) throw new Error("damaged: its checksum is wrong");
  return bytes.subarray(0, end);
}

function envelopeOf(kind: string, bytes: Buffer): Pick<FlatFile, "header" | "sections"> {
  const size = bytes.readUInt32LE(MAGIC.length);
  if (START + size > bytes.length) throw new Error("damaged: its header is cut off");
  const envelope = JSON.parse(bytes.toString("utf8", START, START + size)) as Envelope;
  if (envelope.kind !== kind || envelope.byteOrder !== BYTE_ORDER) throw new Error(`not a file of kind ${kind}`);
  let offset = START + size + padding(size).length;
  const sections = envelope.sections.map((length) => {
    const section = { offset, bytes: length };
    offset += length + padding(length).length;
    return section;
  });
  if (offset !== bytes.length) throw new Error("damaged: its sections do not fill it");
  return { header: envelope.header, sections };
}

function padding(length: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
}
