// The name of an image as people type it.
import { UsageError } from "../contract/errors.ts";
import { parseDigest } from "../layout/digest.ts";
import { isRepositoryName, isTagName } from "../layout/names.ts";

export interface ImageName {
  /** As it was given. */
  readonly text: string;
  readonly repository: string;
  /** Either a tag or a digest. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Throws a UsageError, one line, for what no client could ask for. */
export function parseImageName(text: string): ImageName {
  const at = text.indexOf("@");
  const colon = text.indexOf(":", text.lastIndexOf("/") + 1);
  const end = at >= 0 ? at : colon >= 0 ? colon : text.length;
  const repository = text.slice(0, end);
  const refuse = (why: string) => new UsageError(`${JSON.stringify(text)} names no image: ${why}`);
  if (at < 0 && colon < 0) throw refuse(`give ${text || "REPOSITORY"}:TAG or ${text || "REPOSITORY"}@DIGEST`);
  if (at >= 0 && colon >= 0 && colon < at) throw refuse("give a tag or a digest, not both");
  const below = repository.slice(repository.indexOf("/") + 1);
  if (/^[^/]*:/.test(repository) && isRepositoryName(below)) throw refuse(`leave out the registry's address: ${below}`);
  if (!isRepositoryName(repository)) throw refuse(`no repository can be called ${JSON.stringify(repository)}`);
  const rest = text.slice(end + 1);
  if (at < 0) {
    if (!isTagName(rest)) throw refuse(`no tag can be called ${JSON.stringify(rest)}`);
    return { text, repository, tag: rest, digest: undefined };
  }
  if (!parseDigest(rest))
    throw refuse(`${JSON.stringify(rest)} is an invalid digest (sha256: and 64 lower-case hex digits)`);
  return { text, repository, tag: undefined, digest: rest };
}
