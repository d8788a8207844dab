// Storage that is scanned night after night: what happens to a world between two scans, and what happens to it unseen.
import type { Stats } from "node:fs";
import fc from "fast-check";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import type { World } from "./world.ts";

export const DAY = 86_400_000;

export interface Change {
  readonly kind: "delete" | "delete-folder" | "empty" | "redirect" | "flip" | "replace" | "swap" | "push";
  readonly pick: number;
  readonly other: number;
}

/** What may happen to storage while no scan looks. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("delete", "delete-folder", "empty", "redirect", "flip", "replace", "swap", "push"),
    pick: fc.nat(10_000),
    other: fc.nat(10_000),
  }) as fc.Arbitrary<Change>,
  { maxLength: 6 },
);

/** The links and blobs of a world, relative to its root. */
export function filesOf({ memory, root }: World): string[] {
  const all = memory.readdirSync(root, { recursive: true }) as string[];
  return all.filter((path) => /\/(?:link|data)$/.test(path)).sort();
}

export function applyChanges(world: World, all: readonly Change[]): void {
  for (const { kind, pick, other } of all) {
    const files = filesOf(world);
    if (files.length === 0) return;
    const file = files[pick % files.length]!;
    const second = files[other % files.length]!;
    const [from, to] = [`${world.root}/${file}`, `${world.root}/${second}`];
    if (kind === "delete") world.remove(file);
    if (kind === "delete-folder") world.remove(file.slice(0, file.lastIndexOf("/")));
    if (kind === "empty") world.write(file);
    if (kind === "redirect") world.write(file, world.memory.readFileSync(to));
    if (kind === "flip") world.write(file, flipped(world.memory.readFileSync(from) as Buffer, other));
    if (kind === "replace" && from !== to) world.memory.renameSync(to, from);
    if (kind === "swap" && from !== to) {
      world.memory.renameSync(from, `${from}.away`);
      world.memory.renameSync(to, from);
      world.memory.renameSync(`${from}.away`, to);
    }
    if (kind === "push") world.repository("pushed/later").image(`v${other % 3}`);
  }
}

/** As many bytes, of which one is another: of a digest still a digest. */
export function flipped(content: Buffer, at: number): Buffer {
  const bytes = Buffer.from(content);
  if (bytes.length === 0) return bytes;
  const place = at % bytes.length;
  bytes[place] = bytes[place] === 0x61 ? 0x62 : 0x61;
  return bytes;
}

/** A file system that gives the stats of `before` for what has changed since: as a disk does whose content rots. */
export class UnseenChanges {
  readonly fs: StorageFs;
  readonly #stats = new Map<string, Stats>();
  readonly #open = new Map<number, string>();

  constructor(storageFs: StorageFs) {
    this.fs = {
      ...storageFs,
      statSync: ((path: string, ...rest: []) =>
        this.#stats.get(path) ?? storageFs.statSync(path, ...rest)) as StorageFs["statSync"],
      openSync: (path, ...rest) => {
        const file = storageFs.openSync(path, ...rest);
        this.#open.set(file, String(path));
        return file;
      },
      fstatSync: (file) => this.#stats.get(this.#open.get(file) ?? "") ?? storageFs.fstatSync(file),
    };
  }

  /** Has a file, by its absolute path, changed by `change` with no time changing. */
  change(path: string, change: () => void): void {
    this.#stats.set(path, this.fs.statSync(path));
    change();
  }
}
