// Lines of text that fit a width. Everything that the text report prints goes through here, so here is the one gate
// where unprintable characters are shown instead of obeyed.
import type { ChalkInstance } from "chalk";
import { shortDigest } from "../layout/digest.ts";
import { STORAGE } from "../layout/paths.ts";
import { escapeText, showUnprintable } from "./escape.ts";
import { formatCount } from "./quantities.ts";

export interface Page {
  readonly colour: ChalkInstance;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether everything is printed, however much it is. */
  readonly full?: boolean;
}

export type Paint = (text: string) => string;

/** A part of a row. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
  /** Columns to fill up with spaces where the row fits on one line. */
  readonly pad?: number;
}

interface Prose {
  readonly first: number;
  readonly rest?: number;
  readonly paint?: Paint | undefined;
  readonly keep?: boolean | undefined;
}

/** Fewer columns than this are not honoured: nothing readable fits in them. */
const NARROWEST = 40;
const GAP = "  ";
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** How many columns a terminal gives this text. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) count += WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1;
  return count;
}

/** Prose: lines broken at spaces, `rest` columns indented but for the first. With `keep` no word is shortened, however long. */
export function* paragraph(
  page: Page,
  text: string,
  { first, rest = first, paint = plain, keep = page.full }: Prose,
): Generator<string> {
  const width = Math.max(page.width, NARROWEST);
  let indent = first;
  let line = "";
  for (const part of showUnprintable(text).split(" ")) {
    const word = keep ? part : shorten(part, width - Math.max(first, rest));
    if (line !== "" && indent + columns(line) + 1 + columns(word) > width) {
      yield `${" ".repeat(indent)}${paint(line)}\n`;
      indent = rest;
      line = "";
    }
    line += (line === "" ? "" : " ") + word;
  }
  yield `${" ".repeat(indent)}${paint(line)}\n`;
}

/** A path that something is to be done about, on a line of its own: to be copied, so neither wrapped nor shortened. */
export function* pathLine(page: Page, indent: number, path: string, paint: Paint = plain): Generator<string> {
  const shown = showUnprintable(path);
  // A terminal wraps what is too long: no part of a name may then look like a line of the report.
  const word = indent + columns(shown) > page.width ? shown.replaceAll(" ", "\\x20") : shown;
  yield `${" ".repeat(indent)}${paint(word)}\n`;
}

/** Cells side by side; where they do not fit, on as many lines as they need. Empty cells are left out, or fill up. */
export function* row(page: Page, indent: number, cells: readonly Cell[]): Generator<string> {
  const width = Math.max(page.width, NARROWEST);
  const shown = cells
    .map(({ text, paint = plain, pad = 0 }) => ({ text: escapeText(text), paint, pad }))
    .filter(({ text, pad }) => text !== "" || pad > 0);
  const padded = shown.map(({ text, pad }) => text + " ".repeat(Math.max(0, pad - columns(text))));
  if (indent + columns(padded.join(GAP).trimEnd()) <= width) {
    const line = shown.map(
      ({ text, paint }, index) => (text === "" ? "" : paint(text)) + padded[index]!.slice(text.length),
    );
    yield `${" ".repeat(indent)}${line.join(GAP).trimEnd()}\n`;
    return;
  }
  let line: string[] = [];
  let used = indent;
  let margin = indent;
  for (const { text, paint } of shown) {
    if (text === "") continue;
    const needed = (line.length > 0 ? GAP.length : 0) + columns(text);
    if (line.length > 0 && used + needed > width) {
      yield `${" ".repeat(margin)}${line.join(GAP)}\n`;
      line = [];
      margin = indent + GAP.length;
      used = margin;
    }
    const cut = page.full ? text : shorten(text, width - used - (line.length > 0 ? GAP.length : 0));
    used += (line.length > 0 ? GAP.length : 0) + columns(cut);
    line.push(paint(cut));
  }
  if (line.length > 0) yield `${" ".repeat(margin)}${line.join(GAP)}\n`;
}

/** How many entries of a list are printed: `most`, unless all are asked for. */
export function limit({ full = false }: Page, most: number): number {
  return full ? Number.POSITIVE_INFINITY : most;
}

/** A digest as docker prints it, unless all is printed in full. */
export function digestText({ full = false }: Page, digest: string): string {
  return full ? digest : shortDigest(digest);
}

/** The first of some names, and how many more there are. */
export function someOf(page: Page, names: readonly string[], most: number): string {
  const shown = names.slice(0, limit(page, most));
  const others = names.length - shown.length;
  return shown.join(", ") + (others > 0 ? ` and ${formatCount(others)} more` : "");
}

/** What a list that is cut short ends with; nothing when nothing is left out. */
export function* more(page: Page, indent: number, count: number): Generator<string> {
  if (count <= 0) return;
  yield* paragraph(page, `… and ${formatCount(count)} more (--full prints all)`, {
    first: indent,
    rest: indent + 2,
  });
}

/** A word without spaces in at most `width` columns: long hex goes first, then what all paths share, then the middle. */
function shorten(word: string, width: number): string {
  if (columns(word) <= width) return word;
  const shorter = word.replace(/([0-9a-f]{12})[0-9a-f]{52,}/g, "$1…");
  if (columns(shorter) <= width) return shorter;
  const below = shorter.replace(`${STORAGE}/`, "…/");
  return columns(below) <= width ? below : cutMiddle(below, width);
}

function cutMiddle(text: string, width: number): string {
  const characters = Array.from(text);
  const head = takeColumns(characters, Math.ceil((width - 1) / 2));
  const tail = takeColumns(characters.reverse(), Math.floor((width - 1) / 2));
  return `${head.join("")}…${tail.reverse().join("")}`;
}

function takeColumns(characters: readonly string[], width: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += columns(character);
    return used > width;
  });
  return characters.slice(0, end < 0 ? characters.length : end);
}

function plain(text: string): string {
  return text;
}
