// The pages in a browser: no error, no request, nothing wider than the window; what a person sees first.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planProportional } from "../../../scripts/make-root/plan.ts";
import { makeRoot } from "../../../scripts/make-root/run.ts";
import { collectGarbage } from "../../../scripts/registry/server.ts";
import { renderHtml } from "../../../src/report/index.ts";
import { nodeFs } from "../../../src/scan/fs/storage-fs.ts";
import { SAMPLES } from "../../report/sample-reports.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { Browser } from "./browser.ts";

const incident = fileURLToPath(new URL("../../../test-fixtures/incident", import.meta.url));
const PAGES = {
  incident: ["scan", incident],
  healthy: ["scan", "sound"],
  collected: ["scan", "collected"],
  gate: ["gate", "-m", "sound"],
  forecast: ["forecast", "-m", "--keep-tags", "1", "sound"],
  usage: ["usage", "sound"],
  "by tag": ["usage", "--by", "tag", "collected"],
} as const;
const NAMES = [...Object.keys(PAGES), "hostile"];

let workspace: string;
let browser: Browser;
const at = (name: string) => join(workspace, name);

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "pages-"));
  browser = new Browser();
  await makeRoot(at("sound"), planProportional(400, 3));
  cpSync(at("sound"), at("collected"), { recursive: true });
  await collectGarbage(at("collected"), { deleteUntagged: true });
  for (const [name, [command, ...args]] of Object.entries(PAGES)) {
    const given = args.map((arg) => (arg === "sound" || arg === "collected" ? at(arg) : arg));
    await runProgram(nodeFs, [command, "--jobs", "1", "--report", at(`${name}.html`), ...given]);
  }
  writeFileSync(at("hostile.html"), [...(await renderHtml(SAMPLES.hostile, []))].join(""));
});

afterAll(async () => {
  await browser.close();
  rmSync(workspace, { recursive: true });
});

describe.each(NAMES)("the page of %s", (name) => {
  it.each([{ width: 360 }, { width: 1280 }, { width: 1280, dark: true }, { width: 794, media: "print" as const }])(
    "fits %j, asks for nothing and makes the browser complain of nothing",
    async (window) => {
      const { complaints, requests, overflow } = await browser.look(at(`${name}.html`), window);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => url !== "data:,")).toEqual([pathToFileURL(at(`${name}.html`)).href]);
      expect(overflow).toBeLessThanOrEqual(0);
    },
  );
});

it("shows the answer and what to do without scrolling", async () => {
  const expression = `document.querySelector("pre").getBoundingClientRect().bottom < innerHeight
    && document.querySelector("h1").getBoundingClientRect().top < 100`;
  for (const name of ["incident", "collected"]) {
    expect((await browser.look(at(`${name}.html`), { width: 1280, expression })).value).toBe(true);
  }
});

it("has one map for each kind of window", async () => {
  const expression = `[...document.querySelectorAll("svg.broad, svg.narrow")].filter((map) => map.getBoundingClientRect().width > 0).length`;
  for (const width of [360, 1280]) {
    expect((await browser.look(at("usage.html"), { width, expression })).value).toBe(1);
  }
});

it("would tell of a page that runs a script and asks for a picture", async () => {
  writeFileSync(
    at("bad.html"),
    "<!doctype html><title>x</title><script>throw 1</script><img src=y.png><div style=width:3000px>x",
  );
  const { complaints, requests, overflow } = await browser.look(at("bad.html"), { width: 360 });
  expect(complaints.length).toBeGreaterThan(0);
  expect(requests.length).toBeGreaterThan(1);
  expect(overflow).toBeGreaterThan(0);
});
