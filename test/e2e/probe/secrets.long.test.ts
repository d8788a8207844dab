// Where a login could leak: the lists of processes, what is printed, what is written. The program as it is built, on Linux.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeImage } from "../../../scripts/registry/content.ts";
import { send, withHttpRegistry } from "../../worlds/http-registry.ts";
import { PROGRAM } from "../../worlds/program.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";

const SECRET = "s3cret-of-the-registry";
const ENCODED = Buffer.from(`ci:${SECRET}`).toString("base64");

/** The command lines of all processes of this machine that can be read. */
function commandLines(): string {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");
}

it.each([
  ["typed in", ["--username", "ci", "--password-stdin"], SECRET],
  ["of docker login", [], ""],
  ["of a credential helper", [], ""],
])("a login %s is in no list of processes, on no terminal and in no file", async (kind, args, input) => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", makeImage("a"), "1");
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".docker"));
    const isHelped = kind.includes("helper");
    const config = isHelped ? { credsStore: "test" } : { auths: { [registry.name]: { auth: ENCODED } } };
    if (input === "") writeFileSync(join(folder, ".docker/config.json"), JSON.stringify(config));
    const helper = join(folder, "docker-credential-test");
    writeFileSync(helper, `#!/bin/sh\necho '{"Username":"ci","Secret":"${SECRET}"}'\n`);
    chmodSync(helper, 0o755);
    let seen = "";
    registry.intercept = ({ path, headers }, response) => {
      if (headers.authorization !== `Basic ${ENCODED}`) return send(response, 401, "", { "www-authenticate": "Basic" });
      seen += commandLines();
      // One right answer, and one that is refused: what is said then must hold nothing either.
      return path.includes("/blobs/") && send(response, 401, SECRET, { "www-authenticate": "Basic" });
    };
    const files = ["--state", "--metrics", "--report"].flatMap((option, index) => [
      option,
      join(folder, `out${index}`),
    ]);
    const child = spawn(process.execPath, [PROGRAM, "probe", ...args, ...files, registry.url], {
      env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, NO_COLOR: "1" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdin.end(`${input}\n`);
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(8);
    expect(seen).toContain(PROGRAM);
    const written = [0, 1, 2].map((index) => readFileSync(join(folder, `out${index}`), "utf8")).join("\n");
    expect(said).toContain("401: user name or password is wrong");
    for (const text of [seen, said, written]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(ENCODED);
    }
  });
});
