// regfsck gate --recheck: whether anything moved since a gate said go. Reads tags, revisions and uploads alone.
import { createHash } from "node:crypto";
import { z } from "zod";
import { UsageError } from "../contract/errors.ts";
import type { Decision, Fingerprint } from "../contract/gate.ts";
import { REGISTRY } from "../contract/run.ts";
import type { Unreadable } from "../facts/facts.ts";
import { markLines } from "../facts/fingerprint.ts";
import { chooseRoots } from "../inspect/choose-roots.ts";
import type { OptionsOf } from "../options.ts";
import { readInput } from "../output/input-file.ts";
import { print } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { readMarks } from "../scan/read-fingerprint.ts";
import { escapeText } from "../text/escape.ts";
import { GATE_EXIT } from "./gate.ts";

/** The report of a gate that was asked about a million tags has less. */
const MOST_BYTES = 1 << 29;

const GATE_REPORT = z.object({
  schemaVersion: z.literal(1),
  command: z.literal("gate"),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  decision: z.enum(["go", "stop", "undecided"]),
  fingerprints: z.array(z.object({ root: z.string(), path: z.string(), sha256: z.string().length(64) })).min(1),
});
type EarlierGate = z.infer<typeof GATE_REPORT>;

/**
 * Compares and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. Throws a UsageError for a file that is no
 * gate's report of this version, or one about other roots.
 */
export async function recheckGate(
  options: OptionsOf<"gate"> & { recheck: string },
  terminal: Terminal,
): Promise<number> {
  const earlier = readEarlier(options.recheck);
  const { chosen, unreadable: outside } = chooseRoots(terminal.fs, { ...options, repositories: [] });
  const paths = new Set(chosen.map(({ root }) => root.path));
  const other = earlier.fingerprints.find(({ path }) => !paths.has(path));
  if (other || paths.size !== earlier.fingerprints.length) {
    throw new UsageError(`${options.recheck} is about other roots than ${options.paths.join(" ")}`);
  }
  const unreadable: Unreadable[] = [...outside];
  const moved = earlier.fingerprints.filter((before) => hasMoved(before, unreadable, terminal));
  const { decision, reasons } = decideAgain(earlier, moved, unreadable);
  const code = GATE_EXIT[decision];
  const tool = { name: "regfsck", version: terminal.version };
  const answer = {
    schemaVersion: 1,
    tool,
    registry: REGISTRY,
    command: "gate",
    recheckOf: earlier.runId,
    decision,
    reasons,
  };
  const words = [decision.toUpperCase(), ...reasons.map((reason) => `  ${escapeText(reason)}`)];
  const lines = options.format === "text" ? words : [JSON.stringify(answer)];
  await print(options, code, async () => lines.map((line) => `${line}\n`), terminal);
  return code;
}

function decideAgain(
  { decision, startedAt }: EarlierGate,
  moved: readonly Fingerprint[],
  unreadable: readonly Unreadable[],
): { decision: Decision; reasons: string[] } {
  if (decision !== "go") return { decision, reasons: [`the gate of ${startedAt} did not say go, but ${decision}`] };
  if (moved.length > 0 && unreadable.length === 0) {
    const what = `tags, revisions or uploads moved since ${startedAt}; run the gate again`;
    return { decision: "stop", reasons: moved.map(({ root }) => `${root}: ${what}`) };
  }
  const reasons = unreadable.map(({ path, error }) => `${path} could not be read (${error})`);
  return { decision: reasons.length > 0 ? "undecided" : "go", reasons };
}

function hasMoved({ path, sha256 }: Fingerprint, unreadable: Unreadable[], terminal: Terminal): boolean {
  const hash = createHash("sha256");
  for (const line of markLines(readMarks(terminal.fs, path, unreadable))) hash.update(line);
  return hash.digest("hex") !== sha256;
}

function readEarlier(file: string): EarlierGate {
  let text: string;
  try {
    text = readInput(file, MOST_BYTES);
  } catch (error) {
    throw new UsageError(`--recheck ${file}: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`--recheck ${file}: not JSON, or cut off`);
  }
  const parsed = GATE_REPORT.safeParse(json);
  if (!parsed.success) throw new UsageError(`--recheck ${file}: not a gate's report of this version`);
  return parsed.data;
}
