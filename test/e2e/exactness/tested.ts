// Which registry the answers are compared with: Debian's, which is 2.8, or another program that is named.

export interface Tested {
  /** What `--registry` of the program under test is given. */
  readonly registry: "2" | "3";
  /** Its program; undefined for Debian's. */
  readonly program: string | undefined;
}

export const DEBIANS: Tested = { registry: "2", program: undefined };
