// Damage to links: each way of spoiling one, for each of the four kinds of link.
import { createHash } from "node:crypto";
import { blobPath, type DamageKind, digestOfPlace, type LinkClass, linkClasses, pathsLike, type Site } from "./site.ts";

/** Spoils the link at `path`; returns false when there is nothing to do. */
type SpoilLink = (site: Site, path: string) => boolean;

function rewrite(change: (content: string, site: Site) => string | Uint8Array): SpoilLink {
  return (site, path) => {
    const content = site.storage.read(path);
    if (content === undefined) return false;
    const changed = Buffer.from(change(content.toString("latin1"), site));
    if (changed.equals(content)) return false;
    return site.storage.write(path, changed);
  };
}

const garbage = ["garbage", "sha256:", ":", "sha256:xyz", "../../../etc/passwd", "\0".repeat(71), "{}", "sha256"];

const ways: Record<string, SpoilLink> = {
  removed: (site, path) => site.storage.remove(path),
  emptied: rewrite(() => ""),
  "with-newline": rewrite((content) => `${content}\n`),
  "with-spaces": rewrite((content) => ` ${content}`),
  garbage: rewrite((_, site) => site.chooseOther(garbage) ?? ""),
  "upper-case": rewrite((content) => content.replace(/:.*/s, (hex) => hex.toUpperCase())),
  "algorithm-upper-case": rewrite((content) => content.replace("sha", "SHA")),
  "cut-short": rewrite((content) => content.slice(0, -1)),
  "too-long": rewrite((content) => `${content}0`),
  "other-algorithm": rewrite((content) => content.replace("sha256:", "md5:")),
  "path-like": rewrite(() => "sha256:../../x"),
  "unknown-digest": rewrite((content) => content.replace(/[0-9a-f]{8}$/, "00000000")),
  "sha384-digest": rewrite((content) => hashOf("sha384", content)),
  "sha512-digest": rewrite((content) => hashOf("sha512", content)),
  "half-megabyte": rewrite((content) => content.padEnd(1 << 19, "0")),
  "not-utf8": rewrite((content) => Buffer.from(`${content.slice(0, -1)}\xFF`, "latin1")),
  "to-other-blob": rewrite((content, site) => {
    const blobs = pathsLike(site, /\/blobs\/sha256\/[^/]+\/[^/]+\/data$/);
    const other = site.chooseOther(blobs);
    return other === undefined ? content : digestOfPlace(other);
  }),
  swapped: (site, path) => {
    const pattern = Object.values(linkClasses).find((candidate) => candidate.test(path));
    const others = pattern === undefined ? [] : pathsLike(site, pattern).filter((candidate) => candidate !== path);
    const other = site.chooseOther(others);
    const [here, there] = [site.storage.read(path), other === undefined ? undefined : site.storage.read(other)];
    if (other === undefined || here === undefined || there === undefined || here.equals(there)) return false;
    site.storage.write(path, there);
    return site.storage.write(other, here);
  },
  "as-folder": (site, path) => site.storage.makeFolder(path),
  "as-folder-of-links": (site, path) => {
    const content = site.storage.read(path);
    if (content === undefined) return false;
    site.storage.makeFolder(path);
    return site.storage.write(`${path}/link`, content);
  },
  "behind-symlink": (site, path) => site.storage.moveBehindSymlink(path),
  "dangling-symlink": (site, path) => site.storage.makeSymlink(path, "nowhere"),
  "looping-symlink": (site, path) => site.storage.makeSymlink(path, "link"),
  "symlink-to-data": (site, path) => {
    const other = site.chooseOther(pathsLike(site, /\/data$/));
    if (other === undefined) return false;
    return site.storage.makeSymlink(path, "../".repeat(path.split("/").length - 1) + other);
  },
  "as-fifo": (site, path) => site.storage.makeFifo(path),
  "folder-as-file": (site, path) => {
    const folder = path.slice(0, -"/link".length);
    if (site.storage.kindOf(folder) !== "folder") return false;
    return site.storage.write(folder, "not a folder");
  },
  "folder-removed": (site, path) => site.storage.remove(path.slice(0, -"/link".length)),
  "folder-behind-symlink": (site, path) => site.storage.moveBehindSymlink(path.slice(0, -"/link".length)),
  "folder-as-looping-symlink": (site, path) => {
    const folder = path.slice(0, -"/link".length);
    return site.storage.makeSymlink(folder, folder.split("/").at(-1) ?? "");
  },
  "folder-renamed": (site, path) => {
    const folder = path.slice(0, -"/link".length);
    const name = site.chooseOther(["UPPER", "0".repeat(63), "short", "f".repeat(64)]) ?? "short";
    const target = folder.replace(/[^/]+$/, name);
    if (site.storage.kindOf(target) !== "none") return false;
    return site.storage.move(folder, target);
  },
  "data-file-removed": (site, path) => {
    const digest = site.storage.read(path)?.toString("latin1") ?? "";
    if (!/^sha256:[0-9a-f]{64}$/.test(digest) || site.storage.kindOf(blobPath(digest)) === "none") return false;
    return site.storage.remove(blobPath(digest));
  },
};

export const linkDamages: DamageKind[] = (Object.keys(linkClasses) as LinkClass[]).flatMap((linkClass) =>
  Object.entries(ways).map(
    ([way, spoil]): DamageKind => ({
      name: `${linkClass}-link-${way}`,
      ...(way === "as-fifo" ? { rare: true } : {}),
      apply: (site) => {
        const path = site.choose(pathsLike(site, linkClasses[linkClass]));
        return path !== undefined && spoil(site, path) ? path : undefined;
      },
    }),
  ),
);

function hashOf(algorithm: string, content: string): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
}
