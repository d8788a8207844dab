// Makes the container images from the executables, without a network: by buildah, from nothing. The archive is one that
// `docker load`, `podman load` and whatever reads OCI layouts take.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../package/esbuild.ts";
import type { Arch } from "../executable/node.ts";
import { dateEnvironment, type Source } from "../source.ts";
import { librariesOf } from "./libraries.ts";

const CONTAINERFILE = fileURLToPath(new URL("Containerfile", import.meta.url));
const PLATFORMS = { x64: ["amd64"], arm64: ["arm64", "--variant=v8"] } as const;
const DOC = "usr/share/doc/regfsck";

export interface ImageFrom {
  /** The executable. */
  readonly program: string;
  readonly arch: Arch;
  /** The licences of all that is in it. */
  readonly notices: string;
}

export function imageName({ version }: Source, arch: Arch): string {
  return `regfsck-${version}-image-${arch}.tar`;
}

/** Writes the image, called `regfsck:VERSION`, to `file`. */
export function writeImage(source: Source, from: ImageFrom, file: string): void {
  const work = mkdtempSync(join(tmpdir(), "image-"));
  const seconds = `${source.date.getTime() / 1000}`;
  try {
    layRoot(join(work, "root"), from);
    mkdirSync(join(work, "state/metrics"), { recursive: true });
    // Modes as everywhere, whatever the umask is here.
    execFileSync("chmod", ["-R", "u=rwX,go=rX", join(work, "root"), join(work, "state")]);
    const archive = join(work, "image.tar");
    const storage = ["--root", join(work, "storage"), "--runroot", join(work, "run"), "--storage-driver", "vfs"];
    const [architecture, ...variant] = PLATFORMS[from.arch];
    const build = ["build", "--isolation=chroot", "--format=oci", `--timestamp=${seconds}`, "--identity-label=false"];
    const platform = ["--os=linux", `--arch=${architecture}`, ...variant];
    const tag = `oci-archive:${archive}:regfsck:${source.version}`;
    const args = [...storage, ...build, ...platform, ...labels(source), "--file", CONTAINERFILE, "--tag", tag, work];
    execFileSync("buildah", args, { env: dateEnvironment(source), stdio: "pipe" });
    repack(archive, `regfsck:${source.version}`, seconds, file);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function labels({ version, description }: Source): string[] {
  const values = { title: "regfsck", description, version, licenses: "Apache-2.0" };
  return Object.entries(values).map(([name, value]) => `--label=org.opencontainers.image.${name}=${value}`);
}

function layRoot(root: string, { program, arch, notices }: ImageFrom): void {
  const copy = (from: string, to: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { dereference: true });
  };
  const write = (to: string, text: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    writeFileSync(join(root, to), text);
  };
  copy(program, "usr/bin/regfsck");
  copy(join(ROOT, "LICENSE"), `${DOC}/LICENSE`);
  write(`${DOC}/NOTICES`, notices);
  write(
    "etc/passwd",
    "root:x:0:0:root:/:/sbin/nologin\nregfsck:x:65532:65532:regfsck:/var/lib/regfsck:/sbin/nologin\n",
  );
  write("etc/group", "root:x:0:\nregfsck:x:65532:\n");
  const libraries = librariesOf(program, arch);
  for (const { source, target } of libraries) copy(source, target);
  for (const name of new Set(libraries.map((library) => library.package))) {
    copy(`/usr/share/doc/${name}/copyright`, `usr/share/doc/${name}/copyright`);
    // Where scanners for vulnerabilities look for what an image without a package manager is made of.
    write(`var/lib/dpkg/status.d/${name}`, execFileSync("dpkg-query", ["--status", name], { encoding: "utf8" }));
  }
  copy("/etc/os-release", "etc/os-release");
}

/**
 * Compresses the layers, adds what `docker load` looks for to the OCI layout, and packs it so that the same content gives the
 * same bytes: buildah's archive has the time of day in it.
 */
function repack(archive: string, tag: string, seconds: string, file: string): void {
  const layout = `${archive}.d`;
  execFileSync("skopeo", ["copy", `oci-archive:${archive}:${tag}`, `oci:${layout}:${tag}`], { stdio: "pipe" });
  const read = (path: string) => JSON.parse(readFileSync(join(layout, path), "utf8"));
  const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(":", "/")}`;
  const manifest = read(blob(read("index.json").manifests[0]));
  const entry = { Config: blob(manifest.config), RepoTags: [tag], Layers: manifest.layers.map(blob) };
  writeFileSync(join(layout, "manifest.json"), JSON.stringify([entry]));
  const same = [
    "--sort=name",
    `--mtime=@${seconds}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=u=rwX,go=rX",
  ];
  const names = readdirSync(layout).sort();
  execFileSync("tar", ["--create", "--file", file, ...same, "--format=ustar", "--directory", layout, ...names]);
}
