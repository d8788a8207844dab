// The Prometheus text format: what is written for the textfile collector, and reading back our own earlier file.
import { showUnprintable } from "../../text/escape.ts";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric: every one here is a gauge, since each run counts afresh. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Families without samples are left out. The help must need no escaping. */
export function renderFamilies(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
    })
    .join("");
}

/**
 * The values of one metric by root, from text as `renderFamilies` writes it. What is no such line, a line with other
 * labels and a value that is no finite number are passed over, so that any text is safe to read.
 */
export function valuesByRoot(text: string, name: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (!line.startsWith(`${name}{`)) continue;
    const match = SAMPLE_OF_ROOT.exec(line.slice(name.length));
    if (!match) continue;
    const value = Number(match[2]);
    if (Number.isFinite(value)) values.set(unescapeLabel(match[1]!), value);
  }
  return values;
}

const SAMPLE_OF_ROOT = /^\{root="((?:[^"\\]|\\["\\n])*)"\} (\d+(?:\.\d+)?)$/;

function labelText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(",")}}`;
}

/** As the format has it; what would clear a terminal that shows the file is shown as `\x1b`, and can be told from that text. */
function escapeLabel(value: string): string {
  const shown = showUnprintable(value.replace(/\\(?=[nrtux])/g, "\\x5c"));
  return shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

function unescapeLabel(text: string): string {
  const shown = text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
  return shown.replace(/\\(?:([nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\})/g, (_, short, ...codes) =>
    short === undefined ? String.fromCodePoint(Number.parseInt(codes.find(Boolean), 16)) : SHORT[short as "n"],
  );
}

const SHORT = { n: "\n", r: "\r", t: "\t" } as const;
