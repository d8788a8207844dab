import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shareFiles } from "../../scripts/package/share.ts";

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const text = file("docs/install.md");

describe("docs/install.md", () => {
  it("says where each file below /usr/local/share belongs", () => {
    const said = [...text.matchAll(/^\| `\/usr\/local\/share\/([^`]+)` \|/gm)].map(([, name]) => name);
    expect(said).toEqual(Object.keys(shareFiles("", "")));
  });

  it("runs scripts that there are", () => {
    const { scripts } = JSON.parse(file("package.json"));
    const run = [...text.matchAll(/\bnpm run (\w+)/g)].map(([, name]) => name);
    expect(run).toContain("bundle");
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run));
  });
});
