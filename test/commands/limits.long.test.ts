// The limit on calls holds for all that a command does with a storage root, not for its reading alone.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { watched } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const A_SECOND = 500;
/** What may be made at once: a twentieth of a second's, and as many when the run begins. */
const AT_ONCE = A_SECOND / 10;

/** A root on which each command makes some hundred calls. */
function world(): World {
  const world = new World();
  for (const name of ["app", "team/app", "team/base"]) {
    const repository = world.repository(name);
    for (let number = 0; number < 4; number++) repository.image(number === 0 ? undefined : `v${number}`);
  }
  return world;
}

/** How many calls were made, and in how many seconds. */
async function counted({ fs, root }: World, args: readonly string[]) {
  let calls = 0;
  const counting = watched(fs, (_, path) => {
    if (path.startsWith(root)) calls++;
  });
  const begun = performance.now();
  await runProgram(counting, [...args, "--max-iops", `${A_SECOND}`, root]);
  return { calls, seconds: (performance.now() - begun) / 1000 };
}

describe("--max-iops", () => {
  it.each([["gate", "-m", "--as-user", "1000:1000"], ["gate", "--recheck"], ["reclaim"]])(
    "holds for all of %s %s",
    async (...args) => {
      const root = world();
      const report = join(temporaryFolder(), "gate.json");
      const isRecheck = args.includes("--recheck");
      if (isRecheck) await runProgram(root.fs, ["gate", "--quiet", "--report", report, root.root]);
      const { calls, seconds } = await counted(root, isRecheck ? [...args, report] : args);
      expect(calls).toBeGreaterThan(AT_ONCE);
      expect(calls).toBeLessThanOrEqual(AT_ONCE + A_SECOND * seconds);
    },
  );
});
