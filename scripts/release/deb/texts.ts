// The texts that a Debian package holds besides the program's own.
import type { Source } from "../source.ts";

/** As Debian calls the processors of Node.js. */
export const DEBIAN_NAMES = { x64: "amd64", arm64: "arm64" } as const;

/** The libraries that Node.js is linked to, in the oldest versions that have what it asks for. */
const DEPENDS = ["libc6 (>= 2.28)", "libgcc-s1 (>= 3.4)", "libstdc++6 (>= 5.2)"];

/** @param size of all files, in KiB. */
export function control({ version, maintainer }: Source, architecture: string, size: number): string {
  return `Package: regfsck
Version: ${debianVersion(version)}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: ${DEPENDS.join(", ")}
Suggests: bash-completion, docker-registry, prometheus-node-exporter
Section: admin
Priority: optional
Description: fsck for container registries
 Finds the images that registry:2.8.3 or registry:3 (the Docker Distribution
 registry) cannot serve, from its storage on disk, says why and how to repair
 them, and answers beforehand what a garbage collection would break.
 .
 It never writes to the storage, and needs neither a running registry nor a
 network. Node.js is inside.
`;
}

export function debianVersion(version: string): string {
  return `${version}-1`;
}

export function changelog({ version, maintainer, date }: Source): string {
  const stamp = date.toUTCString().replace("GMT", "+0000");
  return `regfsck (${debianVersion(version)}) unstable; urgency=medium

  * Version ${version}; changelog.gz says what is new.

 -- ${maintainer}  ${stamp}
`;
}

export function copyright({ maintainer, date }: Source): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: regfsck
Comment: /usr/bin/regfsck holds code of other packages, and Node.js with what is
 in it: V8, libuv, OpenSSL, ICU and more. NOTICES.gz beside this file has the
 copyrights and licences of all of them.

Files: *
Copyright: ${date.getUTCFullYear()} ${maintainer}
License: Apache-2.0
 On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.

Files: usr/bin/regfsck
Copyright: ${date.getUTCFullYear()} ${maintainer}
  Node.js contributors, Joyent, Inc. and others
License: Apache-2.0 and MIT and others
 NOTICES.gz beside this file has them all.
`;
}
