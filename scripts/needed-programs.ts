// The programs besides Node.js that `npm run test:all` runs, as root, and the Debian packages that hold them. Says in one line which
// packages to install, and fails, where a program is missing; with --packages it prints those packages alone.
import { accessSync, constants } from "node:fs";
import { delimiter, resolve } from "node:path";

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash"],
  binutils: ["readelf"],
  "binutils-aarch64-linux-gnu": ["aarch64-linux-gnu-strip"],
  "binutils-x86-64-linux-gnu": ["x86_64-linux-gnu-strip"],
  bsdutils: ["script"],
  buildah: ["buildah"],
  busybox: ["busybox"],
  chromium: ["chromium"],
  coreutils: ["mkfifo", "mknod", "mktemp"],
  dash: ["dash"],
  "docker-registry": ["docker-registry"],
  dpkg: ["dpkg-deb", "dpkg-query"],
  e2fsprogs: ["chattr"],
  fish: ["fish"],
  "groff-base": ["groff"],
  "libstdc++6-arm64-cross": ["/usr/aarch64-linux-gnu/lib/libstdc++.so.6"],
  lintian: ["lintian"],
  "man-db": ["man"],
  mandoc: ["mandoc"],
  mksh: ["mksh"],
  mount: ["mount"],
  openssl: ["openssl"],
  prometheus: ["promtool"],
  "qemu-user-static": ["qemu-aarch64-static"],
  shellcheck: ["shellcheck"],
  skopeo: ["skopeo"],
  strace: ["strace"],
  systemd: ["systemd-analyze"],
  tar: ["tar"],
  "util-linux": ["flock", "setpriv", "unshare"],
  "xz-utils": ["xz"],
  zsh: ["zsh"],
};

/** Where programs are looked for; what is no program is named with its path. */
const folders = (process.env["PATH"] ?? "").split(delimiter);

function isThere(program: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(resolve(folder, program), program.startsWith("/") ? constants.R_OK : constants.X_OK);
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
