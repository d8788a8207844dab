import { execFileSync, spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/contract/errors.ts";
import { checkOutsideRoots, writeWhole } from "../../src/output/whole-file.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

describe("checkOutsideRoots", () => {
  /** A folder with a root in `root/`, and what comes of a file's check. */
  function check(prepare: (base: string) => string) {
    const base = temporaryFolder();
    mkdirSync(join(base, "root/docker"), { recursive: true });
    return () => checkOutsideRoots("--report", prepare(base), [join(base, "root")]);
  }

  it("takes a file beside a root, also where its name begins like the root's", () => {
    expect(check((base) => join(base, "report.json"))).not.toThrow();
    expect(check((base) => join(base, "root.json"))).not.toThrow();
    expect(
      check((base) => {
        mkdirSync(join(base, "root-reports"));
        return join(base, "root-reports/report.json");
      }),
    ).not.toThrow();
    expect(
      check((base) => {
        mkdirSync(join(base, "..reports"));
        return join(base, "..reports/report.json");
      }),
    ).not.toThrow();
  });

  const inside: [string, (base: string) => string][] = [
    ["in the root", (base) => join(base, "root/report.json")],
    ["deep in the root", (base) => join(base, "root/docker/report.json")],
    ["by way of ..", (base) => join(base, "root/docker/../report.json")],
    [
      "through a folder's symbolic link",
      (base) => {
        symlinkSync(join(base, "root/docker"), join(base, "reports"));
        return join(base, "reports/report.json");
      },
    ],
    [
      "through the file's own symbolic link",
      (base) => {
        writeFileSync(join(base, "root/docker/data"), "a blob");
        symlinkSync(join(base, "root/docker/data"), join(base, "report.json"));
        return join(base, "report.json");
      },
    ],
  ];
  it.each(inside)("refuses a file %s", (_, prepare) => {
    const checking = check(prepare);
    expect(checking).toThrow(UsageError);
  });

  it("sees through a root that is given by a symbolic link", () => {
    const base = temporaryFolder();
    mkdirSync(join(base, "root"));
    symlinkSync(join(base, "root"), join(base, "link"));
    expect(() => checkOutsideRoots("--report", join(base, "root/r.json"), [join(base, "link")])).toThrow(UsageError);
  });

  it("refuses a file whose folder does not exist", () => {
    expect(check((base) => join(base, "none/report.json"))).toThrow(/--report .*its folder does not exist/);
  });
});

describe("writeWhole", () => {
  it("writes all chunks, and leaves nothing else behind", () => {
    const folder = temporaryFolder();
    writeWhole(join(folder, "report"), ["a", "ü", "c".repeat(1 << 20)]);
    expect(readFileSync(join(folder, "report"), "utf8")).toBe(`aü${"c".repeat(1 << 20)}`);
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("puts a new file in the place of the old one, at once", () => {
    const file = join(temporaryFolder(), "report");
    writeFileSync(file, "old");
    const old = statSync(file).ino;
    writeWhole(file, ["new"]);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).ino).not.toBe(old);
  });

  it("leaves what was there where it fails half-way", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "report"), "old");
    function* chunks() {
      yield "new";
      throw new Error("half-way");
    }
    expect(() => writeWhole(join(folder, "report"), chunks())).toThrow("half-way");
    expect(readFileSync(join(folder, "report"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("removes what a run that was killed a day ago left of the same file, and nothing else", () => {
    const folder = temporaryFolder();
    const uuid = "0b9d9c3e-5b0a-4c55-9d0e-7a3b8f1e2d4c";
    const others = [`.report.${uuid}.tmp.txt`, `.other.${uuid}.tmp`, ".report.tmp", `report.${uuid}.tmp`];
    const now = Date.now() / 1000;
    for (const name of [`.report.${uuid}.tmp`, ...others]) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), now, now - 90_000);
    }
    const young = `.report.${uuid.replace("0", "1")}.tmp`;
    writeFileSync(join(folder, young), "");
    writeWhole(join(folder, "report"), ["new"]);
    expect(readdirSync(folder).sort()).toEqual(["report", young, ...others].sort());
  });

  it("fails on a folder in its place, and leaves that", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "report/inner"), { recursive: true });
    expect(() => writeWhole(join(folder, "report"), ["new"])).toThrow();
    expect(readdirSync(folder)).toEqual(["report"]);
  });

  it("follows a symbolic link to the file, and keeps the link", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(join(folder, "elsewhere/report"), "old");
    symlinkSync("elsewhere/report", join(folder, "report"));
    writeWhole(join(folder, "report"), ["new"]);
    expect(lstatSync(join(folder, "report")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "elsewhere/report"), "utf8")).toBe("new");
    expect(readdirSync(join(folder, "elsewhere"))).toEqual(["report"]);
  });

  it("writes to a pipe instead of replacing it", () => {
    const folder = temporaryFolder();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const script = `import { writeWhole } from ${JSON.stringify(new URL("../../src/output/whole-file.ts", import.meta.url).href)};
      writeWhole(process.argv[1], ["through the pipe"]);`;
    const tsx = ["--import", "tsx", "--input-type=module", "--eval", script, pipe];
    const reader = spawnSync("sh", ["-c", 'cat "$0" & "$@"; wait', pipe, process.execPath, ...tsx], {
      encoding: "utf8",
    });
    expect(reader.stdout).toBe("through the pipe");
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it("fails on a device that is full, and leaves it", () => {
    expect(() => writeWhole("/dev/full", ["report"])).toThrow(/ENOSPC/);
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });
});
