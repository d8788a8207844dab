// Damage to blobs: each way of spoiling a data file, for manifests and for configs and layers.
import { base } from "../storage.ts";
import { blobPaths, type DamageKind, type Site } from "./site.ts";

type SpoilBlob = (site: Site, path: string) => boolean;

function rewrite(change: (content: Buffer, site: Site) => Uint8Array): SpoilBlob {
  return (site, path) => {
    const content = site.storage.read(path);
    if (content === undefined) return false;
    const changed = Buffer.from(change(Buffer.from(content), site));
    if (changed.equals(content)) return false;
    return site.storage.write(path, changed);
  };
}

const folderOf = (path: string) => path.slice(0, -"/data".length);
const lengths = Array.from({ length: 64 }, (_, index) => index);

const ways: Record<string, SpoilBlob> = {
  removed: (site, path) => site.storage.remove(path),
  emptied: rewrite(() => Buffer.alloc(0)),
  truncated: rewrite((content, site) => content.subarray(0, content.length - 1 - (site.chooseOther(lengths) ?? 0))),
  extended: rewrite((content, site) =>
    Buffer.concat([content, Buffer.alloc(1 + (site.chooseOther(lengths) ?? 0), " ")]),
  ),
  "bit-flipped": rewrite((content, site) => {
    const position = site.chooseOther([...content.keys()]);
    if (position !== undefined) content[position] = (content[position] ?? 0) ^ 1;
    return content;
  }),
  zeroed: rewrite((content) => Buffer.alloc(content.length)),
  "as-other-blob": rewrite((content, site) => {
    const other = site.chooseOther([...blobPaths(site, "manifest"), ...blobPaths(site, "content")]);
    return (other === undefined ? undefined : site.storage.read(other)) ?? content;
  }),
  "as-folder": (site, path) => site.storage.makeFolder(path),
  "behind-symlink": (site, path) => site.storage.moveBehindSymlink(path),
  "dangling-symlink": (site, path) => site.storage.makeSymlink(path, "nowhere"),
  "looping-symlink": (site, path) => site.storage.makeSymlink(path, "data"),
  "as-fifo": (site, path) => site.storage.makeFifo(path),
  "folder-removed": (site, path) => site.storage.remove(folderOf(path)),
  "folder-as-file": (site, path) => site.storage.write(folderOf(path), "not a folder"),
  "folder-emptied": (site, path) => site.storage.makeFolder(folderOf(path)),
  "folder-behind-symlink": (site, path) => site.storage.moveBehindSymlink(folderOf(path)),
  "folder-as-looping-symlink": (site, path) =>
    site.storage.makeSymlink(folderOf(path), folderOf(path).split("/").at(-1) ?? ""),
  "shard-removed": (site, path) => site.storage.remove(path.split("/").slice(0, -2).join("/")),
  "shard-as-file": (site, path) => site.storage.write(path.split("/").slice(0, -2).join("/"), "not a folder"),
  "moved-to-other-shard": (site, path) => {
    const parts = path.split("/");
    const shard = site.chooseOther(["00", "ff", "zz", "sha256", "0"]) ?? "00";
    const target = [...parts.slice(0, -3), shard, ...parts.slice(-2, -1)].join("/");
    if (site.storage.kindOf(folderOf(path)) !== "folder" || site.storage.kindOf(target) !== "none") return false;
    return site.storage.move(folderOf(path), target);
  },
  "copied-to-other-algorithm": (site, path) => {
    const content = site.storage.read(path);
    const hex = path.split("/").at(-2) ?? "";
    const algorithm = site.chooseOther(["sha512", "sha384", "md5", "SHA256"]) ?? "md5";
    if (content === undefined) return false;
    return site.storage.write(`${base}/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`, content);
  },
};

export const blobDamages: DamageKind[] = (["manifest", "content"] as const).flatMap((which) =>
  Object.entries(ways).map(
    ([way, spoil]): DamageKind => ({
      name: `${which}-blob-${way}`,
      ...(way === "as-fifo" ? { rare: true } : {}),
      apply: (site) => {
        const path = site.choose(blobPaths(site, which));
        return path !== undefined && spoil(site, path) ? path : undefined;
      },
    }),
  ),
);
