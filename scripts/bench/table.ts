// Turns runs into Markdown tables: medians, with their spread, and ratios within the same run.
import { type Entries, sumEntries } from "./entries.ts";
import type { Measured, Run } from "./measure.ts";

export interface RootResult {
  /** What the root is called: a size or a folder's name. */
  name: string;
  entries: Entries;
  measured: Measured[];
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One row a command; ratios are to the regfsck scan (above 1: slower than it), and to the limit where that ran. */
export function rootTable({ name, entries, measured }: RootResult): string {
  const scan = medianWall(measured, "scan");
  const limit = medianWall(measured, "limit");
  const rows = measured.map(({ command, runs, failure }) => {
    if (failure !== null) return [code(command.label), `none: ${failure}`];
    const walls = runs.map((run) => run.wall);
    const wall = median(walls);
    return [
      code(command.label),
      `${wall.toFixed(2)} s`,
      `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`,
      seconds(medianOf(runs, "cpu")),
      megabytes(medianOf(runs, "peakMemory")),
      megabytes(medianOf(runs, "diskRead")),
      ratio(wall, scan),
      ratio(wall, limit),
      ((wall * 1e6) / sumEntries(entries)).toFixed(2),
      String(runs.length),
    ];
  });
  const heads = [
    "command",
    "wall",
    "min–max",
    "CPU",
    "peak memory",
    "from disk",
    "× scan",
    "× limit",
    "µs/entry",
    "runs",
  ];
  return `### ${name}: ${describeEntries(entries)}\n\n${markdownTable(heads, rows)}`;
}

/** Cost per entry by size, in microseconds; the last column is what growth does: the last root's cost to the first's. */
export function growthTable(results: RootResult[]): string {
  const names = results[0]?.measured.map(({ command }) => command) ?? [];
  const rows = names.map((command) => {
    const costs = results.map(({ entries, measured }) => {
      const wall = medianWall(measured, command.name);
      return wall === null ? null : (wall * 1e6) / sumEntries(entries);
    });
    const [first, last] = [costs[0] ?? null, costs.at(-1) ?? null];
    return [
      code(command.label),
      ...costs.map((cost) => cost?.toFixed(2) ?? "–"),
      last === null ? "–" : ratio(last, first),
    ];
  });
  const heads = [
    "µs per entry",
    ...results.map((result) => result.name),
    `${results.at(-1)?.name}/${results[0]?.name}`,
  ];
  return `### Growth\n\n${markdownTable(heads, rows)}`;
}

/** Start-up in milliseconds; the ratio is to a Node that does nothing. */
export function startupTable(measured: Measured[]): string {
  const nothing = medianWall(measured, "node");
  const rows = measured.map(({ command, runs, failure }) => {
    if (failure !== null) return [code(command.label), `none: ${failure}`];
    const wall = median(runs.map((run) => run.wall));
    return [
      code(command.label),
      `${(wall * 1000).toFixed(0)} ms`,
      megabytes(medianOf(runs, "peakMemory")),
      ratio(wall, nothing),
      String(runs.length),
    ];
  });
  return `### Start-up\n\n${markdownTable(["command", "wall", "peak memory", "× node", "runs"], rows)}`;
}

function describeEntries(entries: Entries): string {
  const { blobs, layerLinks, revisions, tags } = entries;
  const [b, l, r, t] = [blobs, layerLinks, revisions, tags].map((count) => count.toLocaleString("en"));
  return `${b} blobs, ${l} layer links, ${r} revisions, ${t} tags`;
}

function medianWall(measured: Measured[], name: string): number | null {
  const one = measured.find(({ command }) => command.name === name);
  if (one === undefined || one.failure !== null || one.runs.length === 0) return null;
  return median(one.runs.map((run) => run.wall));
}

function medianOf(runs: Run[], figure: "cpu" | "peakMemory" | "diskRead"): number | null {
  const values = runs.map((run) => run[figure]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}

function seconds(value: number | null): string {
  return value === null ? "–" : `${value.toFixed(2)} s`;
}

function megabytes(bytes: number | null): string {
  return bytes === null ? "–" : `${(bytes / 1e6).toFixed(0)} MB`;
}

function ratio(value: number, to: number | null): string {
  return to === null ? "–" : (value / to).toFixed(2);
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function markdownTable(heads: string[], rows: string[][]): string {
  const lines = [heads, heads.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${heads.map((_, column) => cells[column] ?? "").join(" | ")} |`).join("\n");
}
