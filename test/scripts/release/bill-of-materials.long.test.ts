// The bill of materials names what the notices name: all that is in an executable, and nothing else.
import nodeConsole from "node:console";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { packagesOf, writeBill } from "../../../scripts/release/bill-of-materials.ts";
import { executableScripts } from "../../../scripts/release/executable/scripts.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly licenses: readonly object[];
}

it("lists the packages that are inside, and Node.js for each kind of processor", async () => {
  // The plugin wants all of Node.js's console, which the tests have part of.
  vi.stubGlobal("console", nodeConsole);
  const folder = temporaryFolder();
  const [packages, file, again] = ["packages", "bill", "again"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const { notices } = await executableScripts(packagesOf(packages));
  await writeBill(packages, file);
  const text = readFileSync(file, "utf8");
  const { components, dependencies, metadata } = JSON.parse(text);
  const named = components.map(
    ({ group, name, version }: Component) => `${group ? `${group}/` : ""}${name} ${version}`,
  );
  const inside = [...notices.matchAll(/^--- (\S+ \S+) \(/gm)].map(([, name]) => name);
  expect(inside.length).toBeGreaterThan(15);
  expect(named).toEqual(expect.arrayContaining(inside));
  const others = components.filter((_: Component, index: number) => !inside.includes(named[index]));
  expect(
    others.map(({ type, name, purl }: { type: string; name: string; purl: string }) => [type, name, purl]),
  ).toEqual([
    ["platform", "node", expect.stringContaining("arch=x64")],
    ["platform", "node", expect.stringContaining("arch=arm64")],
  ]);
  for (const { licenses } of components as Component[]) expect(licenses).not.toEqual([]);
  const own = dependencies.find(({ ref }: { ref: string }) => ref === metadata.component["bom-ref"]);
  expect(own.dependsOn.filter((name: string) => name.startsWith("node-linux-"))).toHaveLength(2);
  expect(text).not.toContain(folder);
  await executableScripts(packagesOf(packages));
  await writeBill(packages, again);
  expect(readFileSync(again, "utf8")).toBe(text);
});
