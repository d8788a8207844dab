import { describe, expect, it } from "vitest";
import { blobPath } from "../../../scripts/fixtures/storage.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

/** Two platforms that share a layer; one has lost its config. */
function broken(): World {
  const world = new World();
  const repository = world.repository("app");
  const layer = repository.layer();
  const [amd64, arm64] = [repository.image(undefined, [layer]), repository.image(undefined, [layer])];
  repository.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "v1");
  world.removeEntry(blobPath(arm64.config.digest));
  return world;
}

async function draw(world: World, format: "dot" | "mermaid"): Promise<string[]> {
  const { printed } = await runProgram(world.fs, ["verify", "--format", format, world.root, "app:v1"]);
  return printed.trimEnd().split("\n");
}

describe("verify --format dot", () => {
  it("draws each blob once, and what is broken in red", async () => {
    const lines = await draw(broken(), "dot");
    const nodes = lines.filter((line) => /^ {4}\w+ \[label=/.test(line));
    const edges = lines.filter((line) => line.includes(" -> "));
    // The tag, the index, two manifests, two configs, and the layer that they share.
    expect(nodes).toHaveLength(7);
    expect(edges).toHaveLength(7);
    expect(nodes.filter((line) => line.includes('color="red"'))).toEqual([expect.stringContaining("config\\n")]);
    expect(edges.filter((line) => line.includes('color="red"'))).toHaveLength(1);
    expect([lines[0], lines.at(-1)]).toEqual(["digraph images {", "}"]);
  });

  it("keeps names from disk inside their quotes", async () => {
    const lines = await draw(hostile(), "dot");
    expect(lines.filter((line) => line.includes("evil"))).toEqual([
      expect.stringContaining('label="\\"];evil\\\\x1b[31m/<b>\\n'),
    ]);
  });
});

describe("verify --format mermaid", () => {
  it("draws each blob once, and what is broken in red", async () => {
    const lines = await draw(broken(), "mermaid");
    expect(lines[0]).toBe("flowchart LR");
    expect(lines.filter((line) => /^ {4}\w+\["/.test(line))).toHaveLength(7);
    expect(lines.filter((line) => line.includes(" --> "))).toHaveLength(7);
    const config = lines.find((line) => line.includes('["config<br>') && line.includes("404"))!;
    const id = /^ {4}(\w+)/.exec(config)![1];
    expect(lines).toContain(`  class ${id} broken`);
    expect(lines.at(-1)).toMatch(/^ {2}linkStyle \d+ stroke:#c00$/);
  });

  it("keeps names from disk inside their quotes", async () => {
    const lines = await draw(hostile(), "mermaid");
    const named = lines.filter((line) => line.includes("evil"));
    expect(named).toEqual([expect.stringContaining('["#34;#93;#59;evil#92;x1b#91;31m/#60;b#62;<br>')]);
  });
});

function hostile(): World {
  const world = new World();
  const repository = world.repository("app");
  const child = repository.image();
  repository.indexOf([{ ...child, platform: { os: '"];evil\u001b[31m', architecture: "<b>" } }], "v1");
  return world;
}
