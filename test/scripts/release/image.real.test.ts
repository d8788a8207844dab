// The container images: what is in them, and that regfsck runs there as a user without rights, by buildah.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executableNotices, writeExecutable } from "../../../scripts/release/executable/executable.ts";
import { ARCHES, type Arch } from "../../../scripts/release/executable/node.ts";
import { executableScripts } from "../../../scripts/release/executable/scripts.ts";
import { type ImageFrom, writeImage } from "../../../scripts/release/image/image.ts";
import { readSource } from "../../../scripts/release/source.ts";

const fixtures = fileURLToPath(new URL("../../../test-fixtures", import.meta.url));
const source = readSource();
const own = process.arch as Arch;
const DEBIAN = { x64: "amd64", arm64: "arm64" } as const;
const INTERPRETER = { x64: "lib64/ld-linux-x86-64.so.2", arm64: "lib/ld-linux-aarch64.so.1" } as const;
const GNU = { x64: "x86_64", arm64: "aarch64" } as const;

let folder: string;
let container: string;
const from = {} as Record<Arch, ImageFrom>;
const image = (arch: Arch) => join(folder, `${arch}.tar`);

function buildah(...args: readonly string[]) {
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const { status, stdout } = spawnSync("buildah", [...storage, ...args], { encoding: "utf8" });
  return { status, stdout };
}

/** regfsck in the container, with the fixtures at /data. */
function run(...args: readonly string[]) {
  const isolated = ["run", "--isolation=chroot", "--volume", `${fixtures}:/data:ro`, container, "--"];
  return buildah(...isolated, "/usr/bin/regfsck", ...args);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
  const scripts = await executableScripts();
  for (const arch of ARCHES) {
    from[arch] = { program: join(folder, arch), arch, notices: executableNotices(scripts, arch) };
    writeExecutable(arch, scripts, from[arch].program);
    writeImage(source, from[arch], image(arch));
  }
  container = buildah("from", `oci-archive:${image(own)}`).stdout.trim();
});
afterAll(() => {
  buildah("rm", "--all");
  rmSync(folder, { recursive: true });
});

describe.each(ARCHES)("the image for %s", (arch) => {
  it.each(["docker-archive", "oci-archive"])("is a %s of that platform, for a user without rights", (format) => {
    const text = execFileSync("skopeo", ["inspect", "--config", `${format}:${image(arch)}`], { encoding: "utf8" });
    expect(JSON.parse(text)).toMatchObject({
      architecture: DEBIAN[arch],
      os: "linux",
      created: source.date.toISOString().replace(".000Z", "Z"),
      config: { User: "65532:65532", Entrypoint: ["/usr/bin/regfsck"], Cmd: ["--help"] },
    });
  });

  it("holds the program, the libraries that it is linked to, and licences", () => {
    const layout = join(folder, `${arch}-layout`);
    execFileSync("skopeo", ["copy", "--quiet", `oci-archive:${image(arch)}`, `oci:${layout}:it`]);
    const read = (path: string) => JSON.parse(readFileSync(join(layout, path), "utf8"));
    const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(":", "/")}`;
    const layers = read(blob(read("index.json").manifests[0])).layers.map(blob) as string[];
    const files = layers.flatMap((layer) =>
      execFileSync("tar", ["--list", "--gzip", "--file", join(layout, layer)], { encoding: "utf8" })
        .trim()
        .split("\n"),
    );
    const libraries = ["libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "libstdc++.so.6"];
    const programs = files.filter((name) => !/\/$|^(usr\/share\/doc|var\/lib\/dpkg\/status\.d)\//.test(name));
    expect(programs.sort()).toEqual(
      [
        ...["etc/group", "etc/os-release", "etc/passwd", "usr/bin/regfsck", INTERPRETER[arch]],
        ...libraries.map((name) => `lib/${GNU[arch]}-linux-gnu/${name}`),
      ].sort(),
    );
    const packages = files.flatMap((name) => /^var\/lib\/dpkg\/status\.d\/(.+)/.exec(name)?.[1] ?? []);
    expect(packages).toHaveLength(3);
    for (const name of packages) expect(files).toContain(`usr/share/doc/${name}/copyright`);
    for (const name of ["LICENSE", "NOTICES"]) expect(files).toContain(`usr/share/doc/regfsck/${name}`);
    expect(files).toContain("var/lib/regfsck/metrics/");
  });
});

it("is made of the same bytes each time", () => {
  const again = join(folder, "again.tar");
  writeImage(source, from[own], again);
  expect(readFileSync(again).equals(readFileSync(image(own)))).toBe(true);
});

describe("in a container", () => {
  it("knows its version, and prints completions", () => {
    expect(run("--version")).toEqual({ status: 0, stdout: `${source.version}\n` });
    expect(run("completion", "bash").stdout).toContain("complete -F");
  });

  const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected.json")));
  it.each(names)("exits as everywhere for %s", (name) => {
    const { exitCode } = JSON.parse(readFileSync(join(fixtures, name, "expected.json"), "utf8"));
    expect(run("scan", "--quiet", `/data/${name}`).status).toBe(exitCode);
  });

  it("writes state and metrics where a volume would be, as that user", () => {
    const files = ["--state", "/var/lib/regfsck/s.json", "--metrics", "/var/lib/regfsck/metrics/m.prom"];
    expect(run("scan", "--quiet", ...files, "/data/healthy")).toEqual({ status: 0, stdout: "" });
    expect(run("scan", "--quiet", "--state", "/etc/s.json", "/data/healthy").status).toBe(8);
  });

  it("has no shell", () => {
    expect(buildah("run", "--isolation=chroot", container, "--", "/bin/sh", "-c", "echo hello")).toMatchObject({
      stdout: "",
    });
  });
});
