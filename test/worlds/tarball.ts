// Storage roots that are kept as tarballs (GNU tar, gzip), unpacked in memory: files, folders and symbolic links.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { World } from "./world.ts";

const BLOCK = 512;

/** The world whose root a tarball holds. */
export function unpackedWorld(tarball: string): World {
  const world = new World();
  world.remove("docker");
  for (const { type, path, content, target } of entries(gunzipSync(readFileSync(tarball)))) {
    if (type === "folder") world.mkdir(path);
    else if (type === "link") world.symlink(path, target);
    else world.write(path, content);
  }
  return world;
}

interface Entry {
  readonly type: "file" | "folder" | "link";
  readonly path: string;
  readonly content: Buffer;
  readonly target: string;
}

function* entries(tar: Buffer): Generator<Entry> {
  // GNU tar gives a long path, or target, in an entry of its own before.
  let longPath: string | undefined;
  let longTarget: string | undefined;
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const kind = String.fromCharCode(header[156]!);
    if (kind === "L") longPath = text(content);
    else if (kind === "K") longTarget = text(content);
    else {
      const path = (longPath ?? text(header.subarray(0, 100))).replace(/^\.\//, "").replace(/\/$/, "");
      const target = longTarget ?? text(header.subarray(157, 257));
      const type = ({ "0": "file", "2": "link", "5": "folder" } as const)[kind];
      if (type === undefined) throw new Error(`${path}: tar entries of type ${kind} are not known here`);
      if (path !== "" && path !== ".") yield { type, path, content, target };
      longPath = undefined;
      longTarget = undefined;
    }
  }
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
