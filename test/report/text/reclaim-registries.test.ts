import { describe, expect, it } from "vitest";
import { runProgram } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

/** What reclaim prints of a tag to remove whose manifest an index needs. */
async function printed(registry: string): Promise<string> {
  const world = new World();
  const app = world.repository("app");
  const child = app.image("child");
  app.indexOf([child], "1.0");
  const options = ["--registry", registry, "--older-than", "0s", "--remove-tag", "app:child"];
  const run = await runProgram(world.fs, ["reclaim", ...options, world.root], Date.UTC(2100, 0, 1));
  return run.printed.replaceAll(/\s+/g, " ");
}

describe("a tag that stays, since something needs what it names", () => {
  it("cannot be deleted alone in registry 2", async () => {
    expect(await printed("2")).toContain(
      "app:child stays: what it names is needed, and the registry deletes no tag alone",
    );
  });

  it("can be in registry 3", async () => {
    const text = await printed("3");
    expect(text).toContain("app:child stays: what it names is needed; a client can delete the tag alone, by its name");
    expect(text).toContain("Answered for registry 3.1.");
  });
});
