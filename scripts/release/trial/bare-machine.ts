// A bare Debian, as debootstrap makes it, to try on it what a user would install: nothing of this machine is in it, no Node.js above
// all.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Program } from "../../nodes/outputs.ts";

/** What shows manual pages and completes lines; the rest is as little as Debian can be. */
const INCLUDED = "man-db,bash-completion";

export class BareMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), "bare-"));
  readonly #mounts: string[] = [];

  /** @param suite bookworm, trixie: a release of Debian. */
  constructor(suite: string) {
    const args = ["--variant=minbase", `--include=${INCLUDED}`, suite, this.#folder];
    execFileSync("debootstrap", args, { stdio: ["ignore", "ignore", "inherit"] });
    // Other users of the machine are to see it.
    chmodSync(this.#folder, 0o755);
    this.#mount("proc", "/proc", "-t", "proc");
  }

  /** Makes a folder of this machine be seen there, under the same path, read-only. */
  show(folder: string): void {
    this.#mount(folder, folder, "--bind", "-o", "ro");
  }

  /** Copies a file there, to /root. */
  bring(file: string): string {
    cpSync(file, join(this.#folder, "root", basename(file)));
    return `/root/${basename(file)}`;
  }

  /** Runs lines of a shell there. */
  run(lines: string): { readonly code: number | null; readonly said: string } {
    const env = {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      LC_ALL: "C.UTF-8",
      DEBIAN_FRONTEND: "noninteractive",
    };
    const { status, stdout, stderr } = spawnSync("chroot", [this.#folder, "sh", "-c", `exec 2>&1; ${lines}`], {
      encoding: "utf8",
      env,
      maxBuffer: 1 << 26,
    });
    return { code: status, said: (stdout + stderr).trim() };
  }

  /** A program there, run in a folder that is shown. */
  program(path: string, folder: string): Program {
    return ["chroot", this.#folder, "sh", "-c", `cd ${folder} && exec ${path} "$@"`, "sh"];
  }

  remove(): void {
    for (const mount of this.#mounts.reverse()) execFileSync("umount", [mount]);
    rmSync(this.#folder, { recursive: true });
  }

  #mount(source: string, target: string, ...options: readonly string[]): void {
    const place = join(this.#folder, target);
    mkdirSync(place, { recursive: true });
    execFileSync("mount", [...options, source, place]);
    this.#mounts.push(place);
  }
}
