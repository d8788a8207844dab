// Parsed manifests as bytes: what the index keeps of each, some five bytes a reference.

/** What a record says of a reference, in one byte with its role. */
const Flag = { foreign: 4, attestation: 8, platform: 16, ownSize: 32 } as const;
const ROLE = 3;
/** Set in the byte of a manifest's kind where it names a subject. */
const HAS_SUBJECT = 128;

/** How many names of platforms are kept. */
export const MOST_PLATFORMS = 0xffff;

export interface RecordedReference {
  /** The digest's number in the index. */
  readonly target: number;
  /** A `Role`. */
  readonly role: number;
  readonly foreign: boolean;
  readonly attestation: boolean;
  /** Its number among the platforms of the index; -1 for none. */
  readonly platform: number;
  /** What the descriptor says, in bytes; NaN where it says nothing; undefined for the usual size of the target. */
  readonly ownSize: number | undefined;
}

/** Writes records one after another. */
export class RecordWriter {
  #bytes = Buffer.alloc(1 << 12);
  #length = 0;

  /** Begins a manifest's record, and says where. `own` is its digest's number in the index, and so is `subject`, or -1. */
  begin(own: number, kind: number, subject: number, references: number): number {
    const start = this.#length;
    this.#reserve(14);
    this.#length = this.#bytes.writeUInt32LE(own, this.#length);
    this.#bytes[this.#length++] = kind | (subject < 0 ? 0 : HAS_SUBJECT);
    for (let rest = references; ; rest >>>= 7) {
      this.#bytes[this.#length++] = rest < 128 ? rest : (rest & 127) | 128;
      if (rest < 128) break;
    }
    if (subject >= 0) this.#length = this.#bytes.writeUInt32LE(subject, this.#length);
    return start;
  }

  add({ target, role, foreign, attestation, platform, ownSize }: RecordedReference): void {
    this.#reserve(15);
    this.#bytes[this.#length++] =
      role |
      (foreign ? Flag.foreign : 0) |
      (attestation ? Flag.attestation : 0) |
      (platform < 0 ? 0 : Flag.platform) |
      (ownSize === undefined ? 0 : Flag.ownSize);
    this.#length = this.#bytes.writeUInt32LE(target, this.#length);
    if (platform >= 0) this.#length = this.#bytes.writeUInt16LE(platform, this.#length);
    if (ownSize !== undefined) this.#length = this.#bytes.writeDoubleLE(ownSize, this.#length);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.ceil(this.#bytes.length * 1.5) + more);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Reads records. */
export class RecordReader {
  readonly #bytes: Buffer;
  #next = 0;
  /** Of the manifest: its digest's number in the index, a `ManifestKind`, a digest's number in the index or -1, and how many references follow. */
  own = 0;
  kind = 0;
  subject = -1;
  references = 0;
  /** Of the reference, as RecordedReference has them. */
  target = 0;
  role = 0;
  foreign = false;
  attestation = false;
  platform = -1;
  ownSize: number | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next record begins, once all references of this one were gone to. */
  get position(): number {
    return this.#next;
  }

  /** Goes to the record that begins there. */
  open(start: number): void {
    this.#next = start;
    this.own = this.#take32();
    const kind = this.#bytes[this.#next++]!;
    this.kind = kind & ~HAS_SUBJECT;
    this.references = 0;
    for (let shift = 0; ; shift += 7) {
      const part = this.#bytes[this.#next++]!;
      this.references |= (part & 127) << shift;
      if (part < 128) break;
    }
    this.subject = (kind & HAS_SUBJECT) === 0 ? -1 : this.#take32();
  }

  /** Goes to the next reference. */
  next(): void {
    const flags = this.#bytes[this.#next++]!;
    this.role = flags & ROLE;
    this.foreign = (flags & Flag.foreign) !== 0;
    this.attestation = (flags & Flag.attestation) !== 0;
    const hasPlatform = (flags & Flag.platform) !== 0;
    const hasOwnSize = (flags & Flag.ownSize) !== 0;
    this.target = this.#take32();
    this.platform = hasPlatform ? this.#bytes.readUInt16LE(this.#next) : -1;
    if (hasPlatform) this.#next += 2;
    this.ownSize = hasOwnSize ? this.#bytes.readDoubleLE(this.#next) : undefined;
    if (hasOwnSize) this.#next += 8;
  }

  #take32(): number {
    const at = this.#next;
    this.#next += 4;
    const bytes = this.#bytes;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }
}
