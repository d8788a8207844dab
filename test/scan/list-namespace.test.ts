import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoriesPath } from "../../scripts/fixtures/storage.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames, selectNames } from "../../src/scan/list-namespace.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { failing, recorded, watched } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

/** A world of folders below repositories/. */
function worldOf(...folders: string[]): World {
  const world = new World();
  for (const folder of folders) world.mkdir(`${repositoriesPath}/${folder}`);
  return world;
}

const namesIn = (world: World) => repositoryNames(listNamespace(world.fs, world.root));

describe("listNamespace", () => {
  it("lists every folder of names once, and none that begins with _", () => {
    const world = worldOf("a/_layers/sha256", "a/_manifests/tags/x", "a/b/_uploads/u", "c/d/e", "_trash/a/_layers");
    const { fs, paths } = recorded(world.fs, "readdirSync");
    const { folders } = listNamespace(fs, world.root);
    const below = (paths: Iterable<string>) => [...paths].sort();
    expect(below(folders.keys())).toEqual(["", "a", "a/b", "c", "c/d", "c/d/e"]);
    expect(below(paths)).toEqual(
      below(folders.keys()).map((path) => `/registry/${repositoriesPath}${path && `/${path}`}`),
    );
  });

  it("takes a backslash for a character, in the path of the root as in names", () => {
    const top = temporaryFolder();
    const [root, other] = [join(top, "a\\b"), join(top, "a/b")];
    for (const name of ["x\\y", "x/y"]) mkdirSync(join(root, repositoriesPath, name, "_layers"), { recursive: true });
    mkdirSync(join(other, repositoriesPath, "other/_layers"), { recursive: true });
    const namespace = listNamespace(nodeFs, root);
    expect([repositoryNames(namespace), namespace.unreadable]).toEqual([["x/y", "x\\y"], []]);
  });

  it("gives the entries of a folder in order, files too", () => {
    const world = worldOf("b", "a", "_x");
    world.write(`${repositoriesPath}/_note`);
    expect(listNamespace(world.fs, world.root).folders.get("")).toEqual([
      { name: "_note", folder: false },
      { name: "_x", folder: true },
      { name: "a", folder: true },
      { name: "b", folder: true },
    ]);
  });

  it("enters names that a glob, or a careless program, would stumble over", () => {
    const odd = [
      "*",
      "[a]",
      "{a,b}",
      "!a",
      "(a|b)",
      "a b",
      "a\nb",
      "a\\b",
      ".hidden",
      "..a",
      "@eaDir",
      "~",
      "\u{1F4A5}",
    ];
    const world = worldOf(...odd.map((name) => `${name}/in/_layers`));
    expect(namesIn(world)).toEqual(odd.map((name) => `${name}/in`).sort());
  });

  it("follows a symlink to a directory, and notes a dangling one, whose volume may not be mounted", () => {
    const world = worldOf("a/_layers");
    world.memory.mkdirSync("/elsewhere/b/_layers", { recursive: true });
    world.symlink(`${repositoriesPath}/linked`, "/elsewhere");
    world.symlink(`${repositoriesPath}/dangling`, "/nowhere");
    world.symlink(`${repositoriesPath}/a/_manifests`, "/elsewhere/b/_layers");
    expect(namesIn(world)).toEqual(["a", "linked/b"]);
    const unreadable = [{ path: `${repositoriesPath}/dangling`, error: expect.stringContaining("dangling symlink") }];
    expect(listNamespace(world.fs, world.root)).toMatchObject({ unexpected: [], unreadable });
  });

  it.each([
    ["to the folder itself", "."],
    ["to a folder above", ".."],
    ["to repositories/", "../.."],
    ["to itself", "loop"],
  ])("does not follow a symbolic link %s", (_, target) => {
    const root = temporaryFolder();
    const folder = join(root, repositoriesPath, "a/b");
    mkdirSync(join(folder, "_layers"), { recursive: true });
    symlinkSync(target, join(folder, "loop"));
    const namespace = listNamespace(nodeFs, root);
    expect(repositoryNames(namespace)).toEqual(["a/b"]);
    expect(namespace.unexpected).toEqual([{ path: `${repositoriesPath}/a/b/loop`, reason: "link-loop" }]);
  });

  it("gives up on folders that all link to each other, and says so", () => {
    const world = new World();
    const names = Array.from({ length: 12 }, (_, index) => `${repositoriesPath}/${index}`);
    for (const name of names) {
      world.mkdir(name);
      for (const [index, other] of names.entries()) {
        if (name !== other) world.symlink(`${name}/to-${index}`, `${world.root}/${other}`);
      }
    }
    const namespace = listNamespace(world.fs, world.root);
    expect(namespace.folders.size).toBeLessThan(1_000);
    expect(namespace.unreadable).toMatchObject([{ error: "too many symbolic links lead here" }]);
  });

  it("finds the loop of two links that lead to each other's folders", () => {
    const world = worldOf("a/_layers", "b/_layers");
    world.symlink(`${repositoriesPath}/a/to-b`, `${world.root}/${repositoriesPath}/b`);
    world.symlink(`${repositoriesPath}/b/to-a`, `${world.root}/${repositoriesPath}/a`);
    const namespace = listNamespace(world.fs, world.root);
    expect(repositoryNames(namespace)).toEqual(["a", "a/to-b", "b", "b/to-a"]);
    expect(namespace.unexpected.map(({ reason }) => reason)).toEqual(["link-loop", "link-loop"]);
  });

  it("names a folder that cannot be read, and lists the rest", () => {
    const world = worldOf("a/_layers", "b/_layers", "c");
    const namespace = listNamespace(failing(world.fs, "EACCES", /\/(a|c)$/, ["readdirSync"]), world.root);
    expect(repositoryNames(namespace)).toEqual(["b"]);
    expect(namespace.unreadable).toEqual([
      { path: `${repositoriesPath}/a`, error: "EACCES" },
      { path: `${repositoriesPath}/c`, error: "EACCES" },
    ]);
  });

  it("takes a folder whose name is not UTF-8 for what no repository is called, where the registry would find one in it", () => {
    const root = temporaryFolder();
    const odd = Buffer.concat([Buffer.from(`${join(root, repositoriesPath)}/a`), Buffer.of(0xff)]);
    mkdirSync(join(root, repositoriesPath), { recursive: true });
    mkdirSync(odd);
    expect(listNamespace(nodeFs, root)).toMatchObject({ unexpected: [], unreadable: [] });
    mkdirSync(Buffer.concat([odd, Buffer.from("/deep/_layers")]), { recursive: true });
    expect(listNamespace(nodeFs, root).unexpected).toEqual([
      { path: `${repositoriesPath}/a\ufffd`, reason: "invalid-name" },
    ]);
  });

  it("passes by a folder that goes while it is listed", () => {
    const world = worldOf("a/_layers", "b/_layers");
    const fs = watched(world.fs, (_, path) => {
      if (path.endsWith("/a") && world.memory.existsSync(path)) world.remove(`${repositoriesPath}/a`);
    });
    const namespace = listNamespace(fs, world.root);
    expect(repositoryNames(namespace)).toEqual(["b"]);
    expect(namespace.unreadable).toEqual([]);
  });

  it("knows that repositories/ is missing, and that it is a file", () => {
    const world = new World();
    world.remove(repositoriesPath);
    expect(listNamespace(world.fs, world.root)).toMatchObject({ folders: new Map(), unreadable: [] });
    world.write(repositoriesPath);
    expect(listNamespace(world.fs, world.root)).toMatchObject({
      folders: new Map(),
      unreadable: [{ path: repositoriesPath, error: "ENOTDIR" }],
    });
  });
});

