// Names from disk in a shell script: whoever can push chooses them, so none may ever be read as anything but a name, nor
// printed as it is: what a person reviews is what is there.
import { showUnprintable } from "../text/escape.ts";

/** One word of POSIX shell that stands for exactly this text, whatever is in it but a null character. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const encoder = new TextEncoder();

/**
 * The name as the script holds it, to be quoted: `\0` and three octal digits for each byte of what does not print and of
 * backslashes, as `printf %b` takes them. The script's `unescape` undoes it.
 */
export function escapeName(name: string): string {
  return Array.from(name, (character) => {
    if (character !== "\\" && showUnprintable(character) === character) return character;
    return Array.from(encoder.encode(character), (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
  }).join("");
}

/** A path that a shell reads as it is written. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** A path as a person types it: quoted where a shell would read something else. */
export function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : shellQuote(text);
}
