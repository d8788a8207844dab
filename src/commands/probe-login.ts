// With which login a registry is asked: the one of the command line, else what `docker login` left.
import { UsageError } from "../contract/errors.ts";
import { readInput } from "../output/input-file.ts";
import type { Terminal } from "../output/terminal.ts";
import type { RegistryAddress } from "../probe/address.ts";
import { dockerLogin } from "../probe/docker-config.ts";
import type { Credentials } from "../probe/login.ts";

interface LoginOptions {
  readonly username: string | undefined;
  readonly passwordStdin: boolean;
}

const MOST_PASSWORD = 1 << 16;
const MOST_CONFIG = 1 << 20;

/** Undefined for nobody's. Throws a UsageError, which quotes neither password nor file, where none can be made of what is there. */
export async function chooseLogin(
  { username, passwordStdin }: LoginOptions,
  { name }: RegistryAddress,
  { environment, readInput: readStandardInput }: Pick<Terminal, "environment" | "readInput">,
): Promise<Credentials | undefined> {
  if (username === undefined && passwordStdin) throw new UsageError("--password-stdin needs --username");
  if (username !== undefined && !passwordStdin)
    throw new UsageError(
      "--username needs --password-stdin: what stands on the command line, everybody on the machine can read",
    );
  if (username !== undefined) {
    if (username === "" || username.includes(":")) throw new UsageError("--username is empty, or holds a colon");
    const password = (await readStandardInput(MOST_PASSWORD)).replace(/\r?\n$/, "");
    if (password === "") throw new UsageError("--password-stdin: standard input holds no password");
    return { username, password };
  }
  const folder = environment["DOCKER_CONFIG"] || (environment["HOME"] && `${environment["HOME"]}/.docker`);
  if (!folder) return undefined;
  const file = `${folder}/config.json`;
  try {
    return await dockerLogin(readInput(file, MOST_CONFIG), name, environment);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UsageError(`${file}: ${message}`);
  }
}
