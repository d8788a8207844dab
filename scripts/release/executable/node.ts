// The Node.js that is inside the executables.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fetchNode } from "../../nodes/fetch-node.ts";

export const ARCHES = ["x64", "arm64"] as const;
export type Arch = (typeof ARCHES)[number];

export const NODE_VERSION = "24.22.3";

/** SHA-256 of each binary, so that no other one is shipped than the one that was looked at. */
export const NODE_BINARIES: Readonly<Record<Arch, string>> = {
  x64: "a7ec1b37e6ff9d187e4198c5b6df9a4eb1c74dd31804fb3bac55cc4ceca1ac01",
  arm64: "8f9c2a55879e9705cb285b6cdd649d95df642c6720f052cb30f300d2677da99f",
};

/** How Debian's tools call a processor. */
export const GNU_NAMES: Readonly<Record<Arch, string>> = { x64: "x86_64", arm64: "aarch64" };

/** The binary and the text of its licences, fetched where the cache has none. */
export function shippedNode(arch: Arch): { readonly binary: string; readonly licence: string } {
  const binary = fetchNode(NODE_VERSION, arch);
  const hash = createHash("sha256").update(readFileSync(binary)).digest("hex");
  if (hash !== NODE_BINARIES[arch]) throw new Error(`${binary} has SHA-256 ${hash}, not ${NODE_BINARIES[arch]}`);
  return { binary, licence: readFileSync(join(binary, "../../LICENSE"), "utf8") };
}

/** What stands before a program's name to run it here: nothing, or the emulator of its processor. */
export function emulator(arch: Arch): readonly string[] {
  if (arch === process.arch) return [];
  const gnu = GNU_NAMES[arch];
  return [`qemu-${gnu}-static`, "-L", `/usr/${gnu}-linux-gnu`];
}
