// A folder on the real file system, for what memory cannot do: pipes, devices, permissions, names that are not UTF-8.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "regfsck-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
