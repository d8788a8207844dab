// Verified images for Mermaid, which many wikis and forges draw. What is broken is red.

import type { VerifyReport } from "../../contract/verify.ts";
import { escapeText } from "../../text/escape.ts";
import { imageGraph } from "./image-graph.ts";

const BROKEN = "fill:#fee,stroke:#c00,color:#900";

export function* renderImageMermaid({ images }: VerifyReport): Generator<string> {
  yield "flowchart LR\n";
  const broken: string[] = [];
  const brokenEdges: number[] = [];
  let edgeCount = 0;
  for (const [number, image] of images.entries()) {
    const { title, nodes, edges } = imageGraph(image, number);
    yield `  subgraph g${number}[${quoted([title])}]\n`;
    for (const { id, lines, good } of nodes) {
      yield `    ${id}[${quoted(lines)}]\n`;
      if (!good) broken.push(id);
    }
    for (const { from, to, good } of edges) {
      yield `    ${from} --> ${to}\n`;
      if (!good) brokenEdges.push(edgeCount);
      edgeCount++;
    }
    yield "  end\n";
  }
  if (broken.length > 0) yield `  classDef broken ${BROKEN}\n  class ${broken.join(",")} broken\n`;
  if (brokenEdges.length > 0) yield `  linkStyle ${brokenEdges.join(",")} stroke:#c00\n`;
}

/** Mermaid takes labels for Markdown with HTML in it; what is neither a letter, a digit nor plain goes as an entity. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    escapeText(line).replace(/[^\p{L}\p{N} .,:/@?…-]/gu, (character) => `#${character.codePointAt(0)};`),
  );
  return `"${escaped.join("<br>")}"`;
}
