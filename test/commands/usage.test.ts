import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/contract/errors.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { investigate, investigateLines } from "../worlds/investigate.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const fixtures = fileURLToPath(new URL("../../test-fixtures", import.meta.url));

/** `big` and `small` share a layer of 1000 bytes; each has one of its own. */
function sharing(): World {
  const world = new World();
  const shared = world.repository("big").layer("s".repeat(1000));
  world.repository("small").link("layer", shared.digest);
  world.repository("big").image("v1", [shared, world.repository("big").layer("b".repeat(5000))]);
  world.repository("small").image("v1", [shared, world.repository("small").layer("m".repeat(10))]);
  world.repository("small").image("v2", [world.repository("small").layer("n".repeat(3000))]);
  return world;
}

describe("usage", () => {
  it("sorts repositories by what they need, and tells what is shared", async () => {
    const { entries, roots, exitCode } = await investigate(sharing().fs, "usage", ["/registry"]);
    expect(entries.map(({ repository, tags, shared }) => [repository, tags, shared])).toEqual([
      ["big", 1, 1000],
      ["small", 2, 1000],
    ]);
    for (const { total, unique, shared } of entries) expect(unique + shared).toBe(total);
    // What both need is in the total once.
    expect(roots[0]!.total).toBe(entries.reduce((sum, { total }) => sum + total, 0) - 1000);
    expect(roots[0]!.tagged).toBe(roots[0]!.total);
    expect(exitCode).toBe(0);
  });

  it("sorts by what is unique, or by name, and gives only as many as are asked for", async () => {
    const names = async (...options: string[]) => {
      const { entries } = await investigate(sharing().fs, "usage", ["--by", "tag", ...options, "/registry"]);
      return entries.map(({ repository, tag }) => `${repository}:${tag}`);
    };
    expect(await names("--sort", "unique")).toEqual(["big:v1", "small:v2", "small:v1"]);
    expect(await names("--sort", "name", "--top", "2")).toEqual(["big:v1", "small:v1"]);
    expect(await names("--repo", "small")).toEqual(["small:v2", "small:v1"]);
  });

  it("counts what is shared with repositories that are not shown", async () => {
    const { entries } = await investigate(sharing().fs, "usage", ["--repo", "small", "/registry"]);
    expect(entries.map(({ repository, shared }) => [repository, shared])).toEqual([["small", 1000]]);
  });

  it("keeps roots apart", async () => {
    const { roots, entries } = await investigate(nodeFs, "usage", ["--jobs", "1", join(fixtures, "base")]);
    expect(roots.map(({ name }) => name)).toEqual(["dockerhub", "private"]);
    for (const { name, tagged, untagged } of roots) {
      const needed = entries.filter(({ root }) => root === name).reduce((sum, { unique }) => sum + unique, 0);
      expect(needed).toBeLessThanOrEqual(tagged + untagged);
    }
  });

  it("draws a bar a line, as long as its share of the largest", async () => {
    const { printed } = await runProgram(sharing().fs, ["usage", "--by", "tag", "/registry"]);
    const bars = printed.split("\n").flatMap((line) => /[█░]+$/.exec(line) ?? []);
    expect(bars.map((bar) => bar.length)).toEqual([...bars.map((bar) => bar.length)].sort((a, b) => b - a));
    expect(bars[0]).toMatch(/^█+░+$/);
    expect(bars).toHaveLength(3);
  });

  it("shows twenty lines where nobody says how many, and says how many there are", async () => {
    const world = new World();
    for (let number = 0; number < 30; number++) world.repository(`app${number}`).image("v1");
    const { printed } = await runProgram(world.fs, ["usage", world.root]);
    expect(printed).toContain("… and 10 more repositories (--top 30 shows all)");
    const all = await runProgram(world.fs, ["usage", "--top", "30", world.root]);
    expect(all.printed).not.toContain("…");
  });

  it("shows names from disk without obeying them, however long they are", async () => {
    const world = new World();
    const repository = world.repository("app");
    const image = repository.image("v1");
    repository.tag(`\u001b[2J${"x".repeat(200)}`, image.digest);
    const { printed } = await runProgram(world.fs, ["usage", "--by", "tag", world.root]);
    expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("prints a line an entry, and a summary last", async () => {
    const lines = await investigateLines(sharing().fs, "usage", ["/registry"]);
    expect(lines.map(({ type }) => type)).toEqual(["root", "entry", "entry", "summary"]);
  });

  it("gives 8 when something could not be read, or the root is empty", async () => {
    const fs = failing(sharing().fs, "EIO", /\/big\/_manifests\/tags$/);
    expect((await investigate(fs, "usage", ["/registry"])).exitCode).toBe(8);
    expect((await investigate(new World().fs, "usage", ["/registry"])).exitCode).toBe(8);
    expect((await investigate(new World().fs, "usage", ["--allow-empty", "/registry"])).exitCode).toBe(0);
  });

  it.each([
    [["--by", "layer"], CommanderError],
    [["--sort", "size"], CommanderError],
    [["--top", "0"], CommanderError],
    [["--top", "many"], CommanderError],
    [["--repo", "nothing/*"], UsageError],
  ])("refuses %j", async (options, error) => {
    await expect(runProgram(sharing().fs, ["usage", ...options, "/registry"])).rejects.toThrow(error);
  });
});
