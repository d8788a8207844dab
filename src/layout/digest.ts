// Digests as the registry accepts them: an algorithm it knows and lower-case hex of the right length.

/** The algorithms of go-digest that registry 2.8.3 knows, in the order of their packed codes (index + 1). */
export const ALGORITHMS = ["sha256", "sha384", "sha512"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const HEX_LENGTHS: Record<Algorithm, number> = { sha256: 64, sha384: 96, sha512: 128 };

export interface Digest {
  readonly algorithm: Algorithm;
  readonly hex: string;
}

export function isAlgorithm(text: string): text is Algorithm {
  return text === "sha256" || text === "sha384" || text === "sha512";
}

/** Whether `hex` is a whole digest of this algorithm: lower case, nothing around it. */
export function isHex(algorithm: Algorithm, hex: string): boolean {
  if (hex.length !== HEX_LENGTHS[algorithm]) return false;
  // A loop, since a regular expression took twice as long, millions of times a run.
  for (let i = 0; i < hex.length; i++) {
    const unit = hex.charCodeAt(i);
    if (unit < 0x30 || unit > 0x66 || (unit > 0x39 && unit < 0x61)) return false;
  }
  return true;
}

/** Splits `sha256:<hex>`; undefined when the text is not a digest that the registry would accept. */
export function parseDigest(text: string): Digest | undefined {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  const hex = text.slice(colon + 1);
  return colon > 0 && isAlgorithm(algorithm) && isHex(algorithm, hex) ? { algorithm, hex } : undefined;
}

/** `sha256:0123456789ab`: twelve hex digits, as docker prints them. Text that is not a digest is cut to 40 characters. */
export function shortDigest(text: string): string {
  const digest = parseDigest(text);
  if (digest) return `${digest.algorithm}:${digest.hex.slice(0, 12)}`;
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
