// The compose file and the crontab of docs/compose: the lines as cron runs them, in the real image.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { executableNotices, writeExecutable } from "../../scripts/release/executable/executable.ts";
import type { Arch } from "../../scripts/release/executable/node.ts";
import { executableScripts } from "../../scripts/release/executable/scripts.ts";
import { writeImage } from "../../scripts/release/image/image.ts";
import { readSource } from "../../scripts/release/source.ts";
import { REPOSITORY, textOf } from "./pages.ts";

const crontab = textOf("docs/compose/crontab");
const compose = textOf("docs/compose/regfsck.yaml");
const settings = Object.fromEntries(crontab.match(/^[A-Z]+=.*/gm)!.map((line) => line.split(/=(.*)/, 2)));
const [nightly, weekly] = [...crontab.matchAll(/^\d+ \d+ \S+ \S+ \S+\s+root\s+(.*)$/gm)].map(([, line]) => line!);

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "compose-"));
  const arch = process.arch as Arch;
  const scripts = await executableScripts();
  writeExecutable(arch, scripts, file("program"));
  const from = { program: file("program"), arch, notices: executableNotices(scripts, arch) };
  writeImage(readSource(), from, file("image.tar"));
  execFileSync("skopeo", ["copy", "--quiet", `oci-archive:${file("image.tar")}`, `dir:${file("image")}`]);
  const { layers } = JSON.parse(readFileSync(file("image/manifest.json"), "utf8"));
  mkdirSync(file("root"));
  for (const { digest } of layers) {
    execFileSync("tar", [
      "--extract",
      "--gzip",
      "--file",
      file(`image/${digest.slice(7)}`),
      "--directory",
      file("root"),
    ]);
  }
  mkdirSync(file("bin"));
  const standIn = fileURLToPath(new URL("compose-stand-in.ts", import.meta.url));
  const call = `exec ${join(REPOSITORY, "node_modules/.bin/tsx")} ${standIn} "$@"`;
  writeFileSync(file("bin/docker"), `#!/bin/sh\nshift 2\n${call}\n`);
  chmodSync(file("bin/docker"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  // The volume, as Docker fills a new one from the image.
  rmSync(file("state"), { recursive: true, force: true });
  execFileSync("cp", ["-a", file("root/var/lib/regfsck"), file("state")]);
  rmSync(file("calls"), { force: true });
});

/** Runs a line of the crontab where /opt/registry/data is a fixture, and /srv/registry holds the compose file. */
function cron(line: string, fixture: string, environment: Record<string, string> = {}) {
  const inside = [
    "mount -t tmpfs tmpfs /opt",
    "mkdir -p /opt/registry/data",
    `cp -R ${REPOSITORY}test-fixtures/${fixture}/. /opt/registry/data`,
    // As after a night without pushes.
    "find /opt/registry/data -exec touch --no-dereference --date '3 days ago' {} +",
    "mount -t tmpfs tmpfs /srv",
    "mkdir /srv/registry",
    `cp ${REPOSITORY}docs/compose/regfsck.yaml /srv/registry`,
    `exec sh -c "$LINE"`,
  ].join("\n");
  const env = {
    ...settings,
    ...environment,
    LINE: line.replace("/var/log/registry-collect.log", file("log")),
    PATH: `${file("bin")}:${process.env["PATH"]}`,
    IMAGE_ROOT: file("root"),
    STATE: file("state"),
    CALLS: file("calls"),
  };
  const { status, stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-ec", inside], { encoding: "utf8", env });
  const calls = existsSync(file("calls")) ? readFileSync(file("calls"), "utf8").trimEnd().split("\n") : [];
  return { status, stdout, stderr, calls };
}

const COLLECT = "run --rm --no-deps -T registry garbage-collect /etc/docker/registry/config.yml";

it("has seven lines at most", () => {
  expect(
    crontab
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("#")).length,
  ).toBeLessThanOrEqual(7);
});

it("scans a healthy root in silence, and keeps state, report and metrics in the volume", () => {
  expect(cron(nightly!, "healthy")).toEqual({ status: 0, stdout: "", stderr: "", calls: ["regfsck scan"] });
  const kept = ["scan.json", "scan-report.json", "metrics/regfsck.prom"];
  expect(kept.filter((name) => !existsSync(file(`state/${name}`)))).toEqual([]);
  expect(readFileSync(file("state/metrics/regfsck.prom"), "utf8")).toContain('regfsck_complete{root="data"} 1');
});

it("says what is broken, and ends with the same code as everywhere", () => {
  const { status, stdout } = cron(nightly!, "incident");
  expect(status).toBe(4);
  expect(stdout).toContain("5 of 11 tags are broken");
});

it("gates, stops, checks again, collects, starts and scans", () => {
  const { stdout, stderr, calls } = cron(weekly!, "healthy");
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  const expected = ["regfsck gate", "stop registry", "regfsck recheck", COLLECT, "start registry", "regfsck scan"];
  expect(calls).toEqual(expected);
});

it("stops nothing where the gate does not say go", () => {
  const { status, calls } = cron(weekly!, "incident");
  expect({ status, calls }).toEqual({ status: 4, calls: ["regfsck gate"] });
});

it("starts the registry again when the garbage collection fails", () => {
  const { calls } = cron(weekly!, "healthy", { COLLECT_EXIT: "1" });
  expect(calls.slice(3)).toEqual([COLLECT, "start registry", "regfsck scan"]);
});

it("gives each service an image of this version, the storage read-only under its own name, and nothing else to write but the volume", () => {
  const { services } = parse(compose, { merge: true }) as { services: Record<string, Record<string, unknown>> };
  const { version } = readSource();
  expect(Object.keys(services)).toEqual(["scan", "gate", "recheck"]);
  for (const service of Object.values(services)) {
    expect(service).toMatchObject({
      image: `regfsck:${version}`,
      profiles: ["regfsck"],
      network_mode: "none",
      read_only: true,
      cap_drop: ["ALL"],
      volumes: ["/opt/registry/data:/opt/registry/data:ro", "state:/var/lib/regfsck"],
    });
  }
});
