// Reads one repository: its layer links, revision links, tags and uploads.
import { linksFolder, repositoryFolder } from "../layout/paths.ts";
import type { FolderState, RepositoryFacts } from "./facts.ts";
import { LinkReader } from "./read-link.ts";
import { readLinks, readRevisionLinks } from "./read-links.ts";
import { readTags } from "./read-tags.ts";
import { readUploads } from "./read-uploads.ts";
import { folderStateOf, listPart, type RepositoryReading } from "./repository-reading.ts";
import type { StorageFs } from "./storage-fs.ts";

export interface RepositoryOptions {
  /** Whether to stat each tag's folder for when it last changed. */
  readonly tagTimes: boolean;
}

/** Reads all that the repository `name` holds in the storage root at `root`. */
export function readRepository(
  storageFs: StorageFs,
  root: string,
  name: string,
  options: RepositoryOptions,
): RepositoryFacts {
  const reading = { fs: storageFs, root, links: new LinkReader(storageFs), strays: [], unreadable: [] };
  const manifests = folderState(reading, `${repositoryFolder(name)}/_manifests`);
  const layers = readLinks(reading, linksFolder(name, "layer"));
  const revisions = readRevisionLinks(reading, linksFolder(name, "revision"));
  const tags = readTags(reading, name, { times: options.tagTimes, history: true });
  return {
    name,
    folders: { layers: layers.folder, manifests, revisions: revisions.folder, tags: tags.folder },
    layerLinks: layers.links,
    revisionLinks: revisions.links,
    strayRevisionLinks: revisions.strays,
    tags: tags.tags,
    uploads: readUploads(reading, name),
    strays: reading.strays,
    unreadable: reading.unreadable,
  };
}

function folderState(reading: RepositoryReading, path: string): FolderState {
  return folderStateOf(listPart(reading, path).state);
}
