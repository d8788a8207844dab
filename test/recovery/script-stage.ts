// What the tests of the script have in common: a folder that stands for a storage root, a script for it, and a shell.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobData, STORAGE } from "../../src/layout/paths.ts";
import { renderScript } from "../../src/recovery/script.ts";
import type { PlanStep, ScriptedStep, UnneededStep } from "../../src/recovery/steps.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { entriesOf } from "../../src/scan/storage-entries.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

type Draft<S> = S extends PlanStep ? Omit<S, "root" | "affects" | "fixes" | "message"> : never;

/** What stands for a tag, or a link that nothing needs, among the manifests of `app`. */
export function unneededStep(path: string, content: string, since: number): UnneededStep {
  const beside = `${STORAGE}/repositories/app/_manifests`;
  return { kind: "unneeded", root: "r", path, content, beside, since, message: "because" };
}

/** A step of the root that is called `r`, without what only people read. */
export function stepOf(draft: Draft<ScriptedStep>): ScriptedStep {
  return { root: "r", affects: [], fixes: [], message: "because", ...draft } as unknown as ScriptedStep;
}

export const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
export const linkAt = (digest: string) => `${STORAGE}/repositories/app/_layers/${digest.replace(":", "/")}/link`;

export class Stage {
  readonly folder: string;
  readonly root: string;
  readonly script: string;

  constructor(folder = temporaryFolder()) {
    this.folder = folder;
    this.root = join(folder, "r");
    this.script = join(folder, "fix.sh");
    mkdirSync(join(this.root, STORAGE, "blobs"), { recursive: true });
    mkdirSync(join(this.root, STORAGE, "repositories"));
  }

  get quarantine(): string {
    return `${this.script}.quarantine`;
  }

  at(path: string): string {
    return join(this.root, path);
  }

  put(path: string, content: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content);
  }

  putBlob(content: string): string {
    const digest = digestOf(content);
    this.put(blobData(digest), content);
    return digest;
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8");
  }

  /** What was moved into the quarantine, by name. */
  moved(): string[] {
    return readdirSync(join(this.quarantine, "moved")).sort();
  }

  /** Writes the script of these steps, planned for what is on the disk now; other roots by name are places to copy from. */
  plan(steps: readonly (ScriptedStep | UnneededStep)[], others: Readonly<Record<string, string>> = {}): string {
    const roots = Object.entries({ r: this.root, ...others }).map(([name, path]) => ({ name, path }));
    const entries = entriesOf(nodeFs, roots);
    const scriptRoots = roots.map((root, index) => ({ ...root, entries: entries[index]! }));
    const input = { version: "1.2.3", roots: scriptRoots, steps, quarantine: this.quarantine };
    const text = [...renderScript(input)].join("");
    writeFileSync(this.script, text);
    return text;
  }

  /** Runs the script as whoever runs the tests: that may be root. */
  run(args: readonly string[] = ["--apply"], { shell = ["sh"], env = {}, asRoot = true }: RunOptions = {}) {
    const [command, ...options] = shell;
    const { status, stdout, stderr } = spawnSync(
      command!,
      [...options, this.script, ...(asRoot ? ["--as-root"] : []), ...args],
      {
        encoding: "utf8",
        cwd: this.folder,
        env: { ...process.env, ...env },
      },
    );
    return { status, stdout, stderr };
  }
}

interface RunOptions {
  shell?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Whether it is told that it may be root, which means nothing to other users. */
  asRoot?: boolean;
}
