// Durations and sizes as people write them: 90s, 30m, 12h, 7d, 2w; 500G.

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]!]! : undefined;
}

const POWERS = ["", "K", "M", "G", "T"];

/** Bytes: `500G` are 500 GiB. Undefined when the text is no size. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text);
  return match ? Math.floor(Number(match[1]) * 1024 ** POWERS.indexOf(match[2]!.toUpperCase())) : undefined;
}
