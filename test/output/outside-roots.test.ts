// Which result files are refused before anything is read.
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/contract/errors.ts";
import { checkDistinct, checkOutsideRoots } from "../../src/output/outside-roots.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const user = { uid: process.geteuid!(), gid: process.getegid!() };

describe("checkOutsideRoots", () => {
  /** A folder with a root in `root/`, and what comes of a file's check. */
  async function check(prepare: (base: string) => string) {
    const base = temporaryFolder();
    mkdirSync(join(base, "root/docker"), { recursive: true });
    return checkOutsideRoots({ "--report": prepare(base) }, [join(base, "root")], user);
  }

  it.each(["report.json", "root.json", "root-reports/report.json", "..reports/report.json"])(
    "takes %s beside a root",
    async (file) => {
      await check((base) => {
        mkdirSync(join(base, "root-reports"));
        mkdirSync(join(base, "..reports"));
        return join(base, file);
      });
    },
  );

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
  it.each(inside)("refuses a file %s", async (_, prepare) => {
    await expect(check(prepare)).rejects.toThrow(UsageError);
  });

  it("sees through a root that is given by a symbolic link", async () => {
    const base = temporaryFolder();
    mkdirSync(join(base, "root"));
    symlinkSync(join(base, "root"), join(base, "link"));
    const files = { "--report": join(base, "root/r.json") };
    await expect(checkOutsideRoots(files, [join(base, "link")], user)).rejects.toThrow(UsageError);
  });

  it("refuses a file whose folder does not exist", async () => {
    await expect(check((base) => join(base, "none/report.json"))).rejects.toThrow(
      /--report .*its folder does not exist/,
    );
  });
});

describe("checkDistinct", () => {
  /** A folder with `file`, a link to it of each kind, and a link to a file that is not there yet. */
  function folder(): string {
    const base = temporaryFolder();
    writeFileSync(join(base, "file"), "");
    linkSync(join(base, "file"), join(base, "hard"));
    symlinkSync("file", join(base, "soft"));
    symlinkSync("new", join(base, "to-new"));
    symlinkSync(base, join(base, "here"));
    return base;
  }

  it.each([
    ["file", "file"],
    ["file", "./here/file"],
    ["file", "hard"],
    ["soft", "file"],
    ["new", "here/new"],
    ["to-new", "new"],
  ])("refuses %s and %s", async (report, state) => {
    const base = folder();
    const outputs = { "--report": join(base, report), "--state": `${base}/${state}` };
    const words = `--report and --state name one file: ${base}/${state}`;
    await expect(checkDistinct(outputs, {}, user)).rejects.toThrow(new UsageError(words));
  });

  it("refuses to write what is to be read", async () => {
    const base = folder();
    const checking = checkDistinct({ "--report": join(base, "soft") }, { "--recheck": join(base, "hard") }, user);
    await expect(checking).rejects.toThrow("--report and --recheck name one file");
  });

  it("lets two files be two, and a device take what both write", async () => {
    const base = folder();
    await checkDistinct(
      { "--report": join(base, "file"), "--state": join(base, "other"), "--metrics": undefined },
      {},
      user,
    );
    await checkDistinct({ "--report": "/dev/null", "--state": "/dev/null" }, { "--config": join(base, "file") }, user);
  });
});
