// What why says of blobs, as plain data.
import type { StepKind } from "../registry/references.ts";
import type { AbortReport } from "./forecast-report.ts";
import type { Investigation } from "./investigation-run.ts";

export interface ReferenceReport {
  /** What `from` is to `to`, read upwards: `to` is a layer of `from`, and so on. */
  readonly kind: StepKind;
  readonly from: string;
  readonly to: string;
  /** The platform that an index gives its child. */
  readonly platform?: string;
  /** The only repository in which it holds, of referrers and aliases. */
  readonly repository?: string;
}

export interface TagReport {
  readonly repository: string;
  readonly tag: string;
  /** What it names. */
  readonly digest: string;
}

export interface LinkReport {
  readonly repository: string;
  readonly kind: "layer" | "revision";
  /** The digest that the link lies under, and the one that it holds (null where it cannot be read as one): one is the blob's. */
  readonly place: string;
  readonly target: string | null;
}

/** What holds a blob: some tag, only manifests that no tag leads to, only layer links (which collection ignores), or nothing. */
export type HeldBy = "tag" | "untagged-manifest" | "layer-link" | "nothing";

export interface CollectionReport {
  /** `absent`: it is not in the store. `aborts`: the collection ends before it deletes any blob. */
  readonly outcome: "kept" | "deleted" | "aborts" | "absent";
  /** The repositories that lose their revision link to it: what `-m` does to manifests without a tag of their own. */
  readonly unlinkedIn: readonly string[];
  readonly abort: AbortReport | null;
}

export interface BlobReport {
  readonly root: string;
  readonly digest: string;
  /** Whether anything in the root mentions it: the store, a link, a tag or a manifest. */
  readonly known: boolean;
  /** Null where that could not be read. */
  readonly stored: boolean | null;
  readonly bytes: number | null;
  /** ISO 8601, UTC: since when its data lies there. */
  readonly modified: string | null;
  /** Of what was read as a manifest; null for what is a manifest that cannot be served, or none. */
  readonly kind: "index" | "image" | "schema1" | null;
  readonly heldBy: HeldBy;
  /** Every step of every way up to tags, those next to the blob first. */
  readonly references: readonly ReferenceReport[];
  /** The tags at the top, by repository and name. */
  readonly tags: readonly TagReport[];
  readonly links: readonly LinkReport[];
  /** Tags that named it before, and do not now. */
  readonly formerTags: readonly Omit<TagReport, "digest">[];
  /** What garbage-collect would do with it, without and with -m. */
  readonly collection: { readonly plain: CollectionReport; readonly deleteUntagged: CollectionReport };
}

export interface WhyReport extends Investigation {
  readonly command: "why";
  /** By digest as asked for, then by root. */
  readonly blobs: readonly BlobReport[];
}