describe("repositoryNames", () => {
  it("takes any of the three parts for a repository, as a folder or a file", () => {
    const world = worldOf("a/_layers", "b/_manifests", "c/_uploads", "d/_other", "e/f");
    world.write(`${repositoriesPath}/g/_layers`);
    expect(namesIn(world)).toEqual(["a", "b", "c", "g"]);
  });

  it("does not take repositories/ itself for one", () => {
    expect(namesIn(worldOf("_layers"))).toEqual([]);
  });
});

describe("selectNames", () => {
  const names = ["app", "team", "team/api", "team/api/server", "team/web", "tools/BUILD", "x.y/z-1"];
  const globs: [string[], string[]][] = [
    [["team/api"], ["team/api"]],
    [["team"], ["team"]],
    [["team/*"], ["team/api", "team/web"]],
    [["team/**"], ["team/api", "team/api/server", "team/web"]],
    [["**"], names],
    [["*"], ["app", "team"]],
    [["{app,team/w*}"], ["app", "team/web"]],
    [["**/server"], ["team/api/server"]],
    [["tools/build"], []],
    [["t?am"], ["team"]],
    [["x.y/z-[0-9]"], ["x.y/z-1"]],
    [["!(team)/*"], ["tools/BUILD", "x.y/z-1"]],
    [["team/**", "!team/api/**"], ["team/web"]],
    [
      ["app", "app", "team/web"],
      ["app", "team/web"],
    ],
    [["!team/**"], []],
    [["tools"], []],
    [["team/"], []],
    [["./app"], []],
    [["/app"], []],
    [["../app"], []],
    [[""], []],
    [["{"], []],
    [["[a"], []],
    [["("], []],
    [["\\"], []],
    [["a".repeat(1000)], []],
  ];
  it.each(globs)("%j matches %j", (given, expected) => {
    expect(selectNames(names, given)).toEqual(expected);
  });

  it("keeps the order of the names, and takes none of none", () => {
    expect(selectNames(["b", "a"], ["*"])).toEqual(["b", "a"]);
    expect(selectNames([], ["**"])).toEqual([]);
  });
});
