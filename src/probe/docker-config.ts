// The login that `docker login` left: ~/.docker/config.json, and the credential helpers that it names.
import { spawn } from "node:child_process";
import type { Credentials } from "./login.ts";

interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerLogin | undefined>>;
  readonly credHelpers?: Readonly<Record<string, string | undefined>>;
  readonly credsStore?: string;
}

interface DockerLogin {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** How Docker names its own hub. */
const HUB = "https://index.docker.io/v1/";
const HUB_HOSTS = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * The login of the registry of that name (host and port); undefined where there is none. Rejects with one line where the
 * text is no such file, or a helper fails. `environment` is what helpers run with.
 */
export async function dockerLogin(
  text: string,
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const config = parse(text);
  const names = HUB_HOSTS.has(registry) ? [HUB, ...HUB_HOSTS] : [registry];
  const helper = names.map((name) => config.credHelpers?.[name]).find(Boolean) ?? config.credsStore;
  if (helper) {
    const found = await askHelper(helper, names[0]!, environment);
    if (found) return found;
  }
  const key = Object.keys(config.auths ?? {}).find((one) => names.includes(one) || names.includes(hostOf(one)));
  return key === undefined ? undefined : fromEntry(config.auths![key] ?? {});
}

function parse(text: string): DockerConfig {
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  } catch {
    // As below: what the parser says may quote the file.
  }
  throw new Error("not a configuration of Docker");
}

/** `https://registry.example.com/v2/` as `registry.example.com`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function fromEntry({ auth, username, password, identitytoken }: DockerLogin): Credentials | undefined {
  const [, user, word] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth ?? "", "base64").toString("utf8")) ?? [];
  const name = user || username || "";
  if (identitytoken) return { username: name, token: identitytoken };
  // Docker fills up with NUL.
  const secret = word?.replace(/\0+$/, "") || password;
  return name === "" || !secret ? undefined : { username: name, password: secret };
}

/** A helper that hangs, as one that asks a person does, is not waited for (ms). */
const PATIENCE = 30_000;
const MOST_BYTES = 1 << 20;

/** Fixed arguments, no shell; the host goes in by standard input, so that no list of processes shows anything of it. */
function askHelper(
  helper: string,
  registry: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const fail = (why: string) => new Error(`credential helper ${JSON.stringify(helper)}: ${why}`);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) throw fail("no helper can be called so");
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...environment },
      timeout: PATIENCE,
    });
    let said = "";
    child.once("error", ({ code }: NodeJS.ErrnoException) => {
      reject(fail(code === "ENOENT" ? `docker-credential-${helper} is not installed` : `${code}`));
    });
    child.stdout.on("data", (chunk: Buffer) => {
      if (said.length < MOST_BYTES) said += chunk.toString("utf8");
    });
    child.stdin.on("error", () => {});
    child.stdin.end(registry);
    child.once("close", (code, signal) => {
      if (signal !== null) reject(fail("did not answer in time"));
      // As helpers say that they have none: in words, by a code that is not 0.
      else if (code !== 0) /not found/i.test(said) ? resolve(undefined) : reject(fail(`ended with ${code}`));
      else resolve(fromHelper(said));
    });
  });
}

function fromHelper(said: string): Credentials | undefined {
  let answer: { readonly Username?: unknown; readonly Secret?: unknown };
  try {
    answer = JSON.parse(said);
  } catch {
    return undefined;
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>" ? { username, token: secret } : { username, password: secret };
}
