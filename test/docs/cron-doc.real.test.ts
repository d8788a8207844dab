import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const page = readFileSync(new URL("../../docs/cron.md", import.meta.url), "utf8");
const script = /^```sh\n(#!\/bin\/sh\n[\s\S]*?)^```$/m.exec(page)?.[1] ?? "";

let folder: string;
const file = (name: string) => join(folder, name);

/** A command that writes down how it was called, and ends with the code of the first pattern in its arguments. */
function command(name: string, codes: Readonly<Record<string, number>> = {}): void {
  const cases = Object.entries(codes).map(([pattern, code]) => `case "$*" in *"${pattern}"*) exit ${code};; esac`);
  writeFileSync(
    file(name),
    ["#!/bin/sh", `echo "${name} $*" >> "${file("calls")}"`, ...cases, "exit 0", ""].join("\n"),
  );
  chmodSync(file(name), 0o755);
}

function collect(environment: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
  const { PATH } = process.env;
  const env = { PATH: `${folder}:${PATH}`, BASE: "/base", STATE: folder, REGISTRIES: "a b", ...environment };
  return spawnSync("sh", [file("registry-collect")], { env, encoding: "utf8" });
}

const calls = () => (existsSync(file("calls")) ? readFileSync(file("calls"), "utf8").trimEnd().split("\n") : []);
const collected = () => calls().filter((call) => call.startsWith("docker-registry"));
const started = () => calls().filter((call) => call.startsWith("systemctl start"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "registry-collect-"));
  writeFileSync(file("registry-collect"), script);
  for (const name of ["regfsck", "systemctl", "docker-registry"]) command(name);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the script of docs/cron.md", () => {
  it("gates, stops, checks again, collects, starts and scans, in this order", () => {
    expect(collect()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(calls()).toEqual([
      `regfsck gate --quiet --state ${folder}/state.json --report ${folder}/gate.json /base`,
      "systemctl stop docker-registry@a",
      "systemctl stop docker-registry@b",
      `regfsck gate --quiet --recheck ${folder}/gate.json /base`,
      "docker-registry garbage-collect /etc/docker/registry/a.yml",
      "docker-registry garbage-collect /etc/docker/registry/b.yml",
      "systemctl start docker-registry@a",
      "systemctl start docker-registry@b",
      "regfsck scan --quiet /base",
    ]);
  });

  it.each([4, 8, 12, 16, 32, 127])("stops nothing when the gate ends with %d", (code) => {
    command("regfsck", { "--report": code });
    expect(collect().status).toBe(code);
    expect(calls()).toHaveLength(1);
  });

  it.each([4, 8, 16])("starts the registries again and collects nothing when the re-check ends with %d", (code) => {
    command("regfsck", { "--recheck": code });
    expect(collect().status).toBe(code);
    expect(collected()).toEqual([]);
    expect(started()).toHaveLength(2);
  });

  it("collects nothing when a registry does not stop", () => {
    command("systemctl", { "stop docker-registry@b": 5 });
    expect(collect().status).toBe(5);
    expect(collected()).toEqual([]);
    expect(started()).toHaveLength(2);
  });

  it("ends at the first collection that fails, says which, and starts the registries again", () => {
    command("docker-registry", { "a.yml": 1 });
    const { status, stderr } = collect();
    expect(status).toBe(8);
    expect(stderr).toContain("garbage-collect of a failed with code 1");
    expect(collected()).toHaveLength(1);
    expect(started()).toHaveLength(2);
  });

  it("ends with the code of the scan afterwards", () => {
    command("regfsck", { scan: 4 });
    expect(collect().status).toBe(4);
    expect(collected()).toHaveLength(2);
  });

  it("gives -m to the gate and to the collection", () => {
    expect(collect({ UNTAGGED: "-m" }).status).toBe(0);
    expect(calls()[0]).toMatch(/^regfsck gate --quiet -m /);
    expect(collected()[0]).toBe("docker-registry garbage-collect -m /etc/docker/registry/a.yml");
  });

  it("does nothing while another run holds the lock", async () => {
    const holder = spawn("flock", [file("lock"), "sh", "-c", "echo held; cat"], { stdio: ["pipe", "pipe", "ignore"] });
    await once(holder.stdout, "data");
    expect(collect()).toMatchObject({ status: 8, stderr: "registry-collect: another run is at work\n" });
    expect(calls()).toEqual([]);
    holder.stdin.end();
    await once(holder, "exit");
  });
});
