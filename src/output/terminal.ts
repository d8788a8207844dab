// What a command may do to the outside, handed in by the program so that a test can look on.
import type { ChalkInstance } from "chalk";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import type { ResourceUsage } from "../scan/pool/pool.ts";
import type { Progress } from "../scan/reader.ts";
import type { User } from "./target.ts";

export interface Terminal {
  readonly fs: StorageFs;
  /** Writes to standard output; rejects when that fails (a closed pipe, a full disk). */
  write(text: string): Promise<void>;
  /** One line on standard error. */
  warn(line: string): void;
  readonly progress: Progress;
  /** Removes the progress line, if there is one. */
  clearProgress(): void;
  readonly colour: ChalkInstance;
  /** Columns. */
  readonly width: number;
  /** Whether text is printed however long it gets. */
  readonly full?: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** What this process has used so far. */
  resourceUsage(): ResourceUsage;
  readonly user: User;
  readonly version: string;
}
