// Where a registry is: its address as people write it, and the addresses of what is asked for.
import { UsageError } from "../contract/errors.ts";

export interface RegistryAddress {
  /** Host and port, as images and Docker's config.json name it: what the registry is called in reports. */
  readonly name: string;
  /** `https://registry.example.com`, with a path where a proxy has one in front; no slash at the end. */
  readonly url: string;
}

/** Throws a UsageError, one line, for what is no address of a registry. Without a scheme it is https. */
export function parseAddress(text: string): RegistryAddress {
  const refuse = (why: string) =>
    new UsageError(`${JSON.stringify(withoutLogin(text))} is no address of a registry: ${why}`);
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw refuse("give https://HOST or https://HOST:PORT");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("give https:// or http://");
  // Whoever lists processes would read it.
  if (url.username !== "" || url.password !== "") throw refuse("give a login with --username and --password-stdin");
  if (url.search !== "" || url.hash !== "") throw refuse("give its address alone, without ? and #");
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v2$/, "");
  return { name: url.host, url: url.origin + path };
}

function withoutLogin(text: string): string {
  return text.replace(/\/\/[^/]*@/, "//");
}

/** The name of an image without the registry's own address in front, as CI has it. */
export function withoutRegistry(image: string, { name }: RegistryAddress): string {
  return image.startsWith(`${name}/`) ? image.slice(name.length + 1) : image;
}

/** What is asked for, as reports name it: relative to the registry's address. */
export const CATALOGUE = "v2/_catalog";

export function tagsPath(repository: string): string {
  return `v2/${repository}/tags/list`;
}

/** `reference` is a tag or a digest. */
export function manifestPath(repository: string, reference: string): string {
  return `v2/${repository}/manifests/${reference}`;
}

export function blobPath(repository: string, digest: string): string {
  return `v2/${repository}/blobs/${digest}`;
}

/** What a client must be allowed to do for these paths, as token servers call it. */
export const CATALOGUE_SCOPE = "registry:catalog:*";

export function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}
