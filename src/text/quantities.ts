// Numbers as a person reads them. The locale is fixed: the same storage gives the same report everywhere.

const BYTE_UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1,234`. */
export function formatCount(count: number): string {
  // Not Intl: loading its tables takes longer than a small scan.
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 tag`, `2 tags`, `2 repositories`. */
export function formatNumberOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `512 bytes`, `1.2 TiB`: three digits at most before rounding makes four. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return formatNumberOf(bytes, "byte");
  let value = bytes;
  let unit = -1;
  // 1023.5 would be shown as 1024.
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 99.95 ? value.toFixed(1) : formatCount(value)} ${BYTE_UNITS[Math.max(unit, 0)]}`;
}

/** `4.5 %`, `62 %`: a part of a whole. Never 100 % of less than all, nor 0 % of more than nothing. */
export function formatShare(part: number, whole: number): string {
  if (part >= whole) return "100 %";
  const percent = Math.floor((part / whole) * 1000) / 10;
  if (part > 0 && percent === 0) return "under 0.1 %";
  return `${percent < 10 ? percent : Math.floor(percent)} %`;
}

/** What a number is a count of where one of these follows: years, users and names of digits are none. */
const COUNTED =
  /(?<![\w.,:/@+#-])\d{4,15}(?= (?:bytes|blobs|tags|images|children|files|manifests|links|layer links|repositories|platforms|places|shards|more|again|in all|of \d+|to push)\b)/g;

/** A message, as JSON has it, with its large counts as `formatCount` gives them. */
export function withReadableCounts(message: string): string {
  return message.replace(COUNTED, (text) => formatCount(Number.parseInt(text, 10)));
}

/** The same, with large numbers of bytes as `formatBytes` gives them. */
export function withReadableNumbers(message: string): string {
  const readable = message.replace(/\b\d{4,15} bytes\b/g, (text) => formatBytes(Number.parseInt(text, 10)));
  return withReadableCounts(readable);
}

/** `0.4 s`, `1 min 5 s`, `2 h 3 min`; from milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** `a`, `a and b`, `a, b and c`. */
export function formatList(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
