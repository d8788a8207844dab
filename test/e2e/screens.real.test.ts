// What whoever is called at night sees first: the text of large damage done to a root by a real garbage collection or by hand, at 80
// and 200 columns, and the mail of a quiet run.
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chalk } from "chalk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { planProportional } from "../../scripts/make-root/plan.ts";
import { makeRoot } from "../../scripts/make-root/run.ts";
import { collectGarbage } from "../../scripts/registry/server.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import { renderScanText } from "../../src/report/text/scan.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { columns } from "../../src/text/page.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { digestOf } from "../worlds/world.ts";

const blobs = "docker/registry/v2/blobs";
const ORPHANS = 5_000;
let workspace: string;
const at = (name: string) => join(workspace, name);

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "screens-"));
  await makeRoot(at("sound"), planProportional(300, 3));
  const copy = (name: string) => cpSync(at("sound"), at(name), { recursive: true });
  copy("collected");
  await collectGarbage(at("collected"), { deleteUntagged: true });
  copy("unmounted");
  rmSync(at(`unmounted/${blobs}`), { recursive: true });
  mkdirSync(at(`unmounted/${blobs}`));
  copy("displaced");
  renameSync(at(`displaced/${blobs}/sha256`), at("displaced/aside"));
  mkdirSync(at(`displaced/${blobs}/sha256`));
  renameSync(at("displaced/aside"), at(`displaced/${blobs}/sha256/sha256`));
  for (const name of ["private", "edge"])
    cpSync(at(name === "edge" ? "collected" : "sound"), at(`three/${name}`), { recursive: true });
  cpSync(new URL("../../test-fixtures/cache", import.meta.url), at("three/dockerhub"), { recursive: true });
  copy("orphans");
  for (let number = 0; number < ORPHANS; number++) {
    const path = layerLinkPath(`team/app-${number % 3}`, digestOf(`orphan ${number}`));
    mkdirSync(join(at("orphans"), path, ".."), { recursive: true });
    writeFileSync(join(at("orphans"), path), digestOf(`orphan ${number}`));
  }
});
afterAll(() => rmSync(workspace, { recursive: true }));

const args = (...more: string[]) => ["scan", "--config", "/dev/null", "--jobs", "1", ...more];

async function screen(name: string, width: number): Promise<string[]> {
  const { printed } = await runProgram(nodeFs, args("--format", "json", at(name)));
  const text = [...renderScanText(JSON.parse(printed) as ScanReport, { colour: new Chalk({ level: 0 }), width })].join(
    "",
  );
  // Where a path or a command is longer than the line, it stands on a line of its own.
  const isWhole = (line: string) => /^ *\S+$/.test(line) || /^ *[Nn]ext: /.test(line);
  expect(text.split("\n").filter((line) => columns(line) > width && !isWhole(line))).toEqual([]);
  return text.split("\n");
}

/** The mail of a quiet run: fewer than 50 lines, the verdict first. */
async function mail(name: string): Promise<string> {
  const { printed, warnings } = await runProgram(nodeFs, args("--quiet", "--fail-on", "warning", at(name)));
  expect(printed.split("\n").length + warnings.length).toBeLessThan(50);
  return printed;
}

describe.each([80, 200])("at %d columns", (width) => {
  it("a garbage-collect -m is one sentence, with totals before examples", async () => {
    const [verdict, empty, ...rest] = await screen("collected", width);
    expect([verdict, empty]).toEqual([expect.stringMatching(/^\d+ of \d+ tags are broken \(\d+ images\)$/), ""]);
    const text = rest.join("\n");
    expect(text).toMatch(/^collected-children: \d+ of \d+ tags lost children, /);
    expect(text).toContain(`\n  next: regfsck plan ${at("collected")}\n`);
    expect(text.indexOf("Checked  ")).toBeLessThan(text.indexOf("Broken tags by repository:"));
    expect(text.indexOf("Broken tags by repository:")).toBeLessThan(text.indexOf("in the store, not linked"));
  });

  it("an unmounted store is called that, and nothing broken", async () => {
    const text = (await screen("unmounted", width)).join("\n");
    expect(text).toMatch(/^incomplete: .*\n\nstore-not-mounted: /);
    expect(text).toContain(`next: findmnt --target ${at("unmounted")}/${blobs}\n`);
    expect(text).not.toMatch(/is gone|push/);
  });

  it("a displaced store has one move for a fix, its paths in full", async () => {
    const text = (await screen("displaced", width)).join("\n");
    expect(text).toMatch(/incomplete: .*\n\nstore-displaced: /);
    const [from, to] = [`${at("displaced")}/${blobs}/sha256/sha256`, `${at("displaced")}/${blobs}/sha256`];
    expect(text).toContain(`next: mv -n ${from}/* ${to}/\n`);
    for (const path of [from, to]) expect(text.replace(/\s+/g, " ")).toContain(` ${path}`);
  });

  it("of three roots each is named with its kind, and the broken one with its cause", async () => {
    const text = (await screen("three", width)).join("\n");
    expect(text).toMatch(/^edge\/collected-children: /m);
    for (const name of ["dockerhub", "edge", "private"])
      expect(text).toMatch(new RegExp(`^Checked {2}${name} {2}`, "m"));
    expect(text).toContain("(pull-through cache)");
  });

  it("five thousand orphan links are a count, the repositories of most, and a next command", async () => {
    const text = (await screen("orphans", width)).join("\n");
    expect(text).toMatch(/^no broken image, but 5,000 warnings\n/);
    expect(text).toMatch(
      /\n {2}orphan-layer-link: 5,000 warnings\n {4}in 3 repositories, most in team\/app-0 \(1,667\)/,
    );
    expect(text).toContain(`\nNext: regfsck plan ${at("orphans")} (what can be fixed or cleaned up)\n`);
  });
});

describe("the mail", () => {
  it.each(["collected", "three"])("of %s begins with the verdict, then the cause and what to do", async (name) => {
    expect(await mail(name)).toMatch(
      /^\d+ of \d+ tags are broken .*\n\n(?:edge\/)?collected-children: [\s\S]*?\n {2}fix: [\s\S]*?\n {2}next: /,
    );
  });

  it.each(["unmounted", "displaced"])("of a store that is elsewhere (%s) holds the one command", async (name) => {
    expect(await mail(name)).toMatch(/\n {2}next: (?:findmnt|mv -n) /);
  });

  it("of five thousand orphan links ends with the next command", async () => {
    expect(await mail("orphans")).toMatch(/\nNext: regfsck plan .*\n$/);
  });
});
