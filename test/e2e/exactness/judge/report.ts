// Runs the program under test on a root and reads its JSON report, as far as the comparison needs it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Tested } from "../tested.ts";

export interface Finding {
  id: string;
  code: string;
  severity: string;
  repository?: string | null;
  tag?: string | null;
  digest?: string | null;
  parent?: string | null;
  role?: string | null;
  path: string;
  message: string;
  affects: string[];
}

export interface Report {
  verdict: string;
  causes: { code: string }[];
  brokenTags: { repository: string; tag: string; findings: string[] }[];
  findings: Finding[];
  unreadable: { path: string; error: string }[];
  summary: { error: number; warning: number; info: number; brokenTags: number };
}

export interface ProgramRun {
  exitCode: number | "timeout";
  stderr: string;
  stdout: string;
  /** undefined when stdout is no JSON object. */
  report: Report | undefined;
}

/** The built program, or another build of it that REGFSCK names. */
export const program = process.env["REGFSCK"] ?? fileURLToPath(new URL("../../../../dist/cli.js", import.meta.url));

/** How long one scan of a small root may take before it counts as hung; generous, so that load never decides. */
const patienceMs = 60_000;

/** `node dist/cli.js scan --format json <root>`: run `npm run build` first. */
export async function scanRoot(root: string, registry: Tested["registry"] = "2"): Promise<ProgramRun> {
  const { exitCode, stdout, stderr } = await runToEnd(
    process.execPath,
    [program, "scan", "--registry", registry, "--format", "json", root],
    patienceMs,
  );
  return { exitCode, stdout, stderr, report: reportIn(stdout) };
}

/** Runs a program and resolves however it ends; killed after `limitMs`. */
export function runToEnd(
  command: string,
  args: string[],
  limitMs: number,
): Promise<{ exitCode: number | "timeout"; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limitMs);
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      const [stdout, stderr] = [Buffer.concat(out).toString(), Buffer.concat(err).toString()];
      resolve({ exitCode: late ? "timeout" : (code ?? -1), stdout, stderr });
    });
  });
}

function reportIn(stdout: string): Report | undefined {
  try {
    const report = JSON.parse(stdout) as Partial<Report> | null;
    return report?.findings !== undefined && report.brokenTags !== undefined ? (report as Report) : undefined;
  } catch {
    return undefined;
  }
}
