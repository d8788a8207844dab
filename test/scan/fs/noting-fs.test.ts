import { describe, expect, it } from "vitest";
import { noting } from "../../../src/scan/fs/noting-fs.ts";
import { nodeFs, type StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { type Fault, faulty } from "../../worlds/faulty-fs.ts";
import { World } from "../../worlds/world.ts";

/** Opens and reads a file, with this fault on one of the calls. */
function read(fault: Fault, call: number) {
  const world = new World();
  world.write("file", "content");
  const path = `${world.root}/file`;
  const notes: string[][] = [];
  const fs = noting(faulty(world.fs, { call, fault, lasting: "once" }).fs, (...note) => notes.push(note));
  const attempt = (act: () => unknown) => {
    try {
      act();
      return "done";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  };
  const done = attempt(() => {
    const file = fs.openSync(path, "r");
    fs.readSync(file, Buffer.alloc(8), 0, 8, null);
    fs.closeSync(file);
  });
  return { done, notes, path };
}

describe("noting", () => {
  it.each([0, 1, 2])("tells path and error of call %i, which fails all the same", (call) => {
    const { done, notes, path } = read("EIO", call);
    expect([done, notes]).toEqual(["EIO", [[path, "EIO"]]]);
  });

  it("does not tell of what is not there", () => {
    expect(read("ENOENT", 0)).toMatchObject({ done: "ENOENT", notes: [] });
  });

  it("tells of nothing where nothing fails, and throws mistakes of the program on", () => {
    expect(read("EIO", 9)).toMatchObject({ done: "done", notes: [] });
    const broken = {
      ...nodeFs,
      statSync: () => (undefined as unknown as { mistake: string }).mistake,
    } as unknown as StorageFs;
    expect(() => noting(broken, () => {}).statSync("/")).toThrow(TypeError);
  });
});
