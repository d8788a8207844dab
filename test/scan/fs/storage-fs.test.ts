import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DiskState } from "../../../src/facts/facts.ts";
import {
  describeError,
  errorCode,
  isThere,
  listEntries,
  listNames,
  nodeFs,
  stateOfError,
  statPath,
} from "../../../src/scan/fs/storage-fs.ts";
import { failing } from "../../worlds/watched-fs.ts";
import { World } from "../../worlds/world.ts";

describe("errors of the disk", () => {
  it("are absence, structure, or a refusal that says nothing about what is there", () => {
    expect(stateOfError("ENOENT")).toBe(DiskState.absent);
    expect(stateOfError("EISDIR")).toBe(DiskState.folder);
    expect(stateOfError("ENOTDIR")).toBe(DiskState.notAFolder);
    expect(["ELOOP", "ENXIO"].map(stateOfError)).toEqual(Array(2).fill(DiskState.malformed));
    // A path may be too long here and not for the registry, which has the root mounted elsewhere.
    const refusals = [
      ...["EACCES", "EPERM", "EIO", "ESTALE", "EMFILE", "ENOMEM", "ETIMEDOUT", "ENAMETOOLONG", "EWHATEVER"],
    ];
    expect(refusals.map(stateOfError)).toEqual(refusals.map(() => DiskState.unreadable));
  });

  it("have words where they are damage", () => {
    expect(["EISDIR", "ENOTDIR", "ELOOP", "ENXIO"].map(describeError).join()).not.toMatch(/E[A-Z]+/);
    expect(describeError("EINVAL")).toBe("EINVAL");
  });

  it("are told from mistakes in the program, which are thrown on", () => {
    expect(errorCode(Object.assign(new Error(), { code: "EIO" }))).toBe("EIO");
    for (const bug of [
      new TypeError("bug"),
      Object.assign(new Error("bug"), { code: "ERR_INVALID_ARG_TYPE" }),
      undefined,
    ]) {
      let thrown: unknown;
      try {
        errorCode(bug);
        thrown = "nothing";
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBe(bug);
    }
  });
});

describe("listNames and listEntries", () => {
  it("sort by code point", () => {
    const world = new World();
    const names = ["1", "B", "_", "a", "a-b", "a.b", "b"];
    for (const name of [...names].reverse()) world.mkdir(`x/${name}`);
    expect(listNames(world.fs, `${world.root}/x`)).toEqual({ state: DiskState.ok, entries: names });
    const listing = listEntries(world.fs, `${world.root}/x`);
    expect(listing.state === DiskState.ok && listing.entries.map(({ name }) => name)).toEqual(names);
  });

  it.each([listNames, listEntries])("give what stands there instead: %o", (list) => {
    const world = new World();
    world.write("file");
    expect(list(world.fs, `${world.root}/file`)).toEqual({ state: DiskState.notAFolder, code: "ENOTDIR" });
    expect(list(world.fs, `${world.root}/none`)).toEqual({ state: DiskState.absent, code: "ENOENT" });
  });
});

describe("statPath", () => {
  it("gives a stat, an error, or neither", () => {
    const world = new World();
    world.write("file", "12345");
    expect(statPath(world.fs, `${world.root}/file`).stat?.size).toBe(5);
    expect(statPath(world.fs, `${world.root}/none`)).toEqual({});
    expect(statPath(world.fs, `${world.root}/file/x`)).toEqual({ code: "ENOTDIR" });
    expect(statPath(failing(world.fs, "EACCES", /file/), `${world.root}/file`)).toEqual({ code: "EACCES" });
  });
});

describe("isThere", () => {
  it("finds by its listed name what is no UTF-8", () => {
    const folder = mkdtempSync(join(tmpdir(), "names-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]));
    expect(isThere(nodeFs, `${folder}/bad\ufffd`)).toBe(true);
    expect(isThere(nodeFs, `${folder}/worse\ufffd`)).toBe(false);
    expect(isThere(nodeFs, `${folder}/none/bad\ufffd`)).toBe(false);
  });
});
