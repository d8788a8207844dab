// Names from disk in a shell script: whoever can push chooses them, so none may ever be read as anything but a name.

/** One word of POSIX shell that stands for exactly this text, whatever is in it but a null character. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
