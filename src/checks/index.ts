// The catalogue of checks, in the order of the codes, and the one place where what they found becomes findings.
import { createHash } from "node:crypto";
import type { Finding, FindingCode, Severity } from "../contract/finding.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { cacheState } from "./cache-state.ts";
import type { Check, FindingDraft } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { danglingTag } from "./dangling-tag.ts";
import { digestMismatch } from "./digest-mismatch.ts";
import { expiredBlob } from "./expired-blob.ts";
import { invalidManifest } from "./invalid-manifest.ts";
import { malformedLink } from "./malformed-link.ts";
import { mismatchedLink } from "./mismatched-link.ts";
import { missingBlob } from "./missing-blob.ts";
import { missingChild } from "./missing-child.ts";
import { missingManifest } from "./missing-manifest.ts";
import { orphanLayerLink } from "./orphan-layer-link.ts";
import { sizeMismatch } from "./size-mismatch.ts";
import { staleUpload } from "./stale-upload.ts";
import { strayEntry } from "./stray-entry.ts";
import { unlinkedBlob } from "./unlinked-blob.ts";
import { unlinkedChild } from "./unlinked-child.ts";
import { unreadableForRegistry } from "./unreadable-for-registry.ts";
import { unreferencedBlob } from "./unreferenced-blob.ts";
import { unseenRepository } from "./unseen-repository.ts";

/** Adding a code: docs/internals/adding-a-check.md. */
export const CHECKS: Readonly<Record<FindingCode, Check>> = {
  "missing-child": missingChild,
  "unlinked-child": unlinkedChild,
  "missing-blob": missingBlob,
  "unlinked-blob": unlinkedBlob,
  "size-mismatch": sizeMismatch,
  "digest-mismatch": digestMismatch,
  "invalid-manifest": invalidManifest,
  "dangling-tag": danglingTag,
  "malformed-link": malformedLink,
  "unseen-repository": unseenRepository,
  "unreadable-for-registry": unreadableForRegistry,
  "cache-state": cacheState,
  "mismatched-link": mismatchedLink,
  "missing-manifest": missingManifest,
  "expired-blob": expiredBlob,
  "orphan-layer-link": orphanLayerLink,
  "stray-entry": strayEntry,
  "stale-upload": staleUpload,
  "unreferenced-blob": unreferencedBlob,
} satisfies { readonly [Code in FindingCode]: Check<Code> };

/** One finding as its check keeps it: small, and without words. */
export interface Found {
  readonly check: Check;
  readonly found: unknown;
}

/** A finding with its identity, severity, names and words. */
export function toFinding(context: CheckContext, { check, found }: Found): Finding {
  const { graph, root } = context;
  const draft = check.draft(context, found);
  const named = {
    ...(draft.repository && { repository: draft.repository.name }),
    ...(draft.tag !== undefined && { tag: graph.tags.name(draft.tag) }),
    ...(draft.digest !== undefined && draft.digest >= 0 && { digest: graph.digests.text(draft.digest) }),
    ...(draft.parent !== undefined && draft.parent >= 0 && { parent: graph.digests.text(draft.parent) }),
    ...(draft.role && { role: draft.role }),
    ...(draft.platform !== undefined && { platform: draft.platform }),
  };
  const { message, remedy } = check.words(context, found);
  return {
    id: findingId([check.code, root, named.repository, named.digest, named.parent, draft.path]),
    code: check.code,
    severity: severityOf(check, draft),
    root,
    ...named,
    path: draft.path,
    message,
    affects: draft.tags.map((tag) => imageName(graph, tag)),
    remedy,
    docsUrl: `docs/findings.md#${check.code}`,
  };
}

/** `repository:tag`. */
export function imageName(graph: RootGraph, tag: number): string {
  return `${graph.repository(graph.tags.repository(tag)).name}:${graph.tags.name(tag)}`;
}

/** Error or warning may depend on whether a tag needs it, or on who is known to be hurt. */
export function severityOf({ severity }: Check, draft: FindingDraft): Severity {
  if (draft.severity) return draft.severity;
  if (severity !== "error-if-tagged") return severity;
  if (draft.tags.length > 0) return "error";
  return draft.isUnwanted ? "info" : "warning";
}

/** Sixteen hex digits; fields are told apart by a byte that no path holds. */
function findingId(fields: readonly (string | undefined)[]): string {
  return createHash("sha256").update(fields.join("\0")).digest("hex").slice(0, 16);
}
