// The script of docs/cron, run with commands that write down how they were called, and the crontab beside it.
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const shipped = (name: string) => readFileSync(new URL(`../../docs/cron/${name}`, import.meta.url), "utf8");

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
  const env = {
    PATH: `${folder}:${PATH}`,
    BASE: "/base",
    STATE: folder,
    METRICS: "",
    REGISTRIES: "a b",
    ...environment,
  };
  return spawnSync("sh", [file("registry-collect")], { env, encoding: "utf8" });
}

const calls = () => (existsSync(file("calls")) ? readFileSync(file("calls"), "utf8").trimEnd().split("\n") : []);
const collected = () => calls().filter((call) => call.startsWith("docker-registry"));
const started = () => calls().filter((call) => call.startsWith("systemctl start"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "registry-collect-"));
  writeFileSync(file("registry-collect"), shipped("registry-collect"));
  for (const name of ["regfsck", "systemctl", "docker-registry"]) command(name);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("docs/cron/registry-reclaim", () => {
  const reclaim = () => {
    writeFileSync(file("registry-reclaim"), shipped("registry-reclaim"));
    const env = {
      PATH: `${folder}:${process.env["PATH"]}`,
      BASE: "/base",
      STATE: folder,
      RECLAIM: "a=http://a b=http://b",
    };
    return spawnSync("sh", [file("registry-reclaim")], {
      env: { ...env, RECLAIM_TAGS: "--keep-tags 3" },
      encoding: "utf8",
    });
  };
  /** As regfsck: writes a script that ends with this code, and ends with 4. */
  const scriptEnding = (code: number) => {
    const lines = [
      `echo "regfsck $*" >> '${file("calls")}'`,
      `echo 'echo "script $*" >> ${file("calls")}; exit ${code}' > "$5"`,
    ];
    writeFileSync(file("regfsck"), ["#!/bin/sh", ...lines, "exit 4", ""].join("\n"));
  };

  it("runs the script of each registry where there is something to delete", () => {
    scriptEnding(0);
    expect(reclaim()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(calls()).toEqual(
      ["a", "b"].flatMap((name) => [
        `regfsck reclaim --keep-tags 3 --script ${folder}/reclaim-${name}.sh /base`,
        `script --apply --log ${folder}/reclaim-${name}.log http://${name}`,
      ]),
    );
  });

  it("runs none where there is nothing to delete, nor an old one", () => {
    writeFileSync(file("reclaim-a.sh"), `echo old >> '${file("calls")}'`);
    expect(reclaim().status).toBe(0);
    expect(calls().every((call) => call.startsWith("regfsck"))).toBe(true);
    expect(existsSync(file("reclaim-a.sh"))).toBe(false);
  });

  it.each([8, 12, 16])("ends where reclaim does with %d", (code) => {
    command("regfsck", { "reclaim-a": code });
    expect(reclaim().status).toBe(code);
    expect(calls()).toHaveLength(1);
  });

  it.each([
    [1, 8],
    [2, 8],
    [3, 0],
  ])("takes a script that ends with %d for %d", (code, status) => {
    scriptEnding(code);
    expect(reclaim().status).toBe(status);
  });
});

describe("docs/cron/registry-collect", () => {
  it("gates, stops, checks again, collects, starts and scans, in this order", () => {
    expect(collect()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(calls()).toEqual([
      `regfsck gate --quiet --state ${folder}/gate.json --report ${folder}/gate-report.json /base`,
      "systemctl stop docker-registry@a",
      "systemctl stop docker-registry@b",
      `regfsck gate --quiet --recheck ${folder}/gate-report.json /base`,
      "docker-registry garbage-collect /etc/docker/registry/a.yml",
      "docker-registry garbage-collect /etc/docker/registry/b.yml",
      "systemctl start docker-registry@a",
      "systemctl start docker-registry@b",
      `regfsck scan --quiet --state ${folder}/scan.json --report ${folder}/scan-report.json /base`,
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

  it("asks the gate, twice, about the clean-up and the collection that it then runs", () => {
    command("clean-tags");
    const settings = { UNTAGGED: "-m", CLEAN_UP: "--keep-tags 20", CLEAN_TAGS: "clean-tags 20" };
    expect(collect(settings).status).toBe(0);
    expect(calls()[0]).toMatch(/^regfsck gate --quiet -m --keep-tags 20 --state /);
    expect(calls()[3]).toMatch(/^regfsck gate --quiet -m --keep-tags 20 --recheck /);
    expect(calls()[4]).toBe("clean-tags 20");
    expect(collected()[0]).toBe("docker-registry garbage-collect -m /etc/docker/registry/a.yml");
  });

  it("collects nothing when the tag clean-up fails", () => {
    command("clean-tags", { 20: 3 });
    const { status, stderr } = collect({ CLEAN_TAGS: "clean-tags 20" });
    expect(status).toBe(8);
    expect(stderr).toContain("clean-tags 20 failed with code 3");
    expect(collected()).toEqual([]);
    expect(started()).toHaveLength(2);
  });

  it("writes the metrics of the gate and of the scan", () => {
    collect({ METRICS: "/metrics" });
    expect(calls()[0]).toContain(" --metrics /metrics/regfsck-gate.prom /base");
    expect(calls().at(-1)).toMatch(/^regfsck scan .* --metrics \/metrics\/regfsck\.prom \/base$/);
  });

  it("stops, collects and starts services of a compose file", () => {
    command("docker");
    expect(collect({ COMPOSE: "/srv/compose.yaml", REGISTRIES: "registry" }).status).toBe(0);
    expect(calls().filter((call) => !call.startsWith("regfsck"))).toEqual([
      "docker compose --file /srv/compose.yaml stop registry",
      "docker compose --file /srv/compose.yaml run --rm --no-deps -T registry garbage-collect /etc/docker/registry/config.yml",
      "docker compose --file /srv/compose.yaml start registry",
    ]);
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

describe("docs/cron/registry", () => {
  const lines = shipped("registry").split("\n");

  it("scans every night, with state, report and metrics, as the script does after a collection", () => {
    collect({ STATE: folder, METRICS: "/var/lib/prometheus/node-exporter", BASE: "/opt/registry/data" });
    const scan = calls().at(-1)!.replaceAll(folder, "/var/lib/regfsck");
    expect(lines).toContain(`30 1 * * *  root  ${scan}`);
  });

  it("has no collection but that of the script", () => {
    expect(lines.filter((line) => /^\d.*(?:gate|collect)/.test(line))).toEqual(["30 3 * * 0  root  registry-collect"]);
  });
});
