// A root's space as a map: areas are bytes. Once for wide windows and paper, once for a telephone, of which the stylesheet shows one.
import { type HierarchyRectangularNode, hierarchy, treemap } from "d3-hierarchy";
import { groupBy } from "../../text/group-by.ts";
import { columns } from "../../text/page.ts";
import { formatBytes, formatCount } from "../../text/quantities.ts";
import { html, type Markup, prose } from "./markup.ts";
import type { RepositorySpace, RootSpace } from "./space.ts";

type Kind = "own" | "shared" | "reclaimable";

interface Area {
  readonly name: string;
  readonly kind?: Kind;
  readonly bytes?: number;
  readonly children?: readonly Area[];
}

interface Frame {
  readonly className: "broad" | "narrow";
  readonly width: number;
  readonly height: number;
  /** Repositories, and groups of them, with an area of their own. */
  readonly repositories: number;
}

const FRAMES: readonly Frame[] = [
  { className: "broad", width: 1100, height: 420, repositories: 60 },
  { className: "narrow", width: 330, height: 480, repositories: 25 },
];

/** Of a line of text, in the units of the map. */
const LINE = 16;
/** Of a shortened name less than so many letters tells nothing. */
const SHORTEST = 5;

export function renderTreemap(space: RootSpace): Markup {
  return html`${FRAMES.map((frame) => renderFrame(space, frame))}`;
}

function renderFrame(space: RootSpace, { className, width, height, repositories }: Frame): Markup {
  const root = hierarchy<Area>({ name: "", children: areasOf(space, repositories) })
    .sum(({ bytes = 0 }) => bytes)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const laidOut = treemap<Area>().size([width, height]).paddingInner(2).round(true)(root);
  return html`<svg class="${className}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Space by repository; the table below has the figures">
${laidOut.leaves().map(renderArea)}</svg>
`;
}

/** The largest repositories, or groups of them, all others together, and what is nobody's own. */
function areasOf({ repositories, shared, unowned }: RootSpace, most: number): Area[] {
  const areas: Area[] = groupsOf(repositories, most).map(({ name, own, reclaimable }) => ({
    name,
    children: [
      { name, kind: "own", bytes: own },
      { name, kind: "reclaimable", bytes: reclaimable },
    ],
  }));
  areas.push({ name: "shared by several", kind: "shared", bytes: shared });
  areas.push({ name: "nobody's own", kind: "reclaimable", bytes: unowned });
  return areas;
}

/**
 * About so many: where there are more repositories, the largest half by themselves, then the others by the first part of their
 * names, and of these groups the largest.
 */
function groupsOf(repositories: readonly RepositorySpace[], most: number): RepositorySpace[] {
  const bySize = largestFirst(repositories);
  if (bySize.length <= most) return bySize;
  const alone = bySize.slice(0, most / 2);
  const byTop = groupBy(bySize.slice(alone.length), ({ name }) => name.split("/", 1)[0]!);
  const groups = largestFirst(
    [...byTop].map(([top, some]) => ({ ...sumOf(some, (count) => `${top} (${count})`), some })),
  );
  const shown = groups.slice(0, most - alone.length);
  const left = groups.slice(shown.length).flatMap(({ some }) => some);
  return [...alone, ...shown, ...(left.length > 0 ? [sumOf(left, (count) => `${count} others`)] : [])];
}

function largestFirst<Space extends RepositorySpace>(spaces: readonly Space[]): Space[] {
  const size = ({ own, reclaimable }: Space) => own + reclaimable;
  return [...spaces].sort((a, b) => size(b) - size(a));
}

/** One by its own name, several by what `name` makes of their number. */
function sumOf(spaces: readonly RepositorySpace[], name: (count: string) => string): RepositorySpace {
  const [first] = spaces;
  return {
    name: spaces.length === 1 ? first!.name : name(formatCount(spaces.length)),
    own: spaces.reduce((sum, { own }) => sum + own, 0),
    reclaimable: spaces.reduce((sum, { reclaimable }) => sum + reclaimable, 0),
  };
}

const WORDS: Record<Kind, string> = { own: "own", shared: "shared", reclaimable: "reclaimable" };

function renderArea({ x0, y0, x1, y1, value = 0, data }: HierarchyRectangularNode<Area>): Markup {
  const { name, kind = "own" } = data;
  const width = x1 - x0;
  const height = y1 - y0;
  if (value === 0 || width <= 0 || height <= 0) return html``;
  const figure = formatBytes(value);
  const room = width - 9;
  const label = height < LINE + 4 ? "" : fitted(name, room);
  const hasFigure = label !== "" && height >= 2 * LINE + 6 && labelWidth(figure) <= room;
  const hatched = kind === "reclaimable";
  const text = (line: number, words: string) =>
    html`<text${hatched && html` class="on-hatch"`} x="${x0 + 5}" y="${y0 + 15 + line * LINE}">${words}</text>`;
  return html`<g><title>${name}: ${figure} ${WORDS[kind]}</title><rect class="${kind}" x="${x0}" y="${y0}" width="${width}" height="${height}"/>${
    hatched && html`<path class="hatch" d="${prose(hatch(x0, y0, x1, y1))}"/>`
  }${label !== "" && text(0, label)}${hasFigure && text(1, figure)}</g>
`;
}

/** The end of a name tells more than its beginning: `team/service/api` is one of many `team/service`. "" where too little fits. */
function fitted(name: string, room: number): string {
  if (labelWidth(name) <= room) return name;
  const letters = [...name];
  const end = letters.findIndex((_, start) => labelWidth(`…${letters.slice(start).join("")}`) <= room);
  return end >= 0 && letters.length - end >= SHORTEST ? `…${letters.slice(end).join("")}` : "";
}

/** Widths of letters in the widest of the usual fonts (DejaVu Sans, 12 px), by those that are narrow or wide. */
const WIDTHS: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl.,:;'|! ]/, 4],
  [/[frt()[\]/\\-]/, 5],
  [/[mwMW%@…]/, 12],
  [/[A-Z_~+=<>#&]/, 10],
];

/** How wide a text is at most, in the units of the map. */
function labelWidth(text: string): number {
  return [...text].reduce((sum, letter) => {
    const [, width] = WIDTHS.find(([letters]) => letters.test(letter)) ?? [];
    return sum + (width ?? 8 * columns(letter));
  }, 0);
}

const STRIPE = 14;
/** A large area has so many stripes at most. */
const STRIPES = 40;

/** Diagonal lines, so that what is reclaimable can be told without colour; from lower left to upper right, clipped to the area. */
function hatch(x0: number, y0: number, x1: number, y1: number): string {
  const length = x1 - x0 + (y1 - y0);
  const step = Math.max(STRIPE, length / STRIPES);
  let path = "";
  for (let at = step / 2; at < length; at += step) {
    const fromX = Math.max(x0, x0 + at - (y1 - y0));
    const fromY = Math.min(y1, y0 + at);
    const toX = Math.min(x1, x0 + at);
    const toY = Math.max(y0, y0 + at - (x1 - x0));
    path += `M${Math.round(fromX)} ${Math.round(fromY)}L${Math.round(toX)} ${Math.round(toY)}`;
  }
  return path;
}
