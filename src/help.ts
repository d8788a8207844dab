// What the help of the program and of its commands says below the options: examples, and what each exit code means.

/** What each code means, but for 16 and 32, which mean the same everywhere. */
export type ExitCodes = { readonly 0: string; readonly 4?: string; readonly 8: string; readonly 12?: string };

export function examplesText(lines: readonly string[]): string {
  return `Examples:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** One code a line. */
export function exitCodesText(codes: Readonly<Record<number, string>>): string {
  const lines = Object.entries(codes).map(([code, meaning]) => `\n  ${code.padEnd(4)}${meaning}`);
  return `Exit codes:${lines.join("")}`;
}

/** Below the list of commands: where to begin, whoever one is. */
export const PROGRAM_HELP = `${examplesText([
  "regfsck scan /opt/registry/data             what is broken, why, what to do",
  "regfsck probe https://registry.example.com  what clients get now",
  "regfsck plan /opt/registry/data             how to repair it",
  "regfsck gate /opt/registry/data             may a garbage collection run",
  "regfsck reclaim /opt/registry/data          what can be deleted safely",
])}
${exitCodesText({
  0: "complete, and nothing at or above --fail-on; only this permits a clean-up",
  4: "findings",
  8: "incomplete: something could not be read or written",
  12: "both",
  16: "wrong usage",
  32: "interrupted",
})}

Nothing is ever written to a storage root. What a command takes:
regfsck <command> --help, or man regfsck.`;
