import { dirname } from "node:path";
import { expect, it } from "vitest";
import { blobPath, tagLinkPath } from "../../../scripts/fixtures/storage.ts";
import { Judge, judging } from "../../../src/scan/fs/judging-fs.ts";
import { type StorageFs, statPath } from "../../../src/scan/fs/storage-fs.ts";
import { SERVER, ServedWorld } from "../../worlds/owners.ts";

const server = { uid: SERVER, gids: [SERVER], isNamed: true };

function judged(use: (fs: StorageFs, root: string) => void, world: ServedWorld, user = server) {
  const judge = new Judge(world.servedFs, world.root, user);
  use(judging(world.servedFs, judge), world.root);
  return judge.closed.map(({ path, need }) => [path, need]);
}

function servedWorld() {
  const world = new ServedWorld();
  const { digest } = world.repository("app").image("1");
  world.write("docker/registry/v2/repositories/app/_uploads/8d2c/data", "half");
  world.write("docker/registry/v2/blobs/lost+found/data", "x");
  return { world, data: blobPath(digest), link: tagLinkPath("app", "1") };
}

it("notes what is read, listed and looked at, as far as the user may not", () => {
  const { world, data, link } = servedWorld();
  for (const path of [data, link]) world.restoreAsRoot(path, 0o600);
  world.restoreAsRoot("docker/registry/v2/repositories/app", 0o711);
  const closed = judged((fs, root) => {
    fs.closeSync(fs.openSync(`${root}/${link}`, "r"));
    statPath(fs, `${root}/${data}`);
    fs.readdirSync(`${root}/docker/registry/v2/repositories/app`);
    fs.readdirSync(`${root}/docker/registry/v2/repositories`);
  }, world);
  expect(closed).toEqual([
    [link, "read"],
    [data, "read"],
    ["docker/registry/v2/repositories/app", "list"],
  ]);
});

it("notes a link that is looked at and not opened", () => {
  const { world, link } = servedWorld();
  world.restoreAsRoot(link, 0o600);
  expect(judged((fs, root) => void statPath(fs, `${root}/${link}`), world)).toEqual([[link, "read"]]);
});

it("passes over directories that are asked for as bytes, whose names are not UTF-8", () => {
  const { world } = servedWorld();
  world.restoreAsRoot("docker/registry/v2/repositories/app", 0o711);
  const list = (fs: StorageFs, root: string) => {
    const path = Buffer.from(`${root}/docker/registry/v2/repositories/app`);
    fs.readdirSync(path, { withFileTypes: true, encoding: "buffer" });
  };
  expect(judged(list, world)).toEqual([]);
});

it("notes the directory alone that closes all below it", () => {
  const { world, data, link } = servedWorld();
  for (const path of [data, link]) world.restoreAsRoot(path, 0o600);
  world.restoreAsRoot("docker", 0o700);
  const closed = judged((fs, root) => {
    for (const path of [data, link]) statPath(fs, `${root}/${path}`);
    fs.readdirSync(`${root}/docker/registry`);
  }, world);
  expect(closed).toEqual([["docker", "enter"]]);
});

it("leaves out what no client asks for: uploads, and what else lies in the store", () => {
  const { world } = servedWorld();
  const paths = ["repositories/app/_uploads/8d2c/data", "blobs/lost+found/data"].map(
    (path) => `docker/registry/v2/${path}`,
  );
  for (const path of paths) world.restoreAsRoot(path, 0o600);
  const look = (fs: StorageFs, root: string) => {
    for (const path of paths) statPath(fs, `${root}/${path}`);
  };
  expect(judged(look, world)).toEqual([]);
});

it("looks into the directory of a single link or blob of a user who is guessed only where another one wrote the file", () => {
  const { world, data, link } = servedWorld();
  for (const path of [data, link]) world.restoreAsRoot(dirname(path), 0o700);
  world.restoreAsRoot(data, 0o644);
  const read = (fs: StorageFs, root: string) => {
    fs.closeSync(fs.openSync(`${root}/${link}`, "r"));
    statPath(fs, `${root}/${data}`);
  };
  expect(judged(read, world, { ...server, isNamed: false })).toEqual([[dirname(data), "enter"]]);
  expect(judged(read, world)).toEqual([
    [dirname(link), "enter"],
    [dirname(data), "enter"],
  ]);
});
