// The script that deletes over HTTP, before shellcheck, under every shell that it is promised for, and against a registry.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { getManifest } from "../../scripts/registry/client.ts";
import { type Image, makeImage, makeMultiArch } from "../../scripts/registry/content.ts";
import { pushImage } from "../../scripts/registry/push.ts";
import { startRegistry } from "../../scripts/registry/server.ts";
import { renderDeleteScript } from "../../src/recovery/delete-script.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const parts = fileURLToPath(new URL("../../src/recovery/delete-script", import.meta.url));
const SHELLS = [["dash"], ["busybox", "sh"], ["mksh"], ["bash", "--posix"]];
const [old, now, other] = [makeMultiArch("old"), makeImage("now"), makeImage("other")];

interface Planned {
  tags?: readonly { name: string; digest: string }[];
  manifests?: readonly Image[];
  planned?: number;
}

/** Writes the script that deletes these manifests of `app`; gives its path. */
function scriptFor({ tags = [{ name: "latest", digest: now.digest }], manifests = [old], planned }: Planned = {}) {
  const file = join(temporaryFolder(), "delete.sh");
  const repository = {
    name: "app",
    tags,
    manifests: manifests.map(({ digest }) => ({ digest, bytes: 1, tags: [] })),
  };
  const about = { version: "0.0.0", name: "data", path: "/data", freedBytes: 1, planned: planned ?? Date.now() };
  writeFileSync(file, [...renderDeleteScript({ ...about, repositories: [repository] })].join(""));
  return file;
}

/** A registry in which `latest` of `app` was `old` and is `now`. */
async function registry(deletes = true): Promise<string> {
  const { url, stop } = await startRegistry({ root: temporaryFolder(), deletes });
  onTestFinished(stop);
  await pushImage(url, "app", old, "latest");
  await pushImage(url, "app", now, "latest");
  return url;
}

/** As another process, since some of the servers are in this one. */
function run(shell: readonly string[], script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ status: unknown; said: string }>((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(shell[0]!, [...shell.slice(1), script, ...args], options, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, said: stdout + stderr }),
    );
  });
}

const isThere = async (url: string, { digest }: Image) => (await getManifest(url, "app", digest)).status === 200;

describe("the script", () => {
  it("is one that shellcheck finds nothing in, as are its parts", () => {
    const files = readdirSync(parts).map((name) => join(parts, name));
    const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", ...files], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, ""]);
    const script = spawnSync("shellcheck", ["--shell=sh", scriptFor()], { encoding: "utf8" });
    expect([script.status, script.stdout]).toEqual([0, ""]);
  });

  it.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
    "shows, deletes, and may be run again: %s",
    async (_, shell) => {
      const url = await registry();
      const script = scriptFor({ manifests: [old, ...old.children] });
      const dry = await run(shell, script, [url]);
      expect(dry).toMatchObject({
        status: 0,
        said: expect.stringMatching(/\n5 to delete, 0 gone already, 0 left; nothing was deleted/),
      });
      expect(await isThere(url, old)).toBe(true);
      expect(existsSync(`${script}.log`)).toBe(false);
      const applied = await run(shell, script, ["--apply", url]);
      expect(applied).toMatchObject({ status: 0, said: expect.stringContaining("5 deleted, 0 gone already, 0 left") });
      expect(await isThere(url, old)).toBe(false);
      expect(await isThere(url, now)).toBe(true);
      expect(readFileSync(`${script}.log`, "utf8").match(/Z deleted app@sha256:/g)).toHaveLength(5);
      const again = await run(shell, script, ["--apply", `${url}/`]);
      expect(again).toMatchObject({ status: 0, said: expect.stringContaining("0 deleted, 5 gone already, 0 left") });
    },
  );

  it.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
    "leaves a repository in which a tag was pushed since: %s",
    async (_, shell) => {
      const url = await registry();
      const script = scriptFor();
      await pushImage(url, "app", old, "stable");
      const { status, said } = await run(shell, script, ["--apply", url]);
      expect([status, said]).toEqual([3, expect.stringContaining("app: tag stable was pushed since")]);
      expect(await isThere(url, old)).toBe(true);
    },
  );

  it("leaves one in which a tag was moved, and not one that has lost a tag", async () => {
    const url = await registry();
    const tags = [
      { name: "latest", digest: now.digest },
      { name: "gone", digest: other.digest },
    ];
    expect((await run(["sh"], scriptFor({ tags }), [url])).status).toBe(0);
    await pushImage(url, "app", other, "latest");
    expect((await run(["sh"], scriptFor({ tags }), [url])).status).toBe(3);
  });

  it("sees a tag on the last of several pages", async () => {
    const url = await registry();
    const pages: Record<string, string[]> = { "": ["latest"], "?last=latest": [], "?last=x": ["stable"] };
    const paged = await proxy(url, ({ url: asked = "" }, outgoing) => {
      const [path, query] = asked.split("tags/list");
      if (query === undefined) return false;
      const [next] = Object.keys(pages).slice(Object.keys(pages).indexOf(query) + 1);
      outgoing.writeHead(200, next === undefined ? {} : { Link: `<${path}tags/list${next}>; rel="next"` });
      outgoing.end(`{"name":"app","tags":${JSON.stringify(pages[query])}}\n`);
      return true;
    });
    expect((await run(["sh"], scriptFor(), [paged])).status).toBe(0);
    await pushImage(url, "app", old, "stable");
    const { status, said } = await run(["sh"], scriptFor(), [paged]);
    expect([status, said]).toEqual([3, expect.stringContaining("tag stable was pushed since")]);
  });

  it.each([
    ["some time", 20, [1, 4]],
    ["no time", 0, [5, 0]],
  ] as const)(
    "leaves the rest of a repository that takes %s, where a tag is pushed meanwhile",
    async (_, aLine, [deleted, left]) => {
      const url = await registry();
      await pushImage(url, "app", other, "stable");
      let isPushed = false;
      const later = await proxy(url, ({ method, url: asked = "" }, outgoing) => {
        isPushed ||= method === "DELETE";
        if (!asked.endsWith("tags/list")) return false;
        outgoing.end(JSON.stringify({ name: "app", tags: ["latest", ...(isPushed ? ["stable"] : [])] }, null, 2));
        return true;
      });
      const script = scriptFor({ manifests: [old, ...old.children], planned: 0 });
      const { said } = await run(["sh"], script, ["--apply", later], { PATH: slowClock(aLine) });
      expect(said).toContain(`${deleted} deleted, 0 gone already, ${left} left`);
    },
  );

  it("stops where the registry does not allow deletes, and says what does", async () => {
    const url = await registry(false);
    const { status, said } = await run(["sh"], scriptFor(), ["--apply", url]);
    expect([status, said]).toEqual([1, expect.stringContaining("storage.delete.enabled")]);
  });

  it("stops at the first manifest that is answered otherwise than 202 or 404, or not at all", async () => {
    const url = await registry();
    const failing = await proxy(url, ({ method }, outgoing) => refuse(method === "DELETE" ? 500 : 0, outgoing));
    const script = scriptFor({ manifests: [old, ...old.children] });
    const { status, said } = await run(["sh"], script, ["--apply", failing]);
    expect([status, said.match(/the registry answered 500/g)]).toEqual([1, ["the registry answered 500"]]);
    expect((await run(["sh"], script, ["--apply", "http://127.0.0.1:1"])).status).toBe(1);
    expect(await isThere(url, old)).toBe(true);
  });

  it("is no longer run after a day", async () => {
    const url = await registry();
    const script = scriptFor({ planned: Date.now() - 25 * 3_600_000 });
    expect((await run(["sh"], script, ["--apply", url])).status).toBe(2);
    expect((await run(["sh"], script, ["--apply", "--any-age", url])).status).toBe(0);
  });

  it.each([
    [],
    ["registry.example"],
    ["ftp://registry.example"],
    ["http://user:word@registry.example"],
    ["http://a b"],
    ["--no-such"],
  ])("refuses to begin with %j", async (...args) => {
    expect((await run(["sh"], scriptFor(), args, { REGISTRY_URL: "" })).status).toBe(2);
  });
});

