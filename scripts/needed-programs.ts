// The programs besides Node.js that `npm run test:all` runs, as root, and the Debian packages that hold them. Says in one line which
// packages to install, and fails, where a program is missing; with --packages it prints those packages alone.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash"],
  bsdutils: ["script"],
  busybox: ["busybox"],
  coreutils: ["mkfifo", "mknod", "mktemp"],
  dash: ["dash"],
  "docker-registry": ["docker-registry"],
  fish: ["fish"],
  "groff-base": ["groff"],
  mandoc: ["mandoc"],
  mksh: ["mksh"],
  mount: ["mount"],
  prometheus: ["promtool"],
  shellcheck: ["shellcheck"],
  skopeo: ["skopeo"],
  strace: ["strace"],
  systemd: ["systemd-analyze"],
  tar: ["tar"],
  "util-linux": ["flock", "setpriv", "unshare"],
  zsh: ["zsh"],
};

const folders = (process.env["PATH"] ?? "").split(delimiter);

function isThere(program: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = Object.entries(PACKAGES).filter(([, programs]) => !programs.every(isThere));
const packages = missing.map(([name]) => name).join(" ");
if (process.argv[2] === "--packages") process.stdout.write(`${packages}\n`);
else if (process.geteuid?.() !== 0) {
  process.stderr.write("npm run test:all must be run as root: its tests are several users, mount and change owners\n");
  process.exitCode = 1;
} else if (missing.length > 0) {
  const programs = missing.flatMap(([, all]) => all.filter((program) => !isThere(program)));
  process.stderr.write(`npm run test:all needs ${programs.join(", ")}: apt-get install ${packages}\n`);
  process.exitCode = 1;
}
