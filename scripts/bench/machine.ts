// The machine that figures were taken on, and its caches.
import { spawnSync } from "node:child_process";
import { accessSync, constants, statfsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

const fileSystems = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x2fc12fc1, "zfs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlayfs"],
  [0x6969, "nfs"],
]);

/** One line; the load is in it because a busy machine makes every figure doubtful. */
export function describeMachine(folder: string): string {
  const processors = cpus();
  const kind = statfsSync(folder).type;
  return [
    `${processors.length} cores (${processors[0]?.model.trim() ?? "unknown"})`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    fileSystems.get(kind) ?? `file system 0x${kind.toString(16)}`,
    `${type()} ${release()}`,
    `load ${loadavg()[0]!.toFixed(1)} before the run`,
  ].join(", ");
}

const dropCaches = "/proc/sys/vm/drop_caches";

/** @throws when this process may not drop the kernel's caches: figures taken then would be warm ones. */
export function requireDropCaches(): void {
  try {
    accessSync(dropCaches, constants.W_OK);
  } catch {
    throw new Error(`--cold: ${dropCaches} is not writable here (it takes root, on the machine itself)`);
  }
}

export async function emptyCaches(): Promise<void> {
  // Only clean pages can be dropped.
  spawnSync("sync");
  writeFileSync(dropCaches, "3");
}
