// What a release is made of: which version, and when and by whom its last change was made. All dates in its files are that one, so that
// the same commit gives the same bytes.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../package/esbuild.ts";

export interface Source {
  readonly version: string;
  readonly description: string;
  readonly date: Date;
  /** As in `Name <address>`. */
  readonly maintainer: string;
}

/** As package.json and the last commit have it; SOURCE_DATE_EPOCH, in seconds, beats the commit's date. */
export function readSource(): Source {
  const { version, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
    description: string;
  };
  const log = ["log", "-1", "--format=%ct%n%an <%ae>"];
  const [seconds, maintainer] = execFileSync("git", log, { cwd: ROOT, encoding: "utf8" }).trimEnd().split("\n");
  const { SOURCE_DATE_EPOCH = seconds } = process.env;
  return { version, description, date: new Date(Number(SOURCE_DATE_EPOCH) * 1000), maintainer: maintainer! };
}

/** For programs that write dates of their own. */
export function dateEnvironment({ date }: Source): NodeJS.ProcessEnv {
  return { ...process.env, SOURCE_DATE_EPOCH: `${date.getTime() / 1000}`, TZ: "UTC", LC_ALL: "C.UTF-8" };
}
