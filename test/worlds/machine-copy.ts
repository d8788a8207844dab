// A copy of this machine to install things on: whatever is written there lies in memory, and goes with it.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** Runs lines of a shell there as root, in `cwd`; the first that fails ends it. */
export function onACopy(lines: string, cwd = "/") {
  const folder = temporaryFolder();
  const [layer, script] = [join(folder, "layer"), join(folder, "script")];
  mkdirSync(layer);
  writeFileSync(script, `set -eu\ncd ${cwd}\n${lines}`);
  const inside = `mount -t tmpfs tmpfs ${layer}
    mkdir ${layer}/upper ${layer}/work ${layer}/root
    mount -t overlay overlay -o lowerdir=/,upperdir=${layer}/upper,workdir=${layer}/work ${layer}/root
    mount --rbind /proc ${layer}/root/proc
    mount --rbind /dev ${layer}/root/dev
    exec chroot ${layer}/root sh ${script}`;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const { status, stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-ec", inside], { encoding: "utf8", env });
  return { status, stdout, stderr };
}
