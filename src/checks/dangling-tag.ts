// A tag whose current link names a manifest that is not served, or that has no current link.
import { tagCurrent } from "../layout/paths.ts";
import type { Answer } from "../registry/serve/serve.ts";
import type { Check } from "./finding.ts";

export const danglingTag: Check = {
  severity: "error",
  meaning: "a tag whose current link names a manifest that is not served, or that has no current link",
  inCaches: false,
  *find({ graph, pull }) {
    for (const { failure, repository, digest, reply, tag, tags } of pull.problems) {
      if (failure !== "dangling-tag") continue;
      yield {
        repository,
        tag,
        digest,
        tags,
        path: tagCurrent(repository.name, graph.tags.name(tag)),
        message: reply ? (REASONS[reply.answer] ?? "its manifest is not served") : "the tag has no current link: 404",
        remedy: "push the image again, or delete the tag's folder if nobody needs it",
      };
    }
  },
};

const REASONS: Partial<Record<Answer, string>> = {
  "not-linked": "the tag names a manifest that its repository has no link to: 404",
  "no-data": "the tag names a manifest whose data is not in the store: 404",
  "broken-store": "the tag names a manifest whose place in the store is no folder: 500",
  "broken-link": "the tag names a manifest whose link lies where a file stands for a folder: 500",
};
