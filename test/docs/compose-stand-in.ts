// What stands in for `docker compose` where there is no Docker: it runs a service of docs/compose/regfsck.yaml in the image's
// file system with what the compose file asks for (user, mounts, root file system read-only, capabilities, network), and writes
// down what is asked of the registry's own compose file.
// Called as: node compose-stand-in.ts <compose file> run --rm -T <service> [argument...]
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { parse } from "yaml";

interface Service {
  readonly image: string;
  readonly network_mode: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly volumes: readonly string[];
  readonly command: string;
}

const { IMAGE_ROOT, STATE, CALLS, COLLECT_EXIT = "0" } = process.env as Record<string, string>;
const [file, ...args] = process.argv.slice(2) as [string, ...string[]];
if (file.endsWith("/regfsck.yaml")) process.exitCode = runService();
else {
  appendFileSync(CALLS!, `${args.join(" ")}\n`);
  process.exitCode = args.includes("garbage-collect") ? Number(COLLECT_EXIT) : 0;
}

function runService(): number {
  const { services } = parse(readFileSync(file, "utf8"), { merge: true }) as { services: Record<string, Service> };
  const [name, ...given] = args.slice(args.indexOf("-T") + 1) as [string, ...string[]];
  const service = services[name];
  if (service === undefined) throw new Error(`no such service: ${name}`);
  const { network_mode, read_only, cap_drop, security_opt } = service;
  const [drop, privileges] = [cap_drop.join(), security_opt.join()];
  if (drop !== "ALL" || privileges !== "no-new-privileges:true") throw new Error(`${name}: ${drop}, ${privileges}`);
  const mounts = service.volumes.flatMap((volume) => {
    const [from, to, mode] = volume.split(":") as [string, string, string?];
    const source = from.startsWith("/") ? from : STATE;
    const bind = [`mkdir -p ${IMAGE_ROOT}${to}`, `mount --bind ${source} ${IMAGE_ROOT}${to}`];
    return mode === "ro" ? [...bind, `mount -o remount,ro,bind ${IMAGE_ROOT}${to}`] : bind;
  });
  const script = [
    `mount --bind ${IMAGE_ROOT} ${IMAGE_ROOT}`,
    `mkdir -p ${IMAGE_ROOT}/proc && mount -t proc proc ${IMAGE_ROOT}/proc`,
    ...mounts,
    ...(read_only ? [`mount -o remount,ro,bind ${IMAGE_ROOT}`] : []),
    // Changing the user drops the capabilities; none of them can come back.
    `exec setpriv --no-new-privs chroot --userspec=65532:65532 ${IMAGE_ROOT} /usr/bin/regfsck "$@"`,
  ].join("\n");
  appendFileSync(CALLS!, `regfsck ${name}\n`);
  const command = given.length > 0 ? given : service.command.trim().split(/\s+/);
  const isolated = ["--mount", ...(network_mode === "none" ? ["--net"] : [])];
  return spawnSync("unshare", [...isolated, "sh", "-ec", script, "sh", ...command], { stdio: "inherit" }).status ?? 1;
}
