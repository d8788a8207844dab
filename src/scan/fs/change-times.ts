// How far a file system's change times (ctime) can be relied on: whether nothing sets them but a change, by which clock, and
// how finely they tell.
import type { StorageFs } from "./storage-fs.ts";

/** By the clock of this machine; two seconds is the coarsest that any of them tells. */
const OWN_CLOCK = 2_000;
/** By a server's clock, which may be behind this machine's. */
const OTHER_CLOCK = 3_600_000;

/**
 * By the number that statfs(2) gives for its type. What is not here is not relied on: FUSE, vfat and exfat, 9p and SMB have
 * no change times of their own, let them be set, or give files other numbers each time; what an overlay shows may come from
 * any of them.
 */
const FILE_SYSTEMS: ReadonlyMap<number, number> = new Map([
  [0xef53, OWN_CLOCK], // ext2, ext3, ext4
  [0x58465342, OWN_CLOCK], // xfs
  [0x9123683e, OWN_CLOCK], // btrfs
  [0x2fc12fc1, OWN_CLOCK], // zfs
  [0xf2f52010, OWN_CLOCK], // f2fs
  [0xca451a4e, OWN_CLOCK], // bcachefs
  [0x01021994, OWN_CLOCK], // tmpfs
  [0x858458f6, OWN_CLOCK], // ramfs
  [0x6969, OTHER_CLOCK], // nfs
  [0x00c36400, OTHER_CLOCK], // ceph
]);

/**
 * How long before a run's start a file must have changed last, in milliseconds, so that any later change shows in its change
 * time; undefined where that cannot be relied on.
 */
export function settlingTime(storageFs: StorageFs, path: string): number | undefined {
  try {
    return FILE_SYSTEMS.get(Number(storageFs.statfsSync(path).type) >>> 0);
  } catch {
    return undefined;
  }
}
