// Probes of a real registry that wants a login, each in its way, and of one behind TLS; of one behind a bad line.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { copyRoot } from "../../../scripts/fixtures/storage.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { badLine } from "./bad-line.ts";
import { selfSigned } from "./certificates.ts";
import { brokenByProbe, brokenByScan, type ProbeRun, probe } from "./probing.ts";
import { ISSUER, SERVICE, startTokenServer } from "./token-server.ts";

const FIXTURE = fileURLToPath(new URL("../../../test-fixtures/incident", import.meta.url));

/** A copy of the incident that a registry may serve. */
async function incident(): Promise<string> {
  const root = temporaryFolder();
  await copyRoot(FIXTURE, root);
  return root;
}

async function expectAsScan(probed: ProbeRun, root: string): Promise<void> {
  expect(probed.unreadable).toEqual([]);
  expect(brokenByProbe(probed)).toEqual(await brokenByScan(root));
  expect(probed.exitCode).toBe(4);
}

const LOGIN = ["--username", "ci", "--password-stdin"];

describe("a probe says what a scan says, of a registry that", () => {
  it("is open to all", async () => {
    const root = await incident();
    await withRegistry({ root }, async (url) => expectAsScan(await probe([url]), root));
  });

  it("wants a password (htpasswd)", async () => {
    const root = await incident();
    const path = join(temporaryFolder(), "htpasswd");
    // Of "s3cret": perl -e 'print crypt("s3cret", "\$2y\$05\$abcdefghijklmnopqrstuu")'
    writeFileSync(path, "ci:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n");
    await withRegistry({ root, auth: { htpasswd: { realm: "registry", path } } }, async (url) => {
      await expectAsScan(await probe([...LOGIN, url], "s3cret\n"), root);
      expect(await probe([...LOGIN, url], "wrong\n")).toMatchObject({
        exitCode: 8,
        unreadable: [{ path: "v2/_catalog", error: expect.stringContaining("user name or password is wrong") }],
      });
      expect(await probe([url])).toMatchObject({ exitCode: 8 });
    });
  });

  it("wants a token, for each repository", async () => {
    const root = await incident();
    const pair = selfSigned(temporaryFolder(), "tokens");
    const server = await startTokenServer(pair, { name: "ci", password: "s3cret" }, ["team/api"]);
    const token = { realm: server.url, service: SERVICE, issuer: ISSUER, rootcertbundle: pair.certificate };
    try {
      await withRegistry({ root, auth: { token } }, async (url) => {
        const probed = await probe([...LOGIN, url], "s3cret\n");
        await expectAsScan(probed, root);
        // A token for the catalogue and one for each repository, however many requests they are good for.
        expect(new Set(server.asked.map(({ scope }) => scope)).size).toBe(server.asked.length);
        expect(server.asked).toHaveLength(1 + probed.roots[0]!.counts.repositories);
        // Anybody may pull this one.
        expect(await probe([url, "team/api:1.0"])).toMatchObject({ exitCode: 0 });
        expect(server.asked.at(-1)).toEqual({ scope: "repository:team/api:pull", isUser: false });
        expect(await probe([url, "infra-ci:latest"])).toMatchObject({
          exitCode: 8,
          unreadable: [{ error: "401: the token is refused: no right to pull" }],
        });
      });
    } finally {
      server.close();
    }
  });

  it("has a certificate of its own authority", async () => {
    const root = await incident();
    const pair = selfSigned(temporaryFolder(), "registry");
    await withRegistry({ root, tls: pair }, async (url) => {
      await expectAsScan(await probe(["--ca", pair.certificate, url]), root);
      const other = selfSigned(temporaryFolder(), "other");
      for (const args of [[url], ["--ca", other.certificate, url]]) {
        expect(await probe(args)).toMatchObject({
          exitCode: 8,
          unreadable: [{ path: "v2/", error: expect.stringMatching(/^its certificate: /) }],
        });
      }
    });
  });

  it.each([
    ["answers 429 and 503 now and then", { busy: 0.15, unavailable: 0.15 }],
    ["drops connections", { cut: 0.1, "cut in the body": 0.1 }],
    ["is slow", { slow: 0.3 }],
  ])("%s", async (_, shares) => {
    const root = await incident();
    await withRegistry({ root }, async (registry) => {
      const line = await badLine(registry, shares, 1);
      try {
        await expectAsScan(await probe([line.url]), root);
        for (const mishap of Object.keys(shares)) expect(line.done.get(mishap), mishap).toBeGreaterThan(3);
      } finally {
        line.close();
      }
    });
  });
});
