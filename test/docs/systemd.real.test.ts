import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgram } from "../../src/program.ts";

const folder = fileURLToPath(new URL("../../docs/systemd", import.meta.url));
const files = readdirSync(folder).sort();
const SANDBOXED = ["regfsck-collect.service", "regfsck-scan.service"];

/** The settings of a unit, in order, with continued lines joined. */
function settings(file: string): (readonly [name: string, value: string])[] {
  const lines = readFileSync(join(folder, file), "utf8").replace(/\\\n\s*/g, "");
  return [...lines.matchAll(/^([A-Za-z]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!] as const);
}

function values(file: string, name: string): string[] {
  return settings(file).flatMap(([setting, value]) => (setting === name ? [value] : []));
}

/** The arguments of each regfsck that the unit starts. */
function calls(file: string): string[][] {
  return settings(file).flatMap(([name, value]) => {
    const [program, ...args] = value.split(" ");
    return name.startsWith("Exec") && program === "/usr/local/bin/regfsck" ? [args] : [];
  });
}

function analyze(...args: string[]) {
  const { error, status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  if (error) throw new Error(`systemd-analyze (Debian package systemd): ${error.message}`);
  return { status, said: stdout + stderr };
}

describe("docs/systemd", () => {
  let copies: string;

  beforeAll(() => {
    copies = mkdtempSync(join(tmpdir(), "regfsck-units-"));
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      // systemd-analyze wants programs to be there; this one is not installed.
      writeFileSync(join(copies, file), text.replaceAll("/usr/local/bin/regfsck", process.execPath));
    }
  });

  afterAll(() => rmSync(copies, { recursive: true }));

  it("holds what the documentation lists", () => {
    const page = readFileSync(join(folder, "../nightly.md"), "utf8");
    expect([...new Set(page.match(/(?<=\(systemd\/)[^)]+/g))].sort()).toEqual(files);
  });

  it("passes systemd-analyze verify", () => {
    const { status, said } = analyze("verify", "--man=no", ...files.map((file) => join(copies, file)));
    expect({ status, said }).toEqual({ status: 0, said: "" });
  });

  it.each(SANDBOXED)("keeps the exposure of %s under 2", (file) => {
    const { status, said } = analyze("security", "--offline=true", "--threshold=20", join(copies, file));
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(said) ?? [];
    expect(status, said).toBe(0);
    expect(Number(exposure)).toBeLessThan(2);
  });

  it.each(SANDBOXED)("leaves V8 its compiler, and damage a failure: %s", (file) => {
    expect(values(file, "MemoryDenyWriteExecute")).toEqual([]);
    expect(values(file, "SuccessExitStatus")).toEqual([]);
    for (const [name, value] of settings(file)) if (name.startsWith("Exec")) expect(value).not.toMatch(/^[+!:@]*-/);
    expect(values(file, "OnFailure")).toEqual(["regfsck-alert@%n.service"]);
  });

  it.each(SANDBOXED)("gives regfsck only options that it has: %s", (file) => {
    const program = createProgram({ version: "0", terminal: () => expect.fail(), ended: () => expect.fail() });
    expect(calls(file)).not.toEqual([]);
    for (const [name, ...args] of calls(file)) {
      const command = program.commands.find((each) => each.name() === name);
      const known = command?.options.map(({ long }) => long);
      for (const option of args.filter((arg) => arg.startsWith("--"))) expect(known).toContain(option);
    }
  });

  it.each(SANDBOXED)("lets regfsck write what it is asked to, and its roots only where it collects: %s", (file) => {
    const writable = values(file, "ReadWritePaths").map((path) => path.replace(/^-/, ""));
    for (const name of values(file, "StateDirectory")) writable.push(`/var/lib/${name}`);
    const isWritable = (path: string) => writable.some((place) => path === place || path.startsWith(`${place}/`));
    for (const args of calls(file)) {
      for (const option of ["--state", "--report", "--metrics"]) {
        const at = args.indexOf(option);
        if (at >= 0) expect(isWritable(args[at + 1]!), args[at + 1]).toBe(true);
      }
      expect(isWritable(args.at(-1)!)).toBe(file === "regfsck-collect.service");
    }
  });

  it("gives scan and gate files of their own", () => {
    const results = SANDBOXED.flatMap(calls).flatMap((args) =>
      ["--state", "--report", "--metrics"].flatMap((option) =>
        args.slice(args.indexOf(option) + 1).slice(0, args.includes(option) ? 1 : 0),
      ),
    );
    expect(results).toHaveLength(6);
    expect(new Set(results).size).toBe(6);
  });

  it("collects only after a gate, and after a second look once the registry is stopped", () => {
    const [gate, stop, recheck] = values("regfsck-collect.service", "ExecStartPre");
    expect(gate).toMatch(/^\/usr\/local\/bin\/regfsck gate .*--report (\S+) /);
    expect(stop).toBe("+/usr/bin/systemctl stop docker-registry@private.service");
    const [, report] = /--report (\S+)/.exec(gate!)!;
    expect(recheck).toContain(` gate --quiet --recheck ${report} `);
    expect(recheck!.split(" ").at(-1)).toBe(gate!.split(" ").at(-1));
    expect(values("regfsck-collect.service", "ExecStopPost")).toEqual([
      "+/usr/bin/systemctl start docker-registry@private.service",
    ]);
  });

  it("scans every night, and makes up for a night that was missed", () => {
    expect(values("regfsck-scan.timer", "OnCalendar")).toEqual(["*-*-* 01:30"]);
    expect(values("regfsck-scan.timer", "Persistent")).toEqual(["yes"]);
    expect(files).toContain("regfsck-scan.service");
  });
});
