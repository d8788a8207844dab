// What a command may do to the outside, handed in by the program so that a test can look on.
import type { ChalkInstance } from "chalk";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import type { ResourceUsage } from "../scan/pool/resource-usage.ts";
import type { Progress } from "../scan/reader.ts";
import type { User } from "./target.ts";

export interface Terminal {
  readonly fs: StorageFs;
  /** Writes to standard output; rejects when that fails (a closed pipe, a full disk). */
  write(text: string): Promise<void>;
  /** One line on standard error. */
  warn(line: string): void;
  readonly progress: Progress;
  /** Throws an error where memory is about to end. For what goes on for long without telling of progress. */
  checkMemory?(): void;
  /** Removes the progress line, if there is one. */
  clearProgress(): void;
  /** Has `save` done before the program ends by a signal; what it gives takes that back. */
  beforeInterruption(save: () => Promise<unknown>): () => void;
  readonly colour: ChalkInstance;
  /** Columns. */
  readonly width: number;
  /** Whether text is printed however long it gets. */
  readonly full?: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets so many milliseconds pass. */
  wait(milliseconds: number): Promise<void>;
  /** What this process and the machine have used so far. */
  resourceUsage(): ResourceUsage;
  /** The most bytes that the system lets this process have; undefined where nothing says so. */
  readonly systemMemory?: number | undefined;
  readonly user: User;
  readonly version: string;
  /** The environment of this process, where a command needs more of it than colours. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** All of standard input, up to so many bytes. Rejects with one line where there is more. */
  readInput(mostBytes: number): Promise<string>;
}
