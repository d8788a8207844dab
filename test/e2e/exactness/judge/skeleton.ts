// The shape of a root without its content: what the registry's own walks see of it, and nothing else that could stop them.
// On it a single entry can be judged: does collection get past it or not?
import { createHash } from "node:crypto";
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { base, repositoriesBase } from "../storage.ts";

const anIndex = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
const itsHex = createHash("sha256").update(anIndex).digest("hex");

/**
 * Makes `target` a root with the folders and files of `root`, but no links and no content. Every repository in
 * which collection finds a revision gets one whole manifest instead, so that it reads the tags; so does the one whose tags
 * are in `tagsFolder`, come what may. Entries for which `leaveOut` is true are not there.
 */
export function makeSkeleton(
  root: string,
  target: string,
  leaveOut: (path: string) => boolean,
  tagsFolder?: string,
): void {
  // Paths are bytes and not text here: names need not be UTF-8.
  const inRoot = (path: Buffer) => Buffer.concat([Buffer.from(`${root}/`), path]);
  const inTarget = (path: Buffer) => Buffer.concat([Buffer.from(`${target}/`), path]);

  const childrenOf = (path: Buffer): Buffer[] =>
    kindOf(inRoot(path)) === "folder"
      ? readdirSync(inRoot(path), { encoding: "buffer" }).map((name) => below(path, name))
      : [];

  /** True for a folder that is worth going into. */
  const copyEntry = (path: Buffer): boolean => {
    if (leaveOut(path.toString())) {
      // Without a file `_layers` collection would not come to the repository at all: it stays, as the folder it should be.
      const ofRepository = nameOf(path) === "_layers" && path.toString() !== `${repositoriesBase}/_layers`;
      if (ofRepository && kindOf(inRoot(path)) === "file") mkdirSync(inTarget(path), { recursive: true });
      return false;
    }
    const kind = kindOf(inRoot(path));
    if (kind === "folder") mkdirSync(inTarget(path), { recursive: true });
    else if (kind === "file") writeFileSync(inTarget(path), "");
    else if (kind !== "none") symlinkSync(kind.to, inTarget(path));
    return kind === "folder";
  };

  /** A scan lists no folder of a single blob or revision; what lies in there besides is for the forecast to find. */
  const isBesides = (path: Buffer) =>
    /^[0-9a-f]{64,128}$/.test(nameOf(path.subarray(0, path.lastIndexOf("/")))) &&
    !["data", "link"].includes(nameOf(path));

  const copyTree = (path: Buffer): void => {
    for (const child of childrenOf(path)) if (!isBesides(child) && copyEntry(child)) copyTree(child);
  };

  /** What the links of revisions say is judged over HTTP, so they are left out. A `link` of another place is an unexpected entry. */
  const copyRevisions = (path: Buffer, depth = 0): void => {
    for (const child of childrenOf(path)) {
      if (depth === 2) continue;
      if (copyEntry(child)) copyRevisions(child, depth + 1);
      else if (nameOf(child) === "link" && isRegular(inRoot(child)) && isRegular(inTarget(child)))
        copyFileSync(inRoot(child), inTarget(child));
    }
  };

  /** Whether collection finds any revision there: its link, the link of the digest that this names, and the data or a file in the way of all data. */
  const findsRevision = (revisions: Buffer, layers: Buffer): boolean =>
    regularFilesBelow(inRoot(revisions), "link").some((link) => {
      const digest = digestIn(link);
      if (digest === undefined) return false;
      const again = [revisions, layers].map((folder) => below(inRoot(folder), `${digest.replace(":", "/")}/link`));
      const target = again.filter((file) => kindOf(file) !== "none").map(digestIn)[0];
      const [algorithm, hex = ""] = target?.split(":") ?? [];
      const ofAlgorithm = `${base}/blobs/${algorithm}`;
      return [ofAlgorithm, `${ofAlgorithm}/${hex.slice(0, 2)}/${hex}/data`].some(
        (place) => kindOf(inRoot(Buffer.from(place))) === "file",
      );
    });

  const copyManifests = (path: Buffer): void => {
    for (const part of childrenOf(path)) {
      if (!copyEntry(part)) continue;
      if (nameOf(part) === "tags") for (const tag of childrenOf(part)) copyEntry(tag);
      if (nameOf(part) !== "revisions") continue;
      copyRevisions(part);
      if (!findsRevision(part, below(path.subarray(0, path.lastIndexOf("/")), "_layers"))) continue;
      put(inTarget(below(part, `sha256/${itsHex}`)), "link", `sha256:${itsHex}`);
    }
    if (below(path, "tags").toString() === tagsFolder) {
      put(inTarget(below(path, `revisions/sha256/${itsHex}`)), "link", `sha256:${itsHex}`);
    }
    // That `tags` is missing stops collection as well, but there is no entry to blame.
    const tags = inTarget(below(path, "tags"));
    if (leadsNowhere(tags)) {
      rmSync(tags, { force: true });
      mkdirSync(tags);
    }
  };

  const copyNames = (path: Buffer): void => {
    for (const child of childrenOf(path)) {
      if (!copyEntry(child)) continue;
      if (nameOf(child) === "_manifests") copyManifests(child);
      else if (!nameOf(child).startsWith("_")) copyNames(child);
    }
  };

  mkdirSync(`${target}/${base}`, { recursive: true });
  for (const top of [repositoriesBase, `${base}/blobs`]) {
    copyEntry(Buffer.from(top));
    if (kindOf(inTarget(Buffer.from(top))) === "none") mkdirSync(`${target}/${top}`);
  }
  copyNames(Buffer.from(repositoriesBase));
  copyTree(Buffer.from(`${base}/blobs`));
  put(Buffer.from(`${target}/${base}/blobs/sha256/${itsHex.slice(0, 2)}/${itsHex}`), "data", anIndex);
}

/** Writes a file unless something that is no folder stands in its way: then collection fails there on its own. */
function put(folder: Buffer, name: string, content: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(below(folder, name), content);
  } catch {
    return;
  }
}

function regularFilesBelow(folder: Buffer, name: string): Buffer[] {
  if (kindOf(folder) !== "folder") return [];
  return readdirSync(folder, { encoding: "buffer" }).flatMap((child) => {
    const path = below(folder, child);
    if (lstatSync(path).isDirectory()) return regularFilesBelow(path, name);
    return child.toString() === name && kindOf(path) === "file" ? [path] : [];
  });
}

function digestIn(link: Buffer): string | undefined {
  // Reading a pipe would wait for ever.
  if (kindOf(link) !== "file" || !statSync(link).isFile()) return undefined;
  const content = readFileSync(link, "latin1");
  return /^sha(256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/.test(content) ? content : undefined;
}

function isRegular(path: Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Also true of a symlink whose target is not there. */
function leadsNowhere(path: Buffer): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}

function below(folder: Buffer, name: Buffer | string): Buffer {
  return Buffer.concat([folder, Buffer.from("/"), Buffer.from(name)]);
}

function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf("/") + 1).toString();
}

/** Symlinks are followed as the registry follows them; one that leads nowhere or in circles is kept as it is. */
function kindOf(path: Buffer): "folder" | "file" | "none" | { to: Buffer } {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    try {
      return { to: readlinkSync(path, { encoding: "buffer" }) };
    } catch {
      return "none";
    }
  }
}
