// Steps on links: write one, correct it, or move it away. Each is taken on paper at once, and gives whether it changes
// anything.

import { DiskState } from "../facts/facts.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { RepairContext } from "./step-list.ts";

export class LinkSteps {
  readonly #context: RepairContext;

  constructor(context: RepairContext) {
    this.#context = context;
  }

  relink({ repository, tags }: PullProblem, kind: LinkKind, place: number): boolean {
    const { graph, view, steps } = this.#context;
    const content = graph.digests.text(place);
    const links = graph.links(kind);
    const link = links.find(repository.index, place);
    const state = link < 0 ? DiskState.absent : links.state(link);
    const path = linkFile(repository.name, kind, content);
    if (state === DiskState.unreadable || !steps.allows(path, tags)) return false;
    const before =
      state === DiskState.absent
        ? "absent"
        : state === DiskState.ok
          ? graph.digests.text(links.target(link))
          : "malformed";
    const did = before === "absent" ? "write the" : "correct the";
    steps.add(
      {
        kind: "relink",
        repository: repository.name,
        path,
        content,
        before,
        blob: { path: blobData(content), size: view.blobSize(place), hash: kind === "revision" },
        message: `${did} ${kind} link: all that it leads to is there`,
      },
      tags,
    );
    return view.setLink(repository, kind, place, place);
  }

  removeLink({ repository, tags }: PullProblem, kind: LinkKind, place: number): boolean {
    const { graph, view, steps } = this.#context;
    const digest = graph.digests.text(place);
    const links = graph.links(kind);
    const link = links.find(repository.index, place);
    if (link < 0 || links.state(link) === DiskState.unreadable || links.state(link) === DiskState.absent) return false;
    if (!steps.allows(linkFile(repository.name, kind, digest), tags)) return false;
    const named = { repository: repository.name, digest, path: linkFile(repository.name, kind, digest) };
    if (links.state(link) === DiskState.ok) {
      const content = graph.digests.text(links.target(link));
      const message = `move the ${kind} link away: what it leads to is of no use`;
      steps.add({ kind: "clean", ...named, reason: "useless-link", content, message }, tags);
    } else {
      const message = `move the malformed ${kind} link away`;
      steps.add({ kind: "clean", ...named, reason: "malformed-link", message }, tags);
    }
    return view.removeLink(repository, kind, place);
  }
}
