// Reads a whole root over, to see what of it is as it was: where nearly everything is damaged, that is far less work than
// to read each place by itself that a finding rests on, and threads can do it.
import { BlobsAsRead, isAsRead } from "../graph/as-read.ts";
import type { AsRead } from "../graph/claims.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import type { Rules } from "../registry/rules.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { type Progress, RootReader, type ThreadOptions } from "../scan/reader.ts";

/** `root` is the storage root's path. Nothing is hashed or parsed, and no manifest opened. */
export async function readOver(
  storageFs: StorageFs,
  root: string,
  graph: RootGraph,
  { rules, jobs, mostThreads, resourceUsage, systemMemory }: ThreadOptions & { readonly rules: Rules },
  progress: Progress,
): Promise<AsRead> {
  const links = { tagTimes: false, tagHistory: false, walksLayers: false };
  const reading = { ...links, manifests: rules.manifests, jobs, mostThreads, resourceUsage, systemMemory };
  const reader = new RootReader(storageFs, root, reading, (phase, ...done) => progress(`${phase} again`, ...done));
  try {
    const asRead = new Set<RepositoryNode>();
    const names = graph.repositories().map(({ name }) => name);
    await reader.readRepositories(names, (facts) => {
      const repository = graph.findRepository(facts.name);
      if (repository && isAsRead(graph, repository, facts)) asRead.add(repository);
    });
    const blobs = new BlobsAsRead(graph);
    // Of what cannot be listed nothing is known, not that it is still absent.
    let isListed = true;
    const store = await reader.readBlobs((facts) => {
      blobs.note(facts);
      isListed &&= facts.blocked.length + facts.unreadable.length === 0;
    });
    isListed &&= store.blocked.length + store.unreadable.length === 0;
    return { repository: (one) => asRead.has(one), blob: (one) => isListed && blobs.has(one) };
  } finally {
    await reader.endThreads();
  }
}
