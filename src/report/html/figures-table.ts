// A table of names and figures; on a telephone each figure stands on a line of its own, with its heading.
import { html, type Markup } from "./markup.ts";

interface FiguresTable {
  readonly caption?: string;
  /** What the first column holds. */
  readonly of: string;
  /** The headings of the figures. */
  readonly figures: readonly string[];
  readonly rows: readonly { readonly name: Markup | string; readonly figures: readonly string[] }[];
}

export function figuresTable({ caption, of, figures, rows }: FiguresTable): Markup {
  const heading = (figure: string) => html`<th scope="col" class="number">${figure}</th>`;
  const cell = (figure: string, index: number) => html`<td class="number" data-of="${figures[index]}">${figure}</td>`;
  return html`<div class="wide"><table class="stacked">
${caption !== undefined && html`<caption>${caption}</caption>\n`}<thead><tr><th scope="col">${of}</th>${figures.map(heading)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr><th scope="row">${row.name}</th>${row.figures.map(cell)}</tr>\n`)}</tbody>
</table></div>
`;
}
