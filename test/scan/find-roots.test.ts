import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { NoRootError } from "../../src/contract/errors.ts";
import { findRoots } from "../../src/scan/find-roots.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";

const STORAGE = "docker/registry/v2";

/** A file system of these paths; one that ends with `/` is a folder. */
function diskOf(...paths: string[]): StorageFs & ReturnType<typeof memfs>["fs"] {
  const { fs } = memfs({}, "/");
  for (const path of paths) {
    const folder = path.endsWith("/") ? path : path.slice(0, path.lastIndexOf("/"));
    fs.mkdirSync(folder, { recursive: true });
    if (!path.endsWith("/")) fs.writeFileSync(path, "");
  }
  return fs as StorageFs & ReturnType<typeof memfs>["fs"];
}

const found = (fs: StorageFs, ...paths: string[]) =>
  findRoots(fs, paths).roots.map(({ name, path, kind }) => `${name} ${path} ${kind}`);

/** The message of the error that there is no root. */
function refusal(fs: StorageFs, path: string): string {
  try {
    findRoots(fs, [path]);
  } catch (error) {
    expect(error).toBeInstanceOf(NoRootError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error("roots were found");
}

describe("findRoots", () => {
  it("takes a backslash in the folder that it is given for a character", () => {
    const fs = diskOf(`/srv/a\\b/one/${STORAGE}/`, `/srv/a/b/other/${STORAGE}/`);
    expect(found(fs, "/srv/a\\b")).toEqual(["one /srv/a\\b/one authoritative"]);
  });

  it("takes no root whose registry keeps its metadata in a database, and names it among others", () => {
    const fs = diskOf(
      `/srv/gitlab/${STORAGE}/`,
      "/srv/gitlab/docker/registry/lockfiles/database-in-use",
      `/srv/other/${STORAGE}/`,
    );
    expect(refusal(fs, "/srv/gitlab")).toMatch(
      /^\/srv\/gitlab: GitLab's container registry keeps its metadata in a database/,
    );
    expect(found(fs, "/srv")).toEqual(["other /srv/other authoritative"]);
    expect(findRoots(fs, ["/srv"]).unreadable).toEqual([
      { path: "/srv/gitlab", error: expect.stringContaining("docker/registry/lockfiles/database-in-use") },
    ]);
    expect(
      found(
        diskOf(`/srv/gitlab/${STORAGE}/`, "/srv/gitlab/docker/registry/lockfiles/filesystem-in-use"),
        "/srv/gitlab",
      ),
    ).toHaveLength(1);
  });

  it("takes a storage root, with or without a slash after it", () => {
    const fs = diskOf(`/opt/registry/${STORAGE}/`);
    expect(found(fs, "/opt/registry")).toEqual(["registry /opt/registry authoritative"]);
    expect(found(fs, "/opt/registry/")).toEqual(["registry /opt/registry authoritative"]);
    expect(found(fs, "/opt/x/../registry/.")).toEqual(["registry /opt/registry authoritative"]);
  });

  it("takes a root with a state file of the scheduler for a cache", () => {
    const fs = diskOf(`/data/hub/${STORAGE}/`, "/data/hub/scheduler-state.json", `/data/own/${STORAGE}/`);
    expect(found(fs, "/data")).toEqual(["hub /data/hub cache", "own /data/own authoritative"]);
    expect(found(fs, "/data/hub")).toEqual(["hub /data/hub cache"]);
  });

  it("finds roots up to three folders below a base folder, and no deeper", () => {
    const fs = diskOf(...["a", "b/c", "b/d/e", "b/d/f/g"].map((path) => `/base/${path}/${STORAGE}/`));
    expect(found(fs, "/base")).toEqual([
      "a /base/a authoritative",
      "b/c /base/b/c authoritative",
      "b/d/e /base/b/d/e authoritative",
    ]);
  });

  it("finds roots in hidden folders, and beside a root", () => {
    const fs = diskOf(`/base/${STORAGE}/`, `/base/.old/${STORAGE}/`);
    expect(found(fs, "/base")).toEqual([".old /base/.old authoritative", "base /base authoritative"]);
  });

  it("follows symbolic links to roots", () => {
    const fs = diskOf(`/mnt/disk/${STORAGE}/`, "/base/");
    fs.symlinkSync("/mnt/disk", "/base/hub");
    expect(found(fs, "/base")).toEqual(["hub /base/hub authoritative"]);
    expect(found(fs, "/base/hub")).toEqual(["hub /base/hub authoritative"]);
  });

  it("takes a root once that symbolic links lead to as well, by its own path", () => {
    const fs = diskOf(`/base/z/own/${STORAGE}/`);
    fs.symlinkSync("/base/z/own", "/base/alias");
    expect(found(fs, "/base")).toEqual(["z/own /base/z/own authoritative"]);
    expect(found(fs, "/base/alias", "/base")).toEqual(["alias /base/alias authoritative"]);
  });

  it("searches folders that are full of loops of symbolic links once", () => {
    const fs = diskOf(`/base/a/b/${STORAGE}/`);
    for (let loop = 0; loop < 200; loop++) fs.symlinkSync("/base", `/base/a/loop${loop}`);
    const { fs: watching, paths } = recorded(fs, "readdirSync");
    expect(found(watching, "/base")).toEqual(["a/b /base/a/b authoritative"]);
    expect(paths.length).toBeLessThan(20);
  });

  it("gives each root once, in the order in which paths were given, under names that differ", () => {
    const fs = diskOf(`/a/data/${STORAGE}/`, `/b/data/${STORAGE}/`);
    expect(found(fs, "/b/data", "/a", "/b/data", "/a/data")).toEqual([
      "data /b/data authoritative",
      "/a/data /a/data authoritative",
    ]);
  });

  it("does not look into repositories, blobs, or a file system's lost+found", () => {
    const fs = diskOf(
      `/base/${STORAGE}/repositories/a/_layers/`,
      `/base/${STORAGE}/blobs/sha256/`,
      `/base/lost+found/x/${STORAGE}/`,
    );
    const watching = recorded(fs, "readdirSync");
    expect(found(watching.fs, "/base")).toEqual(["base /base authoritative"]);
    expect(watching.paths.filter((path) => /v2\/|lost\+found/.test(path))).toEqual([]);
  });

  it("says which folders it could not look into", () => {
    const fs = diskOf(`/base/a/${STORAGE}/`, "/base/locked/");
    const { roots, unreadable } = findRoots(failing(fs, "EACCES", /locked$/), ["/base"]);
    expect(roots.map(({ name }) => name)).toEqual(["a"]);
    expect(unreadable).toEqual([{ path: "/base/locked", error: "EACCES" }]);
  });

  const refusals: [string, string[], string, RegExp][] = [
    ["what is not there", [], "/missing", /^\/missing: no such directory$/],
    ["a file", ["/file"], "/file", /^\/file: not a directory$/],
    ["what lies below a file", ["/file"], "/file/x", /cannot be read \(ENOTDIR\)/],
    ["an empty folder", ["/empty/"], "/empty", /no storage root.*is the volume mounted/],
    ["a folder of other things", ["/base/docker/", "/base/a/b/file"], "/base", /no storage root/],
    ["a folder with a file called docker", ["/base/docker"], "/base", /no storage root/],
    ["a folder with a file called registry", ["/base/registry"], "/base", /no storage root/],
    ["a file called v2 where the storage should be", ["/base/docker/registry/v2"], "/base", /no storage root/],
  ];
  it.each(refusals)("refuses %s", (_, paths, given, message) => {
    expect(refusal(diskOf("/", ...paths), given)).toMatch(message);
  });

  it.each(["docker", "docker/registry", STORAGE])("names the root of a path inside it: %s", (inside) => {
    const fs = diskOf(`/opt/registry/${STORAGE}/repositories/`);
    expect(refusal(fs, `/opt/registry/${inside}`)).toMatch(
      /inside a storage root; give the root itself: \/opt\/registry$/,
    );
  });

  it("refuses what it may not read, at any level, and says why", () => {
    const fs = diskOf(`/opt/registry/${STORAGE}/`, "/opt/base/locked/");
    expect(refusal(failing(fs, "EACCES", /registry$/), "/opt/registry")).toMatch(/cannot be read \(EACCES\)/);
    expect(refusal(failing(fs, "EACCES", /docker/), "/opt/registry")).toMatch(/can be read: .*docker.* \(EACCES\)/);
    expect(refusal(failing(fs, "EIO", /locked/), "/opt/base")).toMatch(/can be read: \/opt\/base\/locked \(EIO\)/);
  });

  it("refuses all where one of several paths has no root", () => {
    const fs = diskOf(`/a/${STORAGE}/`, "/b/");
    expect(() => findRoots(fs, ["/a", "/b"])).toThrow(/^\/b: no storage root/);
  });

  it("names a root that is too deep to be taken", () => {
    const fs = diskOf(`/data/own/${STORAGE}/`, `/data/a/b/c/d/${STORAGE}/blobs/`);
    const { roots, unreadable } = findRoots(fs, ["/data"]);
    expect(roots.map(({ name }) => name)).toEqual(["own"]);
    expect(unreadable).toEqual([{ path: "/data/a/b/c/d", error: expect.stringContaining("more than three") }]);
  });

  it("looks for no root in a root's own storage", () => {
    const { fs, paths } = recorded(diskOf(`/data/own/${STORAGE}/repositories/app/_layers/`), "readdirSync");
    findRoots(fs, ["/data"]);
    expect(paths.filter((path) => path.startsWith(`/data/own/${STORAGE}`))).toEqual([]);
  });
});
