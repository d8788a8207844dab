// Which repositories have the same directories of links: what is deleted by the one path is gone by the other.
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import type { LinkKind } from "../../layout/paths.ts";

/** Repositories that symbolic links or bind mounts give the same directories of links of one kind. */
export class SharedLinks {
  readonly #groups = new Map<RepositoryNode, RepositoryNode[]>();

  constructor(graph: GraphView, kind: LinkKind) {
    const byFolder = new Map<string, RepositoryNode[]>();
    for (const repository of graph.repositories()) {
      const folders = repository.linkFolders[kind];
      const known = folders.map((folder) => byFolder.get(folder)).find((group) => group);
      const group = known ?? [];
      group.push(repository);
      for (const folder of folders) byFolder.set(folder, group);
      if (group.length > 1) for (const one of group) this.#groups.set(one, group);
    }
  }

  /** The repository, and all that share its links; always in the same order. */
  of(repository: RepositoryNode): readonly RepositoryNode[] {
    return this.#groups.get(repository) ?? [repository];
  }
}
