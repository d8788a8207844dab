// A Node.js that is too old is told in a line, by the program that the package ships and by the one-file program.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { fetchNode } from "../../scripts/nodes/fetch-node.ts";
import { bundle } from "../../scripts/package/bundle.ts";
import { PROGRAM } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const fixture = fileURLToPath(new URL("../../test-fixtures/small", import.meta.url));

it.each([
  ["the package's program", async () => PROGRAM],
  [
    "the one-file program",
    async () => {
      const file = join(temporaryFolder(), "regfsck.mjs");
      await bundle(file);
      return file;
    },
  ],
])("%s: 16, and a line", async (_, program) => {
  const file = await program();
  for (const args of [["scan", fixture], ["--version"], []]) {
    const { status, stdout, stderr } = spawnSync(fetchNode("18"), [file, ...args], { encoding: "utf8" });
    expect([status, stdout]).toEqual([16, ""]);
    expect(stderr).toMatch(/^regfsck: needs Node\.js 20 or newer; this is v18\.[0-9.]+\n$/);
  }
});
