// Reads one link file: one open, one read, one close.

import { DiskState, isBroken } from "../facts/facts.ts";
import { parseDigest } from "../layout/digest.ts";
import type { FileMemory } from "./file-memory.ts";
import { describeError, errorCode, READ_FLAGS, type StorageFs, stateOfError } from "./fs/storage-fs.ts";

/** The longest link holds a sha512 digest; a file that fills more than this is no link. */
const LONGEST_LINK = "sha512:".length + 128;

const [TWO, THREE, FIVE] = ["2", "3", "5"].map((digit) => digit.charCodeAt(0));

/** What a link was found to hold. */
export interface LinkContent {
  readonly state: DiskState;
  /** The digest that the link holds; empty unless its state is ok. */
  readonly target: string;
  /** What is wrong with it, in words; empty when its state is ok. The system's error code when it is unreadable. */
  readonly reason: string;
}

/** Reads links, all into one buffer: a link is small, and there are very many. */
export class LinkReader {
  readonly #fs: StorageFs;
  readonly #memory: FileMemory | undefined;
  readonly #buffer = Buffer.alloc(256);

  /** `memory` is told of each link that is opened. */
  constructor(storageFs: StorageFs, memory?: FileMemory) {
    this.#fs = storageFs;
    this.#memory = memory;
  }

  /** Reads the link at `path`. `expected` is the digest that it most likely holds, which spares parsing it; or "". */
  read(path: string, expected: string): LinkContent {
    try {
      const length = this.#readFile(path);
      const content = this.#buffer.toString("latin1", 0, length);
      if ((content === expected && length > 0) || (length <= LONGEST_LINK && parseDigest(content))) {
        return { state: DiskState.ok, target: content, reason: "" };
      }
      return { state: DiskState.malformed, target: "", reason: describeContent(content) };
    } catch (error) {
      const code = errorCode(error);
      const state = stateOfError(code);
      return { state, target: "", reason: isBroken(state) ? describeError(code) : code };
    }
  }

  /** Bytes read into the buffer: the whole file, or more than any link has. */
  #readFile(path: string): number {
    const file = this.#open(path);
    try {
      this.#memory?.opens(file, "links");
      let length = this.#fs.readSync(file, this.#buffer, 0, this.#buffer.length, null);
      // A read may come back short of the file's end; only a length that its link has is taken at its word, and only
      // of the first: where one came back short, the next may too.
      if (this.#holdsLink(length)) return length;
      while (length > 0 && length <= LONGEST_LINK) {
        const more = this.#fs.readSync(file, this.#buffer, length, this.#buffer.length - length, null);
        if (more === 0) break;
        length += more;
      }
      return length;
    } finally {
      this.#fs.closeSync(file);
    }
  }

  /** Whether the buffer begins with the name of the algorithm whose links have this length. */
  #holdsLink(length: number): boolean {
    const [hundreds, tens] = [this.#buffer[3], this.#buffer[4]];
    if (length === 71) return hundreds === TWO && tens === FIVE;
    if (length === 103) return hundreds === THREE;
    return length === LONGEST_LINK;
  }

  /** Looks once more for what is not there, as for all that is not there. */
  #open(path: string): number {
    try {
      return this.#fs.openSync(path, READ_FLAGS);
    } catch (error) {
      if (stateOfError(errorCode(error)) !== DiskState.absent) throw error;
      this.#fs.statSync(path);
      return this.#fs.openSync(path, READ_FLAGS);
    }
  }
}

function describeContent(content: string): string {
  if (content.length === 0) return "empty";
  if (/^\0+$/.test(content)) return "zeroed";
  if (parseDigest(content.trim())) return "a digest with white space around it";
  if (parseDigest(content.toLowerCase())) return "a digest in upper case";
  return `invalid digest: ${JSON.stringify(content.slice(0, 40))}`;
}
