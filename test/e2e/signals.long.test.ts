// A run with a limit on calls, ended by a signal: the command sleeps between its calls in a thread of its own, so that it is seen at once.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PROGRAM } from "../worlds/program.ts";

const healthy = fileURLToPath(new URL("../../test-fixtures/healthy", import.meta.url));
const CHILD = "sha256:4582f57a42bde5dbdcb5b50b3ed32ab669d6a8319eb5d5d666bd6785b6cd5b88";

/** Starts a run, sends it a signal once it tells of progress, and gives its exit code, its last words and how long it took to end (ms). */
async function interrupted(args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args, "--progress", "always"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  await once(child.stderr, "data");
  const at = performance.now();
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  return { code, said: stderr.slice(stderr.lastIndexOf("\r\u001b[2K")), took: performance.now() - at };
}

describe("a run that makes twenty calls a second", () => {
  // Each has some hundreds to make, and many of them in one piece of work.
  it.concurrent.each<[string, string[]]>([
    ["scan", []],
    ["gate", ["-m"]],
    ["forecast", ["-m"]],
    ["plan", []],
    ["reclaim", []],
    ["usage", []],
    ["why", [CHILD]],
    ["verify", ["infra-ci:latest"]],
  ])("%s ends within a second of SIGTERM: 32", async (command, more) => {
    const { code, said, took } = await interrupted([command, "--max-iops", "20", healthy, ...more]);
    expect([code, said]).toEqual([32, "\r\u001b[2Kregfsck: interrupted (SIGTERM)\n"]);
    // Some tens of milliseconds; a hundred times as long on a busy machine, and not as long as its calls would take.
    expect(took).toBeLessThan(5000);
  });
});
