// What a run with an index has read for another reason, and found to be other than the index has it though no time of its file
// says so: content that was verified, what a finding rests on. The next index must not call it sound once more.
import { DiskState, ManifestState } from "../facts/facts.ts";
import { type FileStat, Stamper, StampKind } from "../facts/stamps.ts";
import type { NextIndex } from "../graph/next-index.ts";
import { linkRange, type RootGraph } from "../graph/root-graph.ts";
import { parseDigest } from "../layout/digest.ts";
import { blobData, linkFile, tagCurrent } from "../layout/paths.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { type StorageFs, statPath } from "../scan/fs/storage-fs.ts";

/** `readAgain` are the repositories that this run has read without the index, `seed` that of the index's stamps. */
export function forgetRefuted(
  storageFs: StorageFs,
  root: Pick<StorageRoot, "path">,
  { graph, readAgain }: { readonly graph: RootGraph; readonly readAgain: ReadonlySet<string> },
  seed: number,
  next: Pick<NextIndex, "forget">,
): void {
  const stamper = new Stamper(seed);
  const forget = (path: string, digest: string, ...kinds: readonly StampKind[]) => {
    const { stat } = statPath(storageFs, `${root.path}/${path}`);
    if (stat === undefined) return;
    for (const kind of kinds) {
      stamp(stamper, kind, stat, digest);
      next.forget(stamper.low, stamper.high);
    }
  };
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (!isRefutable(graph, blob)) continue;
    const digest = graph.digests.text(blob);
    forget(blobData(digest), digest, StampKind.manifest, StampKind.content);
  }
  for (const repository of graph.repositories()) {
    for (const kind of ["layer", "revision"] as const) {
      const links = graph.links(kind);
      for (const link of linkRange(repository, kind)) {
        if (links.state(link) === DiskState.ok && links.target(link) === links.place(link)) continue;
        const digest = graph.digests.text(links.place(link));
        forget(linkFile(repository.name, kind, digest), digest, StampKind.link);
      }
    }
    for (const tag of repository.tags) {
      // Any digest is a tag's to name, so whether it is the one that the index has shows nowhere here.
      if (graph.tags.state(tag) === DiskState.ok && !readAgain.has(repository.name)) continue;
      forget(tagCurrent(repository.name, graph.tags.name(tag)), "", StampKind.tag);
    }
  }
}

/** Whether this run has read a blob that no index may call sound. */
function isRefutable(graph: RootGraph, blob: number): boolean {
  if (graph.blobState(blob) !== DiskState.ok) return false;
  if (graph.isBlobCorrupt(blob)) return true;
  const manifest = graph.manifests.find(blob);
  if (manifest < 0) return false;
  return graph.manifests.state(manifest) !== ManifestState.ok || graph.manifests.isCorrupt(manifest);
}

function stamp(stamper: Stamper, kind: StampKind, stat: FileStat, digest: string): void {
  const hex = parseDigest(digest)?.hex ?? "";
  stamper.make(kind, stat, Buffer.from(hex, "hex"), 0, hex.length / 2);
}
