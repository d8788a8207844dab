// A link whose content is no digest: 500 on use, and collection aborts where it reads it.
import { linkFile, tagCurrent } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

export const malformedLink: Check = {
  severity: "error",
  meaning: "a link whose content is no digest: 500 on use, and collection aborts",
  inCaches: true,
  *find({ graph, pull }) {
    for (const { failure, repository, digest, reply, tag, platform, tags } of pull.problems) {
      if (failure === "broken-tag") {
        yield {
          repository,
          tag,
          tags,
          path: tagCurrent(repository.name, graph.tags.name(tag)),
          message: `the tag's link is malformed (${graph.tags.reason(tag)}): 500, and collection with -m aborts`,
          remedy: "push the tag again, or delete its folder if nobody needs it",
        };
      }
      if (failure !== "broken-link") continue;
      const { kind, link } = reply!;
      const reason = (kind === "layer" ? graph.layerLinks : graph.revisions).reason(link);
      const effect = kind === "layer" ? "500 when it is pulled" : "500 when it is pulled, and collection aborts";
      yield {
        repository,
        digest,
        platform,
        tags,
        path: linkFile(repository.name, kind, graph.digests.text(digest)),
        message: `the ${kind} link is malformed (${reason}): ${effect}`,
        remedy: `write its own digest into it if the blob is in the store, else delete its folder and push again`,
      };
    }
  },
};
