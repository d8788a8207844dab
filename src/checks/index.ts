// The catalogue of checks, in the order of the codes, and the one place where what they found becomes findings.
import type { Finding, FindingCode, Severity } from "../contract/finding.ts";
import { hashHex } from "../facts/hash.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { cacheState } from "./cache-state.ts";
import type { Check, FindingDraft } from "./check.ts";
import { damageRecord } from "./content-damage.ts";
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
  const named = namesOf(context, draft);
  const { message, remedy } = check.words(context, found);
  const suspect = check.suspect?.(context, found);
  const damage = suspect && damageRecord(graph, suspect);
  const { repository, digest, parent, path } = named;
  // In the order of the contract. Member by member, since to spread objects took half the time of a million of these.
  const finding: { -readonly [Member in keyof Finding]?: Finding[Member] } = {
    id: idOf(check, root, named),
    code: check.code,
    severity: severityOf(check, draft),
    root,
  };
  if (repository !== undefined) finding.repository = repository;
  if (draft.tag !== undefined) finding.tag = graph.tags.name(draft.tag);
  if (digest !== undefined) finding.digest = digest;
  if (parent !== undefined) finding.parent = parent;
  if (draft.role) finding.role = draft.role;
  if (draft.platform !== undefined) finding.platform = draft.platform;
  finding.path = path;
  finding.message = message;
  finding.affects = draft.tags.map((tag) => imageName(graph, tag));
  finding.remedy = remedy;
  finding.docsUrl = `docs/findings.md#${check.code}`;
  if (damage) finding.damage = damage;
  return finding as Finding;
}

/** The id of what a draft is about: toFinding without words. */
export function findingId(context: CheckContext, check: Check, draft: FindingDraft): string {
  return idOf(check, context.root, namesOf(context, draft));
}

/** What a finding is known by from run to run, beside its root and code. */
interface Names {
  readonly repository: string | undefined;
  readonly digest: string | undefined;
  readonly parent: string | undefined;
  readonly path: string;
}

function namesOf({ graph: { digests } }: CheckContext, draft: FindingDraft): Names {
  const textOf = (digest: number | undefined) =>
    digest === undefined || digest < 0 ? undefined : digests.text(digest);
  const { repository, digest, parent, path } = draft;
  return { repository: repository?.name, digest: textOf(digest), parent: textOf(parent), path };
}

/** Sixteen hex digits; fields are told apart by a byte that no path holds. */
function idOf({ code }: Check, root: string, { repository, digest, parent, path }: Names): string {
  const what = `${code}\0${root}\0${repository ?? ""}\0${digest ?? ""}\0${parent ?? ""}\0${path}`;
  return hashHex("sha256", what).slice(0, 16);
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
