import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { findCandidates } from "../../src/commands/complete.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";

/** A file system with these folders below the repositories of the storage root /data. */
function rootWith(...folders: string[]): StorageFs {
  const paths = folders.map((folder) => `/data/docker/registry/v2/repositories/${folder}`);
  return memfs(Object.fromEntries(paths.map((path) => [path, null]))).fs as unknown as StorageFs;
}

const api = "team/api/_manifests/tags";

describe("findCandidates", () => {
  it("offers repositories a folder at a time", () => {
    const fs = rootWith(`${api}/v1`, "team/api/server/_layers", "team/web/_uploads", "team/empty", "tools/_manifests");
    expect(findCandidates(fs, "repositories", "", ["/data"])).toEqual(["team/", "tools"]);
    expect(findCandidates(fs, "repositories", "te", ["/data"])).toEqual(["team/"]);
    expect(findCandidates(fs, "repositories", "team/", ["/data"])).toEqual(["team/api", "team/api/", "team/web"]);
    expect(findCandidates(fs, "repositories", "team/api/", ["/data"])).toEqual(["team/api/server"]);
  });

  it("offers the tags of a repository once that is typed", () => {
    const fs = rootWith(`${api}/v1`, `${api}/v2`, `${api}/latest`);
    expect(findCandidates(fs, "images", "team/a", ["/data"])).toEqual(["team/api:"]);
    expect(findCandidates(fs, "images", "team/api:v", ["/data"])).toEqual(["team/api:v1", "team/api:v2"]);
    expect(findCandidates(fs, "images", "team/web:", ["/data"])).toEqual([]);
  });

  it("joins the names of all roots, each once, and names roots", () => {
    const fs = memfs({
      "/data/private/docker/registry/v2/repositories/api/_layers": null,
      "/data/hub/docker/registry/v2/repositories/api/_layers": null,
      "/data/hub/docker/registry/v2/repositories/busybox/_layers": null,
    }).fs as unknown as StorageFs;
    expect(findCandidates(fs, "images", "", ["/data", "/data/hub"])).toEqual(["api:", "busybox:"]);
    expect(findCandidates(fs, "roots", "p", ["/data"])).toEqual(["private"]);
  });

  it.each([
    ["$(touch x)"],
    ["`touch x`"],
    ["a b"],
    ["a;b"],
    ["a\nb"],
    ["a\u001b[31m"],
    ["-rf"],
    ["_a"],
    ["'a"],
    ["*"],
    ["BadName"],
  ])("leaves out %j, which no client can ask for", (odd) => {
    const fs = rootWith(
      `${odd}/_manifests/tags/v1`,
      `${api}/v1`,
      ...(/^(BadName|_a)$/.test(odd) ? [] : [`${api}/${odd}`]),
    );
    expect(findCandidates(fs, "images", "", ["/data"])).toEqual(["team/"]);
    expect(findCandidates(fs, "images", `${odd}:`, ["/data"])).toEqual([]);
    expect(findCandidates(fs, "images", "team/api:", ["/data"])).toEqual(["team/api:v1"]);
  });

  it("stays below the repositories", () => {
    const fs = rootWith(`${api}/v1`);
    for (const prefix of ["../", "../../", "team/../", "/", "../blobs:", "team//"]) {
      expect(findCandidates(fs, "images", prefix, ["/data"])).toEqual([]);
    }
  });

  it("has nothing to say where nothing can be read", () => {
    const fs = rootWith(`${api}/v1`);
    const refuse = () => {
      throw Object.assign(new Error("EIO: broken"), { code: "EIO" });
    };
    expect(findCandidates(fs, "images", "", ["/nowhere", ""])).toEqual([]);
    expect(findCandidates({ ...fs, readdirSync: refuse } as StorageFs, "images", "", ["/data"])).toEqual([]);
  });
});
