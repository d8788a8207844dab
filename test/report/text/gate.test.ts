import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { GateReport } from "../../../src/contract/gate.ts";
import { renderGateText } from "../../../src/report/text/gate.ts";
import { columns } from "../../../src/text/page.ts";
import {
  GATES,
  gateReport,
  go,
  goThoughBroken,
  harmless,
  severalRootsGate,
  stop,
  undecided,
} from "../sample-forecasts.ts";
import { clean, severalRoots } from "../sample-reports.ts";

function render(report: GateReport, { width = 80, level = 0 as 0 | 1 } = {}): string {
  return [...renderGateText(report, { colour: new Chalk({ level }), width })].join("");
}

describe.each(Object.entries(GATES))("the text of a gate: %s", (_, report) => {
  it.each([80, 140, 40])("fits %d columns", (width) => {
    const lines = render(report, { width }).split("\n");
    // A path is never cut: it stands on a line of its own.
    expect(lines.filter((line) => columns(line) > width && !/^ *\S+$/.test(line))).toEqual([]);
  });

  it("holds no character that a terminal obeys but the end of line", () => {
    expect(render(report).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it("says the same in colour", () => {
    const coloured = render(report, { level: 1 });
    expect(coloured).toContain("\x1b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(render(report));
  });
});

describe("the decision", () => {
  it.each([
    ["GO: garbage collection breaks nothing", "32", go],
    ["GO: garbage collection breaks nothing; 504 tags are broken already, and garbage", "32", goThoughBroken],
    ["STOP: 2 reasons against garbage collection", "31", stop],
    ["UNDECIDED, so do not run garbage collection: 1 reason", "33", undecided],
  ])("is the first line, in its colour: %s", (line, colour, report) => {
    expect(render(report).split("\n")[0]).toBe(line);
    expect(render(report, { level: 1 }).split("\n")[0]).toContain(`\x1b[${colour}m`);
  });

  it("is followed by every reason", () => {
    expect(render(stop)).toContain(
      "\n  - data: garbage collection would break 503 tags; regfsck forecast names them\n    and what keeps them\n" +
        "  - there is damage already (504 images broken); repair it first\n\n",
    );
  });

  it("counts the reasons beyond 20", () => {
    const text = render(
      gateReport(
        clean,
        harmless,
        Array.from({ length: 30 }, (_, index) => `reason ${index}`),
      ),
    );
    expect(text.match(/^ {2}- reason \d+$/gm)).toHaveLength(20);
    expect(text).toContain("\n  … and 10 more (--full prints all)\n");
  });
});

describe("the evidence", () => {
  it("is left out when the decision is go", () => {
    expect(render(go).split("\n")).toEqual([
      "GO: garbage collection breaks nothing",
      "",
      "Checked  /opt/registry/data  (authoritative)",
      "  garbage collection with -m marks 244,254 blobs and deletes nothing: every blob",
      "  belongs to an image that a tag keeps",
      "Found 0 broken tags, 0 errors, 0 warnings, 0 notes.",
      "Took 5.0 s.",
      "",
    ]);
    expect(render(goThoughBroken)).not.toContain("infra-ci");
  });

  it("is what the forecast breaks, then what is broken already", () => {
    const text = render(stop);
    const places = [
      text.indexOf("\nthe tag clean-up and garbage collection with -m would break 503 tags\n"),
      text.indexOf("  loses  child  linux/amd64"),
      text.indexOf("\n504 of 49,651 tags are broken, and 1 error besides\n"),
      text.indexOf("in the store, not linked"),
      text.indexOf("\nChecked  "),
    ];
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("says what could not be read", () => {
    expect(render(undecided)).toContain("\nCould not be read, so nothing is known about it:\n");
  });

  it("leaves out the half that is well", () => {
    expect(render(severalRootsGate)).not.toContain("images are broken");
    expect(render(gateReport(severalRoots, harmless, ["damage"]))).not.toContain("would");
  });

  it("gives the figures of a root below its name", () => {
    expect(render(severalRootsGate, { width: 240 })).toMatch(
      /\nChecked {2}private {2}\/opt\/registry\/data\/private {2}\(authoritative\)\n {2}1,503 repositories.*\n {2}garbage collection with -m aborts/,
    );
  });
});
