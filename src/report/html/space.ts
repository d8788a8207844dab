// The space of a root: a map of its repositories, and the same as a table.
import { formatBytes, formatNumberOf, formatShare } from "../../text/quantities.ts";
import { figuresTable } from "./figures-table.ts";
import { html, type Markup } from "./markup.ts";
import { left, section } from "./page.ts";
import { renderTreemap } from "./treemap.ts";

/** Bytes of blobs in the store, each counted once: `own`, `reclaimable` of all repositories and the rest are `total`. */
export interface RootSpace {
  readonly path: string;
  readonly tags: number;
  readonly blobs: number;
  readonly total: number;
  /** What tags of several repositories need. */
  readonly shared: number;
  /** What no tag needs, of several repositories or of none. */
  readonly unowned: number;
  /** Unfinished uploads, which are not in the store. */
  readonly uploads: number;
  readonly repositories: readonly RepositorySpace[];
}

export interface RepositorySpace {
  readonly name: string;
  /** What its tags need, and no other repository. */
  readonly own: number;
  /** What it alone needs, and no tag. */
  readonly reclaimable: number;
}

/** Rows of the table, and roots with a map. */
const ROWS = 10;
const ROOTS = 20;

/** Without the table where the page has one that tells more. */
export function spaceSection(spaces: readonly RootSpace[], { table = true } = {}): Markup | undefined {
  const filled = spaces.filter(({ total }) => total > 0);
  if (filled.length === 0) return undefined;
  const several = spaces.length > 1;
  return section(
    "Space",
    ...filled.slice(0, ROOTS).map((space) => rootPart(space, several, table)),
    left(filled.length - ROOTS, "root"),
  );
}

function rootPart(space: RootSpace, several: boolean, table: boolean): Markup {
  const { path, total, blobs, unowned, uploads, repositories } = space;
  const reclaimable = repositories.reduce((sum, one) => sum + one.reclaimable, unowned);
  const needed =
    reclaimable === 0
      ? "Tags need all of it"
      : `No tag needs ${formatBytes(reclaimable)} of it (${formatShare(reclaimable, total)})`;
  const inUploads = uploads > 0 && ` ${formatBytes(uploads)} more in unfinished uploads.`;
  return html`${several && html`<h3><code>${path}</code></h3>`}
<p>${formatNumberOf(blobs, "blob")} of ${formatBytes(total)}. ${needed}.${inUploads}</p>
${renderTreemap(space)}
<ul class="legend">
${legend("own", "one repository's own")}
${legend("shared", "shared by several")}
${legend("reclaimable", "reclaimable: no tag needs it")}
</ul>
${table && spaceTable(space)}`;
}

function spaceTable({ repositories, shared, unowned }: RootSpace): Markup {
  const bySize = [...repositories].sort((a, b) => b.own + b.reclaimable - a.own - a.reclaimable);
  const table = figuresTable({
    caption: "By repository: its own, which no other needs",
    of: "Repository",
    figures: ["Own", "Reclaimable"],
    rows: [
      ...bySize
        .slice(0, ROWS)
        .map(({ name, own, reclaimable }) => row(name, formatBytes(own), formatBytes(reclaimable))),
      ...(shared > 0 ? [row("shared by several repositories", formatBytes(shared), "")] : []),
      ...(unowned > 0 ? [row("of several repositories or none", "", formatBytes(unowned))] : []),
    ],
  });
  return html`${table}
${left(bySize.length - ROWS, "repository", "repositories")}`;
}

function row(name: string, ...figures: string[]) {
  return { name, figures };
}

function legend(kind: string, words: string): Markup {
  const hatch = kind === "reclaimable" && html`<path class="hatch" d="M0 14L14 0M-7 7L7 -7M7 21L21 7"/>`;
  return html`<li><svg viewBox="0 0 14 14" aria-hidden="true"><rect class="${kind}" width="14" height="14"/>${hatch}</svg>${words}</li>`;
}
