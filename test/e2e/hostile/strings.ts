// Text that whoever pushes, or whoever can write to the disk, chooses to be obeyed instead of read.

/** The file that an escaped command would make where it runs. */
export const PROOF = "PWNED";

/** What a terminal, shell, page, format string or object key would take for more than text. */
export const HOSTILE_TEXTS: readonly string[] = [
  "\u001b]0;title\u0007",
  "\u001b[2J\u001b[31mred",
  "\u009b31mred",
  "two\nlines",
  "two\r\nlines",
  "tab\tand\u0000null",
  "back\b\b\bspace",
  `$(touch ${PROOF})`,
  `\`touch ${PROOF}\``,
  `'; touch ${PROOF}; '`,
  `"; touch ${PROOF}; "`,
  `\n touch ${PROOF}\n`,
  `| touch ${PROOF}`,
  `&& touch ${PROOF} #`,
  `\\'; touch ${PROOF} #`,
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</title><svg onload=alert(1)>",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "\u202egnp.exe",
  "\u2066isolate\u2069",
  "zero\u200bwidth\ufeff",
  "line\u2028paragraph\u2029",
  "\u{e0041}tag",
  "-rf",
  "--config=/etc/passwd",
  "* ? [a] {a,b} ~",
  "%s%n%d",
  "$HOME",
  "back\\slash\\",
  "}\n# HELP fake fake\nfake 1",
  "|| true",
  "%%{init: {}}%%",
];

/** Of the texts those that can be the name of a file: no slash, no null, none that a shell's `.` stands for. */
export const HOSTILE_NAMES: readonly string[] = HOSTILE_TEXTS.map((text) =>
  text.replaceAll("\0", "").replaceAll("/", "∕"),
);

/** Text that stands where a digest should. */
export const HOSTILE_DIGESTS: readonly string[] = [
  "sha256:../../../../../../../../etc/passwd",
  "../../x",
  "/etc/passwd",
  `sha256:${"0".repeat(63)}/`,
  `sha256:${"../".repeat(21)}a`,
  "sha256:",
  ":",
  `SHA256:${"a".repeat(64)}`,
  `sha256:${"A".repeat(64)}`,
  `sha256:${"a".repeat(64)}\n`,
  `sha512:${"a".repeat(64)}`,
  "\0",
];
