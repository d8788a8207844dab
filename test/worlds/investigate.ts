// Runs verify, why, usage and plan on a world, and holds each report against its published schema.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import type { PlanReport } from "../../src/contract/plan.ts";
import type { UsageReport } from "../../src/contract/usage.ts";
import type { VerifyReport } from "../../src/contract/verify.ts";
import type { WhyReport } from "../../src/contract/why.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { runProgram } from "./scan-world.ts";

interface Reports {
  verify: VerifyReport;
  why: WhyReport;
  usage: UsageReport;
  plan: PlanReport;
}

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const schemas = jsonSchemas();
const validators = Object.fromEntries(
  ["verify", "why", "usage", "plan"].map((command) => [
    command,
    {
      report: ajv.compile(schemas[`${command}.schema.json`]!),
      line: ajv.compile(schemas[`${command}-line.schema.json`]!),
    },
  ]),
);

/** Runs a command with these arguments: its JSON report, which is valid, and its exit code. */
export async function investigate<Command extends keyof Reports>(
  fs: StorageFs,
  command: Command,
  args: readonly string[],
): Promise<Reports[Command] & { exitCode: number }> {
  const { printed, exitCode } = await runProgram(fs, [command, "--format", "json", ...args]);
  const report = JSON.parse(printed);
  const { report: isReport } = validators[command]!;
  expect(isReport(report), ajv.errorsText(isReport.errors)).toBe(true);
  return { ...report, exitCode };
}

/** Runs a command with these arguments: the objects that it prints a line each, which are valid. */
export async function investigateLines(
  fs: StorageFs,
  command: keyof Reports,
  args: readonly string[],
): Promise<{ type: string }[]> {
  const { printed } = await runProgram(fs, [command, "--format", "jsonl", ...args]);
  const lines = printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { line: isLine } = validators[command]!;
  for (const line of lines) expect(isLine(line), ajv.errorsText(isLine.errors)).toBe(true);
  return lines;
}
