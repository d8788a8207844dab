import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../../scripts/fixtures/storage.ts";
import { RULES } from "../../../src/registry/rules.ts";
import { walkCatalogue } from "../../../src/registry/serve/catalogue.ts";
import { listNamespace } from "../../../src/scan/list-namespace.ts";
import { World } from "../../worlds/world.ts";

/** The walk over a namespace of these entries below repositories/; a path that ends with `/` is a folder. */
function walked(...entries: string[]) {
  const world = new World();
  for (const entry of entries) {
    if (entry.endsWith("/")) world.mkdir(`${repositoriesPath}/${entry}`);
    else world.write(`${repositoriesPath}/${entry}`);
  }
  const { seen, unexpected } = walkCatalogue(listNamespace(world.fs, world.root), RULES[2]);
  return {
    seen,
    unexpected: unexpected.map(({ path, ...rest }) => ({ path: path.slice(repositoriesPath.length + 1), ...rest })),
  };
}

describe("walkCatalogue", () => {
  it("sees what has _layers, nested and in order", () => {
    expect(walked("b/_layers/", "a/b/_layers/", "a/_layers/", "a-b/_layers/", "c/_manifests/").seen).toEqual([
      "a",
      "a/b",
      "a-b",
      "b",
    ]);
  });

  it("stops at a file that begins with _: what sorts after it is hidden, what sorts before is not", () => {
    expect(walked("Host/a/_layers/", "_note", "a/_layers/", "b/c/_layers/", "d/_manifests/")).toEqual({
      seen: ["Host/a"],
      unexpected: [{ path: "_note", reason: "ends-walk", hides: ["a", "b/c"] }],
    });
  });

  it("stops only in the folder of that file", () => {
    expect(walked("a/_note", "a/b/_layers/", "b/_layers/")).toEqual({
      seen: ["b"],
      unexpected: [{ path: "a/_note", reason: "ends-walk", hides: ["a/b"] }],
    });
  });

  it("sees a repository before a file that sorts after _layers, and hides one before it", () => {
    expect(walked("a/_layers/", "a/_notes")).toMatchObject({
      seen: ["a"],
      unexpected: [{ path: "a/_notes", hides: [] }],
    });
    expect(walked("a/_layers/", "a/_a")).toMatchObject({ seen: [], unexpected: [{ path: "a/_a", hides: ["a"] }] });
  });

  it("sees a repository whose _layers is a file, and goes no further in it", () => {
    expect(walked("a/_layers", "a/b/_layers/")).toEqual({
      seen: ["a"],
      unexpected: [{ path: "a/_layers", reason: "ends-walk", hides: ["a/b"] }],
    });
  });

  it("does not enter folders that begin with _", () => {
    expect(walked("_trash/a/_layers/", "a/_uploads/x/_layers/")).toEqual({ seen: [], unexpected: [] });
  });

  it.each(["BadName", "a b", "a..b", "-a"])("names %j, which no repository can be called", (name) => {
    expect(walked(`${name}/_layers/`, "z/_layers/")).toMatchObject({
      unexpected: [{ path: name, reason: "invalid-name" }],
    });
  });

  it("names _layers beside the repositories", () => {
    expect(walked("_layers/").unexpected).toEqual([{ path: "_layers", reason: "invalid-name" }]);
  });

  it("names a file _layers beside the repositories once, though it also ends the walk", () => {
    expect(walked("_layers", "a/_layers/").unexpected).toEqual([
      { path: "_layers", reason: "invalid-name", hides: ["a"] },
    ]);
  });

  it("passes unexpected names that hold no repository", () => {
    expect(walked("@eaDir/x/", "with space/", "README", "a/_layers/")).toEqual({ seen: ["a"], unexpected: [] });
  });

  it("goes as deep as the folders go", () => {
    const deep = Array.from({ length: 300 }, () => "d").join("/");
    expect(walked(`${deep}/_layers/`)).toMatchObject({ seen: [deep], unexpected: [{ reason: "invalid-name" }] });
  });
});
