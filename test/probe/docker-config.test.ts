// The login that `docker login` left, and the helpers that keep it.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dockerLogin } from "../../src/probe/docker-config.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const auth = (text: string) => Buffer.from(text).toString("base64");
const HOST = "registry.example.com";

function login(config: object, registry = HOST, environment = {}) {
  return dockerLogin(JSON.stringify(config), registry, environment);
}

it.each([
  [{ auths: { [HOST]: { auth: auth("ci:a:b") } } }, { username: "ci", password: "a:b" }],
  [{ auths: { [`https://${HOST}/v2/`]: { auth: auth("ci:word\0\0") } } }, { username: "ci", password: "word" }],
  [{ auths: { [HOST]: { username: "ci", password: "word" } } }, { username: "ci", password: "word" }],
  [{ auths: { [HOST]: { auth: auth("ci:"), identitytoken: "token" } } }, { username: "ci", token: "token" }],
  [{ auths: { "other.example.com": { auth: auth("ci:word") } } }, undefined],
  [{ auths: { [HOST]: {} } }, undefined],
  [{ auths: { [HOST]: { auth: "no base64, no colon" } } }, undefined],
  [{}, undefined],
])("reads %j", async (config, expected) => {
  expect(await login(config)).toEqual(expected);
});

it("knows Docker's hub by the name that docker login gives it", async () => {
  const config = { auths: { "https://index.docker.io/v1/": { auth: auth("ci:word") } } };
  expect(await login(config, "registry-1.docker.io")).toEqual({ username: "ci", password: "word" });
});

it("says nothing of a file that it cannot read", async () => {
  for (const text of ["s3cret", "[]", '{"s3cret"']) {
    await expect(dockerLogin(text, HOST, {})).rejects.toThrow(/^not a configuration of Docker$/);
  }
});

/** A program that a helper would be, which says what it was given. */
function helper(name: string, lines: string): { PATH: string } {
  const folder = temporaryFolder();
  const file = join(folder, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\nread -r host\n${lines}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder}:/usr/bin:/bin` };
}

it("asks the helper of the registry, else that of all, by standard input", async () => {
  const environment = helper("store", `echo "{\\"Username\\":\\"$1 $host\\",\\"Secret\\":\\"word\\"}"`);
  const expected = { username: `get ${HOST}`, password: "word" };
  expect(await login({ credsStore: "store" }, HOST, environment)).toEqual(expected);
  expect(await login({ credHelpers: { [HOST]: "store" }, credsStore: "none" }, HOST, environment)).toEqual(expected);
});

it("takes a token that a helper keeps, and goes on to auths where it has nothing", async () => {
  const token = helper("a", `echo '{"Username":"<token>","Secret":"refresh"}'`);
  expect(await login({ credsStore: "a" }, HOST, token)).toEqual({ username: "<token>", token: "refresh" });
  const nothing = helper("b", "echo credentials not found in native keychain; exit 1");
  const config = { credsStore: "b", auths: { [HOST]: { auth: auth("ci:word") } } };
  expect(await login(config, HOST, nothing)).toEqual({ username: "ci", password: "word" });
});

it("tells of a helper that fails without what it said", async () => {
  const environment = helper("bad", "echo s3cret; exit 3");
  await expect(login({ credsStore: "bad" }, HOST, environment)).rejects.toThrow(
    /^credential helper "bad": ended with 3$/,
  );
  await expect(login({ credsStore: "gone" }, HOST, environment)).rejects.toThrow(
    /^credential helper "gone": docker-credential-gone is not installed$/,
  );
  await expect(login({ credsStore: "../x; rm" }, HOST, environment)).rejects.toThrow(/no helper can be called so$/);
});
