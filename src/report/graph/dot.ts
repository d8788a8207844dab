// Verified images for Graphviz: `dot -Tsvg`. What is broken is red.

import type { VerifyReport } from "../../contract/verify.ts";
import { escapeText } from "../../text/escape.ts";
import { imageGraph } from "./image-graph.ts";

export function* renderImageDot({ images }: VerifyReport): Generator<string> {
  yield "digraph images {\n";
  yield "  rankdir=LR;\n";
  yield '  node [shape=box, fontname="sans-serif"];\n';
  for (const [number, image] of images.entries()) {
    const { title, nodes, edges } = imageGraph(image, number);
    yield `  subgraph cluster_${number} {\n`;
    yield `    label=${quoted([title])};\n`;
    for (const { id, lines, good } of nodes) {
      yield `    ${id} [label=${quoted(lines)}${good ? "" : ', color="red", fontcolor="red"'}];\n`;
    }
    for (const { from, to, good } of edges) yield `    ${from} -> ${to}${good ? "" : ' [color="red"]'};\n`;
    yield "  }\n";
  }
  yield "}\n";
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => escapeText(line).replace(/[\\"]/g, "\\$&")).join("\\n")}"`;
}
