// The one line that says how far a run has come.
import { formatBytes, formatCount, formatDuration } from "../text/quantities.ts";

export interface Progress {
  readonly phase: string;
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
  readonly perSecond: number;
  /** What is counted, where that is no entries. */
  readonly unit?: "bytes" | undefined;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 5;

/** One line of at most `width` columns, without an end of line; the least important parts go first where it is narrow. */
export function renderProgress({ phase, done, total, perSecond, unit }: Progress, width: number): string {
  const amount = unit === "bytes" ? formatBytes : formatCount;
  const rate = perSecond > 0 ? `${amount(perSecond)}/s` : "";
  if (total === undefined) return fitParts([phase, amount(done), rate], width);
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const left = perSecond > 0 && done < total ? `${formatDuration(((total - done) / perSecond) * 1000)} left` : "";
  const parts = [phase, `${Math.floor(share * 100)}%`, `${amount(done)} of ${amount(total)}`, rate, left];
  const line = fitParts(parts, width);
  const room = Math.min(WIDEST_BAR, width - line.length - 4);
  return room < NARROWEST_BAR ? line : line.replace(phase, () => `${phase}  ${bar(share, room)}`);
}

/** As many of the parts as fit, in order. */
function fitParts(parts: readonly string[], width: number): string {
  let line = "";
  for (const part of parts) {
    if (part === "") continue;
    const longer = line === "" ? part : `${line}  ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line === "" ? parts[0]!.slice(0, Math.max(width, 0)) : line;
}

/** `[====>    ]`, with `room` columns inside. */
function bar(share: number, room: number): string {
  const filled = Math.floor(share * room);
  const done = "=".repeat(filled);
  return `[${(share < 1 && filled > 0 ? `${done.slice(1)}>` : done).padEnd(room)}]`;
}
