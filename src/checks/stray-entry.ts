// An entry that makes the registry's own walk abort or stop early.
import type { RepositoryNode } from "../graph/root-graph.ts";
import { isRepositoryName, isStoragePath, isTagName } from "../layout/names.ts";
import { linksFolder, repositoryFolder, tagFolder, tagsFolder } from "../layout/paths.ts";
import { isBroken, type StrayEntry, type StrayReason } from "../scan/facts.ts";
import type { Check, CheckContext } from "./finding.ts";

export const strayEntry: Check = {
  severity: "warning",
  meaning: "an entry that makes the registry's own walk abort or stop early",
  inCaches: false,
  *find(context) {
    const { graph, catalogue, blobStrays, wholeRoot } = context;
    const inRepositories = graph
      .repositories()
      .flatMap((repository) => [...repositoryStrays(context, repository)].map((stray) => ({ repository, stray })));
    // A file called `_manifests` ends the walk as well; that it is no folder is worse.
    const told = new Set(inRepositories.map(({ stray }) => stray.path));
    if (wholeRoot) {
      for (const stray of [...catalogue.strays, ...blobStrays]) if (!told.has(stray.path)) yield draft(stray);
    }
    for (const { repository, stray } of inRepositories) yield { repository, ...draft(stray) };
  },
};

function* repositoryStrays({ graph }: CheckContext, repository: RepositoryNode): Generator<StrayEntry> {
  const { name, folders } = repository;
  if (folders.manifests === "file") yield { path: `${repositoryFolder(name)}/_manifests`, reason: "file-for-folder" };
  else if (folders.revisions === "file") yield { path: linksFolder(name, "revision"), reason: "file-for-folder" };
  else if (folders.tags === "file") yield { path: tagsFolder(name), reason: "file-for-folder" };
  for (const { path, state } of repository.strayRevisionLinks) {
    if (isBroken(state) || !isStoragePath(path)) yield { path, reason: "misplaced-link" };
  }
  for (let tag = repository.tags.first; tag < repository.tags.end; tag++) {
    const path = tagFolder(name, graph.tags.name(tag));
    const askable = isRepositoryName(name) && isTagName(graph.tags.name(tag));
    if (!askable && (isBroken(graph.tags.state(tag)) || !isStoragePath(path))) {
      yield { path, reason: "unusable-tag" };
    }
  }
}

const WORDS: Record<StrayReason, string> = {
  "ends-walk":
    "a file whose name begins with _ ends the registry's walk of this folder: what sorts after it is not seen",
  "invalid-name": "a _layers folder where no repository name can be: collection aborts",
  "file-for-folder": "a file where the registry expects a folder: 500, and collection aborts",
  "link-loop": "a symbolic link that leads back above itself: the registry's walk aborts",
  "misplaced-data": "a file called data whose place gives no digest: collection aborts in its sweep",
  "misplaced-link": "a file called link that is no revision link: collection reads it and aborts",
  "unusable-tag": "an entry that is no tag, where collection with -m looks for one: it aborts",
};

function draft({ path, reason, hides = [] }: StrayEntry) {
  return {
    path,
    message: hides.length > 0 ? `${WORDS[reason]} (${hides.join(", ")})` : WORDS[reason],
    remedy: "move it out of the storage root",
    tags: [],
  };
}
