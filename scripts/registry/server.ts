// Runs the real registry program (Debian's package docker-registry) on a storage root: to serve it on 127.0.0.1, or to
// collect its garbage. Fixtures and end-to-end tests rest on what this program writes and answers.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const debianProgram = "/usr/bin/docker-registry";
const readyWithinMs = 20_000;
const stopWithinMs = 5_000;

export interface RegistryOptions {
  /** The storage root: what the registry's configuration calls `rootdirectory`. */
  root: string;
  /** Another registry program than Debian's. */
  program?: string | undefined;
  /** Makes the registry a pull-through cache of the registry at this URL. */
  proxyRemote?: string;
  /** With the cache, answers may come from memory after the disk has changed; without it (default) from disk only. */
  descriptorCache?: boolean;
  /** Whether manifests and blobs may be deleted over HTTP (default). */
  deletes?: boolean;
  /** How clients have to log in, as its configuration has it. */
  auth?: object;
  /** Files in PEM by which it serves over TLS. */
  tls?: { certificate: string; key: string };
  /** Runs as this user and group, without others, in place of the one who runs this; needs root. */
  user?: number;
}

interface RunningRegistry {
  url: string;
  stop(): Promise<void>;
}

export interface CollectOptions {
  dryRun?: boolean;
  /** The flag `-m`: also delete every manifest that no tag names. */
  deleteUntagged?: boolean;
}

export interface CollectResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Serves `root` on a free port of 127.0.0.1 and resolves once `/v2/` answers. The registry ends with `stop()`, and also
 * when this process ends in any way, since the kernel then kills it (PR_SET_PDEATHSIG).
 * @throws when the program is missing, or does not answer in time; the message holds what it logged.
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { program = debianProgram } = options;
  await requireProgram(program);
  const config = await writeConfig(options);
  const as = options.user === undefined ? [] : asUser(options.user);
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...as, program, "serve", config.file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => endProcess(child);
  try {
    const address = await listeningAddress(child);
    // Whoever sets up TLS knows whom to trust.
    if (options.tls) return { url: `https://${address}`, stop };
    const url = `http://${address}`;
    const answer = await fetch(`${url}/v2/`);
    await answer.arrayBuffer();
    const expected = options.auth ? 401 : 200;
    if (answer.status !== expected) throw new Error(`docker-registry answered ${answer.status} to GET /v2/`);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    // It was read at the start: removed here, it is not left behind by a parent that is killed.
    await config.remove();
  }
}

/** Serves `root` while `use` runs, and stops the registry however it ends. */
export async function withRegistry<T>(options: RegistryOptions, use: (url: string) => Promise<T>): Promise<T> {
  const registry = await startRegistry(options);
  try {
    return await use(registry.url);
  } finally {
    await registry.stop();
  }
}

/** Runs `docker-registry garbage-collect` on a root that no registry serves; an aborted run resolves too (exit code 1). */
export async function collectGarbage(root: string, options: CollectOptions = {}): Promise<CollectResult> {
  const program = debianProgram;
  await requireProgram(program);
  const config = await writeConfig({ root });
  const flags = [...(options.dryRun ? ["--dry-run"] : []), ...(options.deleteUntagged ? ["--delete-untagged"] : [])];
  try {
    return await run(program, ["garbage-collect", config.file, ...flags]);
  } finally {
    await config.remove();
  }
}

function asUser(user: number): string[] {
  return ["--reuid", String(user), "--regid", String(user), "--clear-groups"];
}

async function requireProgram(program: string): Promise<void> {
  try {
    await access(program, constants.X_OK);
  } catch {
    throw new Error(`${program} is missing: apt-get install docker-registry`);
  }
}

async function writeConfig(options: RegistryOptions): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "registry-config-"));
  const file = join(folder, "config.yml");
  await writeFile(file, configText(options));
  // Another user has to read it too.
  await chmod(folder, 0o755);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

// JSON is YAML. The level must be `info`: only then does the program tell which port the system gave it. Purging is
// off because it deletes old uploads, which tests lay out on purpose. By default no manifest with foreign layers is
// accepted, so their URLs are allowed here.
function configText(options: RegistryOptions): string {
  return JSON.stringify({
    version: "0.1",
    log: { level: "info", formatter: "text", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: options.root },
      delete: { enabled: options.deletes ?? true },
      maintenance: { uploadpurging: { enabled: false } },
      ...(options.descriptorCache ? { cache: { blobdescriptor: "inmemory" } } : {}),
    },
    http: {
      addr: "127.0.0.1:0",
      secret: "only for fixtures and tests",
      ...(options.tls && { tls: options.tls }),
    },
    ...(options.auth && { auth: options.auth }),
    validation: { manifests: { urls: { allow: ["^https?://"] } } },
    ...(options.proxyRemote ? { proxy: { remoteurl: options.proxyRemote } } : {}),
  });
}

function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    let settled = false;
    const settle = (end: () => void) => {
      settled = true;
      clearTimeout(timer);
      end();
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`docker-registry did not listen in time; it logged:\n${log}`))),
      readyWithinMs,
    );
    child.once("error", (error) => settle(() => reject(new Error(`cannot start docker-registry: ${error.message}`))));
    child.once("exit", (code, signal) => {
      if (!settled) settle(() => reject(new Error(`docker-registry ended (${code ?? signal}); it logged:\n${log}`)));
    });
    // Both streams are read to the end of the process: a full pipe would block it.
    const read = (chunk: Buffer) => {
      if (settled) return;
      log += chunk.toString();
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address !== undefined) settle(() => resolve(address));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

function run(command: string, args: string[]): Promise<CollectResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
  });
}
