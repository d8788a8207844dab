// A go of a gate for registry 3 is worth a deletion: on no recorded root did the real 3.1.1 take, after a go, what was served.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runProgram } from "../worlds/scan-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";

interface Recorded {
  readonly name: string;
  readonly gc: Readonly<Record<"plain" | "untagged", { readonly real: Readonly<Record<string, unknown>> }>>;
}

const here = fileURLToPath(new URL("registry-3", import.meta.url));
const lines = readFileSync(`${here}/results.jsonl`, "utf8").trimEnd().split("\n");
const recorded = lines.map((line) => JSON.parse(line) as Recorded);
/** Long after the roots were unpacked: nothing is young. */
const LATER = Date.UTC(2100, 0, 1);

async function decisionOn(name: string, mode: "plain" | "untagged"): Promise<string> {
  const { fs, root } = unpackedWorld(`${here}/roots/${name}.tar.gz`);
  const options = ["--registry", "3", "--authoritative", "registry", "--allow-broken", "--max-delete", "100%"];
  const line = ["gate", ...options, ...(mode === "untagged" ? ["-m"] : []), "--format", "json", root];
  const { printed } = await runProgram(fs, line, LATER);
  return (JSON.parse(printed) as { decision: string }).decision;
}

describe.each(["plain", "untagged"] as const)("a gate's go for registry 3, %s", (mode) => {
  it("is given only where the real garbage collection completed and took nothing that was served", async () => {
    const decided = await Promise.all(
      recorded.map(async ({ name, gc }) => ({ name, real: gc[mode].real, decision: await decisionOn(name, mode) })),
    );
    const goes = decided.filter(({ decision }) => decision === "go");
    const wrong = goes.filter(({ real }) => {
      const { exit, newlyBrokenTags, newlyBrokenRevisions } = real;
      return exit !== 0 || JSON.stringify([newlyBrokenTags, newlyBrokenRevisions]) !== "[{},{}]";
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(goes.length).toBeGreaterThan(20);
  });
});
