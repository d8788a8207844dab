// Names that the registry accepts for repositories and tags, and what its storage driver accepts in a path.

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const DOMAIN_COMPONENT = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*(?::[0-9]+)?`;
const REPOSITORY_NAME = new RegExp(`^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*$`);
const TAG_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const STORAGE_PATH = /^(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+$/;

/** The longest repository name that a reference may have, in bytes. */
const MAX_NAME_LENGTH = 255;

/** Whether `name` can be asked for; garbage collection aborts on a repository whose name is not valid. */
export function isRepositoryName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && REPOSITORY_NAME.test(name) && STORAGE_PATH.test(name);
}

/** Whether a client can ask for this tag. */
export function isTagName(name: string): boolean {
  return TAG_NAME.test(name);
}

/** The tag that cosign and the OCI referrers' fallback give what belongs to an image: its digest, and what it is. */
const SIGNATURE_TAG = /^(sha256|sha512)-([0-9a-f]{64,128})(?:\.(?:sig|att|sbom))?$/;

/** The digest of the image that a tag is a signature, an attestation or the like of, by its name; undefined for other tags. */
export function signedDigest(tag: string): string | undefined {
  const [, algorithm, hex] = SIGNATURE_TAG.exec(tag) ?? [];
  return hex === undefined ? undefined : `${algorithm}:${hex}`;
}

/**
 * Whether the storage driver takes this path (no leading slash). It refuses any other before it looks at the
 * disk, with an error that is not "not found". Its own walk does not pass this gate: names there are free.
 */
export function isStoragePath(path: string): boolean {
  return STORAGE_PATH.test(path);
}
