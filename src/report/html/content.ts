// How far the content of blobs is verified, by age: a bar for each root.
import type { ContentReport } from "../../contract/content.ts";
import type { ScanReport } from "../../contract/scan.ts";
import { formatBytes, formatCount } from "../../text/quantities.ts";
import { html, type Markup } from "./markup.ts";
import { left, section, time } from "./page.ts";

type Evidence = ContentReport["roots"][number];
type Amount = Evidence["total"];

const ROOTS = 50;
/** Of a bar. */
const WIDTH = 1000;

/** Nothing where nothing is known of it. */
export function contentSection({ content }: Pick<ScanReport, "content">): Markup | undefined {
  if (content === undefined) return undefined;
  const { roots } = content;
  return section(
    "Content read again",
    html`${roots.slice(0, ROOTS).map((evidence) => rootPart(evidence, roots.length > 1))}`,
    left(roots.length - ROOTS, "root"),
  );
}

function rootPart({ root, total, verified, recent, oldest, corrupt }: Evidence, several: boolean): Markup {
  const less = (a: Amount, b: Amount) => ({ blobs: a.blobs - b.blobs, bytes: a.bytes - b.bytes });
  const parts = [
    { name: "verified within 30 days", kind: "own", ...recent },
    { name: "verified before that", kind: "shared", ...less(verified, recent) },
    { name: "found corrupt", kind: "reclaimable", ...corrupt },
    { name: "never verified", kind: "unknown", ...less(less(total, verified), corrupt) },
  ];
  let at = 0;
  const areas = parts.map(({ name, kind, bytes }) => {
    const from = at;
    at += total.bytes === 0 ? 0 : (bytes / total.bytes) * WIDTH;
    const [x, width] = [Math.round(from), Math.round(at) - Math.round(from)];
    return width > 0 && html`<rect class="${kind}" x="${x}" width="${width}" height="12"><title>${name}</title></rect>`;
  });
  const rows = parts
    .filter(({ kind, blobs }) => kind !== "reclaimable" || blobs > 0)
    .map(
      ({
        name,
        kind,
        bytes,
        blobs,
      }) => html`<tr><th scope="row"><svg class="swatch" viewBox="0 0 14 14" aria-hidden="true"><rect class="${kind}" width="14" height="14"/></svg>${name}</th><td class="number">${formatBytes(bytes)}</td><td class="number">${formatCount(blobs)}</td></tr>
`,
    );
  return html`${several && html`<h3>${root}</h3>`}
<svg class="bar" viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" role="img" aria-label="How much content is verified, by age; the table below has the figures">${areas}</svg>
<div class="wide"><table class="figures">
<thead><tr><th scope="col">Content</th><th scope="col" class="number">Space</th><th scope="col" class="number">Blobs</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${
  oldest !== null &&
  html`<p>The oldest evidence is of ${time(oldest)}.</p>
`
}`;
}