describe("credentials", () => {
  const expected = `Basic ${Buffer.from('me:p"a\\ss $(x)').toString("base64")}`;

  it.each([
    ["the environment", { REGISTRY_USER: "me", REGISTRY_PASSWORD: 'p"a\\ss $(x)' }],
    ["~/.netrc", "netrc"],
    ["a token", { REGISTRY_TOKEN: "abc" }],
  ] as const)("from %s get to the registry, and into no command line, log or output", async (_, given) => {
    const url = await registry();
    const guarded = await proxy(url, ({ headers }, outgoing) => {
      const isKnown = headers.authorization === expected || headers.authorization === "Bearer abc";
      return refuse(isKnown ? 0 : 401, outgoing);
    });
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".netrc"), 'machine 127.0.0.1 login me password "p\\"a\\\\ss $(x)"\n', { mode: 0o600 });
    const seen = join(folder, "seen");
    mkdirSync(join(folder, "bin"));
    const curl = execFileSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).trim();
    writeFileSync(join(folder, "bin/curl"), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${seen}'\nexec ${curl} "$@"\n`);
    chmodSync(join(folder, "bin/curl"), 0o755);
    const env = { PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: given === "netrc" ? folder : "/nowhere" };
    const script = scriptFor();
    const { status, said } = await run(
      ["sh"],
      script,
      ["--apply", guarded],
      given === "netrc" ? env : { ...env, ...given },
    );
    expect([status, said]).toEqual([0, expect.stringContaining("1 deleted")]);
    const everything = [
      readFileSync(seen, "utf8"),
      readFileSync(`${script}.log`, "utf8"),
      readFileSync(script, "utf8"),
      said,
    ];
    expect(everything.join("\n")).not.toMatch(/p"a|abc\b/);
    expect((await run(["sh"], script, ["--apply", guarded], { HOME: "/nowhere" })).said).toContain("401");
  });
});

/** A PATH on which the clock begins at 0, and is so many seconds later after each line of the log. */
function slowClock(aLine: number): string {
  const folder = temporaryFolder();
  const lines = [
    "#!/bin/sh",
    `read -r now < '${folder}/now'`,
    `case $1 in -u) echo $((now + ${aLine})) > '${folder}/now' ;; esac`,
    "echo $now",
  ];
  writeFileSync(join(folder, "now"), "0\n");
  writeFileSync(join(folder, "date"), lines.join("\n"), { mode: 0o755 });
  return `${folder}:${process.env["PATH"]}`;
}

/** Answers with that status, where there is one. */
function refuse(status: number, outgoing: ServerResponse): boolean {
  if (status > 0) outgoing.writeHead(status).end();
  return status > 0;
}

/** A server that hands requests on, but for those that are answered here. */
async function proxy(
  url: string,
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    if (answer(incoming, outgoing)) return;
    const { authorization: _, ...headers } = incoming.headers;
    const onward = request(`${url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
