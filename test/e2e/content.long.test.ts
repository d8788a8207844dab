// Content verified by the built program: in threads, within its time, and when it is interrupted.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { writeContentRoot } from "../../scripts/make-content/write.ts";
import type { ContentReport } from "../../src/contract/content.ts";
import { PROGRAM } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const MIB = 1 << 20;

/** A root with layers of so many bytes. */
function rootWith(sizes: readonly number[]): { root: string; digests: string[] } {
  const root = join(temporaryFolder(), "root");
  return { root, digests: writeContentRoot(root, sizes) };
}

interface Ended {
  readonly code: number | null;
  readonly content: ContentReport | undefined;
  readonly stderr: string;
}

/** Runs a scan that verifies content; `signal` is sent once it has read so many bytes. */
function scan(args: readonly string[], signal?: { readonly after: number; readonly name: NodeJS.Signals }) {
  return new Promise<Ended>((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, "scan", "--format", "json", "--verify-content", ...args]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    const watch = setInterval(() => {
      if (signal === undefined || bytesRead(child.pid!) < signal.after) return;
      clearInterval(watch);
      child.kill(signal.name);
    }, 20);
    child.once("close", (code) => {
      clearInterval(watch);
      const { content } = stdout === "" ? { content: undefined } : JSON.parse(stdout);
      resolve({ code, content, stderr });
    });
  });
}

/** What a process has read so far, as the kernel counts; 0 once it has ended. */
function bytesRead(pid: number): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

describe("content, verified by the built program", () => {
  it("is read in threads as it is read in one, large files past the cache", async () => {
    const { root, digests } = rootWith([...Array.from({ length: 14 }, (_, n) => n * MIB + n), 3, 5]);
    writeFileSync(join(root, blobPath(digests[10]!)), Buffer.alloc(10 * MIB + 10));
    for (const jobs of ["1", "2", "3"]) {
      const { code, content } = await scan(["--jobs", jobs, root]);
      expect([jobs, code, content?.read.blobs, content?.corrupt.blobs]).toEqual([jobs, 4, 16, 1]);
    }
  });

  it.each([["1"], ["2"]])("ends at its time, with %s threads, in the middle of blobs", async (jobs) => {
    const { root } = rootWith(Array.from({ length: 4 }, () => 100 * MIB));
    const slow = ["--max-bytes-per-second", "30M"];
    const { code, content } = await scan(["--jobs", jobs, "--max-time", "1s", ...slow, root]);
    expect([code, content?.ended]).toEqual([0, "max-time"]);
    // It would take more than three seconds to read one.
    expect(content?.read.blobs).toBe(0);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("is remembered where %s interrupts it", async (name) => {
    const { root } = rootWith(Array.from({ length: 150 }, () => MIB));
    const state = join(temporaryFolder(), "state.json");
    const slow = ["--state", state, "--max-bytes-per-second", "12M", root];
    // A machine that is too busy to write the record at once does without.
    for (let round = 0; round < 20 && !existsSync(`${state}.content`); round++) {
      const { code, stderr } = await scan(slow, { after: 10 * MIB, name });
      expect([code, stderr, existsSync(state)]).toEqual([32, `regfsck: interrupted (${name})\n`, false]);
    }
    const next = await scan(["--max-bytes", "1M", "--state", state, root]);
    expect(next.content?.read.blobs).toBe(1);
    expect(next.content?.verified.blobs).toBeGreaterThan(5);
    expect(next.content?.verified.blobs).toBeLessThan(150);
  });
});
