// A machine with two registries, on which regfsck runs every night, and the clock that the nights are counted by.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { nodeFs } from "../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../worlds/scan-world.ts";

const DAY = 86_400;

export interface Run {
  readonly code: number;
  /** What a mail or the journal would hold: standard output, and standard error unless the run was quiet and clean. */
  readonly said: string;
}

export class Machine {
  readonly base: string;
  readonly private: string;
  readonly hub: string;
  /** Where state, reports and configuration lie. */
  readonly folder: string;
  /** Seconds since 1970 of night 0. */
  readonly begin = Math.ceil(Date.now() / 1000);
  /** Reading anything here is an input/output error, as on a disk that fails. */
  failing: string | undefined;
  readonly #aside: string;

  constructor(folder: string) {
    this.folder = join(folder, "var");
    this.#aside = join(folder, "aside");
    this.base = join(folder, "data");
    this.private = join(this.base, "private");
    this.hub = join(this.base, "hub");
    for (const path of [this.folder, this.#aside, this.base]) mkdirSync(path);
    const fixture = (name: string) => fileURLToPath(new URL(`../../../test-fixtures/${name}`, import.meta.url));
    cpSync(fixture("healthy"), this.private, { recursive: true });
    cpSync(fixture("cache"), this.hub, { recursive: true });
    this.configure("");
  }

  /** `accepted` as the configuration file spells it, "" for none. */
  configure(accepted: string): void {
    const files = (name: string) => ({
      state: join(this.folder, `${name}.json`),
      report: join(this.folder, `${name}-report.json`),
      metrics: join(this.folder, `${name}.prom`),
    });
    const config = { roots: [{ path: this.base }], ...files("scan"), gate: files("gate") };
    // JSON is YAML.
    writeFileSync(join(this.folder, "regfsck.yaml"), `${JSON.stringify(config, null, 2).slice(0, -2)},\n${accepted}}`);
  }

  /** A quiet run of this command on that night. */
  async run(night: number, command: "scan" | "gate", ...options: string[]): Promise<Run> {
    const config = join(this.folder, "regfsck.yaml");
    const args = [command, "--quiet", "--jobs", "1", "--config", config, ...options];
    try {
      const { exitCode, printed, warnings } = await runProgram(this.#fs(), args, (this.begin + night * DAY) * 1000);
      return { code: exitCode, said: printed + (exitCode === 0 ? "" : warnings.map((line) => `${line}\n`).join("")) };
    } catch (error) {
      // As the program itself tells what was wrong with what it was given.
      return { code: 16, said: `${(error as Error).message}\n` };
    }
  }

  /** The night of a time in seconds since 1970; undefined for never. */
  nightOf(seconds: number): number | undefined {
    return seconds === 0 ? undefined : (seconds - this.begin) / DAY;
  }

  json(name: string) {
    return JSON.parse(readFileSync(join(this.folder, name), "utf8"));
  }

  metrics(): string {
    return ["scan.prom", "gate.prom"].map((name) => readFileSync(join(this.folder, name), "utf8")).join("");
  }

  /** Moves a folder away, and leaves an empty one in its place, as an unmounted volume does. */
  unmount(path: string): void {
    renameSync(path, this.#asideOf(path));
    mkdirSync(path);
  }

  mount(path: string): void {
    rmSync(path, { recursive: true });
    renameSync(this.#asideOf(path), path);
  }

  /** Another volume in the place of one that was unmounted. */
  mountOther(path: string, fixture: string): void {
    rmSync(path, { recursive: true });
    cpSync(fileURLToPath(new URL(`../../../test-fixtures/${fixture}`, import.meta.url)), path, { recursive: true });
  }

  backUp(): void {
    rmSync(this.#asideOf("backup"), { recursive: true, force: true });
    cpSync(this.private, this.#asideOf("backup"), { recursive: true, preserveTimestamps: true });
  }

  /** Brings back what is missing, and replaces nothing. */
  restore(): void {
    cpSync(this.#asideOf("backup"), this.private, { recursive: true, force: false, preserveTimestamps: true });
  }

  filesBeside(): string[] {
    return readdirSync(this.folder).sort();
  }

  #asideOf(path: string): string {
    return join(this.#aside, path.replace(dirname(this.base), "").replaceAll("/", "-"));
  }

  #fs(): StorageFs {
    const refuse = (path: unknown) => {
      if (this.failing === undefined || !String(path).startsWith(this.failing)) return;
      throw Object.assign(new Error("EIO: i/o error"), { code: "EIO", path });
    };
    const watch = <Call extends (path: never, ...rest: never[]) => unknown>(call: Call) =>
      ((path: never, ...rest: never[]) => {
        refuse(path);
        return call(path, ...rest);
      }) as Call;
    return {
      ...nodeFs,
      readdirSync: watch(nodeFs.readdirSync as never),
      statSync: watch(nodeFs.statSync as never),
      lstatSync: watch(nodeFs.lstatSync as never),
      openSync: watch(nodeFs.openSync as never),
    };
  }
}
