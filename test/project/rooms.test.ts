// The linter refuses every import that leads from a room of src/ where it must not, at both depths, and no other.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ROOMS, roomRules } from "../../.config/rooms.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folders = readdirSync(join(repository, "src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const PACKAGES = [
  "undici",
  "zod",
  "yaml",
  "chalk",
  "commander",
  "fast-glob",
  "node:crypto",
  "node:fs",
  "node:fs/promises",
];
const NEVER = ["node:net", "node:tls", "node:http2", "node:http", "node:https", "node:process", "node:child_process"];

/** The imports that the linter refuses in each of these files, which hold an import a line. */
function refused(files: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  const folder = temporaryFolder();
  cpSync(join(repository, ".biome.json"), join(folder, ".biome.json"));
  cpSync(join(repository, ".config/rooms.json"), join(folder, ".config/rooms.json"));
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), imports.map((from) => `import "${from}";\n`).join(""));
  }
  const { stdout, stderr } = spawnSync(
    join(repository, "node_modules/.bin/biome"),
    ["lint", "--vcs-enabled=false", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--reporter=github"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  expect(stderr).toContain("Some errors were emitted");
  const refusals = [...stdout.matchAll(/file=([^,]+),line=(\d+)/g)].map(
    ([, file, line]) => [relative(folder, file!), Number(line)] as const,
  );
  return Object.fromEntries(
    Object.entries(files).map(([file, imports]) => {
      const lines = new Set(refusals.filter(([path]) => path === file).map(([, line]) => line));
      return [file, imports.filter((_, index) => lines.has(index + 1))];
    }),
  );
}

it("refuses every import but those that the table of rooms allows", () => {
  const files: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  for (const [name, { rooms, packages }] of Object.entries(ROOMS)) {
    for (const [file, up] of [
      [`src/${name}/planted.ts`, ".."],
      [`src/${name}/folder/planted.ts`, "../.."],
    ] as const) {
      const own = ["./own.ts", "./folder/own.ts", ...(up === ".." ? [] : ["../own.ts", "../other/own.ts"])];
      const others = folders
        .filter((other) => other !== name)
        .flatMap((other) => [`${up}/${other}/a.ts`, `${up}/${other}/b/c.ts`]);
      const foreign = [
        ...others,
        `${up}/main.ts`,
        `${up}/../scripts/a.ts`,
        `${up}/../test/a.ts`,
        ...PACKAGES,
        ...NEVER,
      ];
      files[file] = [...own, ...foreign];
      const allowed = [...rooms.map((room) => `${up}/${room}${room.endsWith(".ts") ? "" : "/"}`), ...packages];
      expected[file] = foreign.filter(
        (from) => !allowed.some((one) => from === one || (one.endsWith("/") && from.startsWith(one))),
      );
    }
  }
  const connecting = [...NEVER.filter((name) => name !== "node:process"), "undici"];
  files["src/planted.ts"] = ["node:fs", "./probe/a.ts", ...connecting];
  expected["src/planted.ts"] = connecting;
  expect(refused(files)).toEqual(expected);
});

it("refuses the globals that open connections, in each room and beside them", () => {
  const folder = temporaryFolder();
  cpSync(join(repository, ".biome.json"), join(folder, ".biome.json"));
  cpSync(join(repository, ".config/rooms.json"), join(folder, ".config/rooms.json"));
  const files = ["src/planted.ts", ...Object.keys(ROOMS).map((name) => `src/${name}/planted.ts`)];
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      'await fetch("http://a");\nnew WebSocket("ws://a");\nnew EventSource("http://a");\n',
    );
  }
  const { stdout } = spawnSync(
    join(repository, "node_modules/.bin/biome"),
    ["lint", "--vcs-enabled=false", "--only=style/noRestrictedGlobals", "--max-diagnostics=none", "--reporter=github"],
    { cwd: folder, encoding: "utf8" },
  );
  const lines = [...stdout.matchAll(/file=([^,]+),line=(\d+)/g)].map(
    ([, file, line]) => `${relative(folder, file!)} ${line}`,
  );
  expect(new Set(lines)).toEqual(new Set(files.flatMap((file) => [1, 2, 3].map((line) => `${file} ${line}`))));
});

it("knows every room, and leads one way: each uses only such as stand above it in the table", () => {
  const names = Object.keys(ROOMS);
  expect([...names].sort()).toEqual([...folders].sort());
  for (const [name, { rooms }] of Object.entries(ROOMS)) {
    for (const room of rooms) expect(names.indexOf(room), `${name} uses ${room}`).toBeLessThan(names.indexOf(name));
  }
});

it("is made of the table as it is now (npm run rules)", () => {
  expect(JSON.parse(readFileSync(join(repository, ".config/rooms.json"), "utf8"))).toEqual(roomRules());
});
