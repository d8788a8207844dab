// Verified images as a graph to be drawn: a node a blob (a layer that two platforms share is drawn once), an edge a reference.

import type { ImagePartReport, ImageReport } from "../../contract/verify.ts";
import { shortDigest } from "../../layout/digest.ts";
import { formatBytes } from "../../text/quantities.ts";
import { answerWords, isPartGood, linkWords, partName, storeWords } from "../text/image-part.ts";

export interface GraphNode {
  /** Unique in a report, of letters and digits. */
  readonly id: string;
  /** Lines of text; they may hold anything. */
  readonly lines: readonly string[];
  readonly good: boolean;
}

export interface ImageGraph {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  /** Ids, from what references to what is referenced. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly good: boolean }[];
}

/** `number` tells the images of a report apart. */
export function imageGraph(image: ImageReport, number: number): ImageGraph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, ImageGraph["edges"][number]>();
  const connect = (from: string, to: string, good: boolean) => {
    const known = edges.get(`${from} ${to}`);
    edges.set(`${from} ${to}`, { from, to, good: good && (known?.good ?? true) });
  };
  const top = `i${number}`;
  if (image.tag !== null) {
    const status = image.tagStatus === null ? "?" : `${image.tagStatus}`;
    nodes.set(top, { id: top, lines: [`tag ${image.tag}`, status], good: image.tagStatus === 200 });
  }
  const idOf = new Map<string, string>();
  for (const part of image.parts) {
    // A digest can be asked for as a manifest and as a blob, with different answers.
    const key = keyOf(part.digest, part);
    const id = idOf.get(key) ?? `${top}n${idOf.size}`;
    idOf.set(key, id);
    const known = nodes.get(id);
    const good = isPartGood(part) && (known?.good ?? true);
    nodes.set(id, { id, lines: known && (known.good || !good) ? known.lines : linesOf(part), good });
    const parent = part.parent === null ? undefined : idOf.get(`manifest ${part.parent}`);
    if (parent !== undefined) connect(parent, id, isPartGood(part));
    else if (image.tag !== null) connect(top, id, isPartGood(part));
  }
  return { title: `${image.root}: ${image.image}`, nodes: [...nodes.values()], edges: [...edges.values()] };
}

function keyOf(digest: string, { role }: ImagePartReport): string {
  return `${role === "config" || role === "layer" ? "blob" : "manifest"} ${digest}`;
}

function linesOf(part: ImagePartReport): string[] {
  const size = part.bytes ?? part.size;
  const state = [linkWords(part), storeWords(part), answerWords(part)].filter((word) => word !== "").join(", ");
  return [partName(part), `${shortDigest(part.digest)}${size === null ? "" : `, ${formatBytes(size)}`}`, state];
}
