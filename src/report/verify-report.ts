// What verify says of images, as plain data.
import type { Finding } from "../checks/finding.ts";
import type { Answer } from "../registry/serve.ts";
import type { Trouble } from "../registry/trouble.ts";
import type { Investigation } from "./investigation-run.ts";
import type { Verdict } from "./report.ts";

/** One thing that a client asks for when it pulls the image. */
export interface ImagePartReport {
  /** `manifest` is what the image itself is. */
  readonly role: "manifest" | "child" | "config" | "layer";
  /** How many manifests are above it. */
  readonly depth: number;
  /** What it is asked for by: a digest, or the text that stands where one should. */
  readonly digest: string;
  /** The manifest that names it; null for the image itself. */
  readonly parent: string | null;
  /** Of a manifest that could be read. */
  readonly kind?: "image" | "index" | "schema1";
  readonly platform?: string;
  /** What its descriptor says, and what is in the store; null where nothing says so, or nothing is there. */
  readonly size: number | null;
  readonly bytes: number | null;
  /** Whether the repository links it, and whether its data is in the store; null where that could not be read. */
  readonly linked: boolean | null;
  readonly stored: boolean | null;
  /** The HTTP status of asking for it; null where that depends on others, or cannot be told. */
  readonly status: 200 | 404 | 500 | null;
  readonly answer: Answer;
  /** What a client that gets here runs into. */
  readonly trouble?: Trouble;
  /** Whether a client gets so far: all above it is served, and as it should be. */
  readonly reached: boolean;
  /** A layer that clients fetch from elsewhere. */
  readonly foreign: boolean;
  /** A manifest whose own parts are listed further up. */
  readonly repeated: boolean;
}

export type ImageState = "whole" | "broken" | "unknown";

export interface ImageReport {
  readonly root: string;
  /** As it was asked for. */
  readonly image: string;
  readonly repository: string;
  readonly tag: string | null;
  /** The digest of its manifest; null where the tag names none. */
  readonly digest: string | null;
  readonly state: ImageState;
  /** The platforms that cannot be pulled; empty for an image of a single platform. */
  readonly platforms: readonly string[];
  /** What the tag answers; null for an image by digest. */
  readonly tagStatus: 200 | 404 | 500 | null;
  /** The bytes of its blobs that are in the store, each counted once. */
  readonly bytes: number;
  /** In the order in which manifests name them. */
  readonly parts: readonly ImagePartReport[];
  /** Why it is broken, as a scan says it. */
  readonly findings: readonly Finding[];
}

export interface VerifyReport extends Investigation {
  readonly command: "verify";
  readonly verdict: Verdict;
  /** Whether every blob was hashed, not manifests alone. */
  readonly contentVerified: boolean;
  readonly images: readonly ImageReport[];
}
