// The gate on what a garbage collection of the real registry fails on, by the file system itself.
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { run } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const small = fileURLToPath(new URL("../../test-fixtures/small", import.meta.url));

it("stops where a folder of the blob store is a file", () => {
  const root = join(temporaryFolder(), "small");
  cpSync(small, root, { recursive: true });
  const shard = join(root, "docker/registry/v2/blobs/sha256/5b");
  rmSync(shard, { recursive: true });
  writeFileSync(shard, "");
  const { code, stdout } = run("gate", root);
  expect(code).toBe(4);
  expect(stdout).toMatch(/^STOP/);
});
