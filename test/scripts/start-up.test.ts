// What the program loads before it reads storage: zod alone takes longer to load than a small root to read.
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, it } from "vitest";
import { OPTIONS } from "../../scripts/package/esbuild.ts";

let outputs: Metafile["outputs"];

beforeAll(async () => {
  const options = { ...OPTIONS, entryPoints: { cli: "src/cli.ts" }, outdir: "dist", splitting: true };
  ({ outputs } = (await build({ ...options, metafile: true, write: false })).metafile!);
});

/** The modules that are loaded with this one, without those that it loads when it needs them. */
function loadedWith(module: string): string[] {
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === module)!;
  const loaded = new Set([entry]);
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]!.imports)
      if (kind === "import-statement" && outputs[path]) loaded.add(path);
  }
  return [...loaded].flatMap((file) => Object.keys(outputs[file]!.inputs));
}

it("looks which Node.js this is before anything is loaded that an old one could not read", () => {
  expect(loadedWith("src/cli.ts")).toEqual(["src/cli.ts"]);
});

it.each(["main", ...["scan", "forecast", "gate", "verify", "why", "usage", "plan"].map((name) => `commands/${name}`)])(
  "src/%s.ts loads no schema",
  (module) => {
    const loaded = loadedWith(`src/${module}.ts`);
    expect(loaded).toContain(`src/${module}.ts`);
    expect(loaded.filter((name) => /node_modules\/(zod|yaml)\//.test(name))).toEqual([]);
  },
);

it.each(["scan", "verify"])("src/commands/%s.ts loads no reporter before one is asked for", (command) => {
  const loaded = loadedWith(`src/commands/${command}.ts`);
  expect(loaded.filter((name) => /^src\/report\/(text|graph|jsonl)/.test(name))).toEqual([]);
});
