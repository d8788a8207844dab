// Logging in: what is asked for, with what, and that nothing of it shows when it fails.
import { describe, expect, it } from "vitest";
import { parseChallenge } from "../../src/probe/challenge.ts";
import { Client } from "../../src/probe/client.ts";
import type { Credentials } from "../../src/probe/login.ts";
import { type HttpRegistry, type Interceptor, send, withHttpRegistry } from "../worlds/http-registry.ts";

const SECRET = "s3cret-pass";
const CI: Credentials = { username: "ci", password: SECRET };
const BASIC = `Basic ${Buffer.from(`ci:${SECRET}`).toString("base64")}`;

/** A token server in front of a registry: `grants` gives the answer to a request for a token. */
function withTokens(registry: HttpRegistry, grants: Interceptor, realm = `${registry.url}/token`): Interceptor {
  return (seen, response) => {
    if (seen.path.startsWith("/token")) return grants(seen, response);
    if (seen.headers.authorization?.startsWith("Bearer good")) return false;
    const scope = seen.path.includes("_catalog") ? "registry:catalog:*" : "repository:a:pull";
    const challenge = `Bearer realm="${realm}",service="the registry",scope="${scope}"`;
    return send(response, 401, "", { "www-authenticate": challenge });
  };
}

async function asking<T>(
  registry: HttpRegistry,
  credentials: Credentials | undefined,
  use: (get: (path?: string) => Promise<unknown>) => Promise<T>,
  now = () => 0,
): Promise<T> {
  const pauses = [1];
  const options = {
    ca: undefined,
    timeout: 5000,
    connections: 4,
    environment: {},
    perSecond: undefined,
    pauses,
    now,
    wait: async () => {},
  };
  const client = new Client({ ...options, url: registry.url, credentials });
  const scope = "repository:a:pull";
  const take = { kind: "all", most: 100 } as const;
  try {
    return await use((path = "v2/") => client.get({ path, scope, take }));
  } finally {
    await client.close();
  }
}

describe("Basic", () => {
  it("is sent once it was asked for, from then on at once", async () => {
    await withHttpRegistry(async (registry) => {
      registry.intercept = ({ headers }, response) =>
        headers.authorization !== BASIC && send(response, 401, "", { "www-authenticate": 'Basic realm="x"' });
      await asking(registry, CI, async (get) => {
        expect(await get()).toMatchObject({ status: 200 });
        expect(await get()).toMatchObject({ status: 200 });
      });
      expect(registry.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
      const wrong = await asking(registry, { username: "ci", password: "other" }, (get) => get());
      expect(wrong).toMatchObject({ kind: "unanswered", why: "401: user name or password is wrong", isDown: false });
      const nobody = await asking(registry, undefined, (get) => get());
      expect(nobody).toMatchObject({ why: "401: a login is wanted (--username, or docker login)" });
    });
  });
});

it("is found in whichever of several headers names a way to log in", async () => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = ({ headers }, response) => {
      if (headers.authorization === BASIC) return false;
      response.setHeader("www-authenticate", ["Negotiate", 'Basic realm="x"']);
      return send(response, 401);
    };
    expect(await asking(registry, CI, (get) => get())).toMatchObject({ status: 200 });
  });
});

describe("a token", () => {
  it("is asked for with scope and login, once for many requests, and again when it is over", async () => {
    await withHttpRegistry(async (registry) => {
      let given = 0;
      registry.intercept = withTokens(registry, (_, response) =>
        send(response, 200, JSON.stringify({ token: `good${++given}`, expires_in: 60 })),
      );
      let now = 0;
      const ask = async (get: () => Promise<unknown>) => {
        const answers = await Promise.all([get(), get(), get()]);
        for (const answer of answers) expect(answer).toMatchObject({ status: 200 });
        now = 51_000;
        expect(await get()).toMatchObject({ status: 200 });
      };
      await asking(registry, CI, ask, () => now);
      const asked = registry.seen.filter(({ path }) => path.startsWith("/token"));
      expect(asked.length).toBeLessThanOrEqual(3);
      for (const { path, headers } of asked) {
        expect(path).toBe("/token?service=the+registry&scope=repository%3Aa%3Apull");
        expect(headers.authorization).toBe(BASIC);
      }
    });
  });

  it("is asked for by nobody too: many registries let anybody pull", async () => {
    await withHttpRegistry(async (registry) => {
      const granted = '{"token":"","access_token":"good"}';
      registry.intercept = withTokens(registry, (_, response) => send(response, 200, granted));
      expect(await asking(registry, undefined, (get) => get())).toMatchObject({ status: 200 });
      expect(registry.seen[1]!.headers.authorization).toBeUndefined();
    });
  });

  it("is had by what docker login keeps in place of a password", async () => {
    await withHttpRegistry(async (registry) => {
      registry.intercept = withTokens(registry, (_, response) => send(response, 200, '{"access_token":"good"}'));
      expect(await asking(registry, { username: "", token: SECRET }, (get) => get())).toMatchObject({ status: 200 });
      const { method, path, body } = registry.seen[1]!;
      expect([method, path]).toEqual(["POST", "/token"]);
      expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
        grant_type: "refresh_token",
        client_id: "regfsck",
        refresh_token: SECRET,
        service: "the registry",
        scope: "repository:a:pull",
      });
    });
  });

  it.each([
    ["is refused", 401, "", /token server 127\.0\.0\.1:\d+: 401: user name or password is wrong$/],
    ["is no JSON", 200, SECRET, /its answer holds no token$/],
    ["is no header", 200, JSON.stringify({ token: "a\r\nB: c" }), /its answer holds no token$/],
    ["is not good for this", 200, '{"token":"bad"}', /^401: the token is refused: no right to pull$/],
  ])("that %s is told without the login", async (_, status, body, words) => {
    await withHttpRegistry(async (registry) => {
      registry.intercept = withTokens(registry, (_, response) => send(response, status, body));
      const answer = await asking(registry, CI, (get) => get());
      expect(answer).toMatchObject({ kind: "unanswered", why: expect.stringMatching(words), isDown: false });
      expect(JSON.stringify(answer)).not.toMatch(/s3cret|Basic|Bearer/);
    });
  });

  it("is not asked for where that is no address", async () => {
    await withHttpRegistry(async (registry) => {
      registry.intercept = withTokens(registry, () => false, "ftp://x");
      expect(await asking(registry, CI, (get) => get())).toMatchObject({ why: expect.stringContaining("without TLS") });
    });
  });
});

describe("a challenge", () => {
  it.each([
    ['Basic realm="Registry"', { scheme: "basic" }],
    [
      'Bearer realm="https://a/b?c=d",service="e",scope="repository:f:pull,push"',
      { scheme: "bearer", realm: "https://a/b?c=d", service: "e", scope: "repository:f:pull,push" },
    ],
    ["bearer realm=https://a", { scheme: "bearer", realm: "https://a", service: undefined, scope: undefined }],
    ['Basic realm="x", Bearer realm="https://a"', { scheme: "bearer", realm: "https://a" }],
    [
      'Bearer realm="https://a",service="s", Basic realm="x", Bearer realm="https://b"',
      { scheme: "bearer", realm: "https://a", service: "s" },
    ],
    ["Bearer", undefined],
    ["Negotiate", undefined],
    ["", undefined],
  ])("%s", (header, expected) => {
    if (expected === undefined) expect(parseChallenge(header)).toBeUndefined();
    else expect(parseChallenge(header)).toMatchObject(expected);
  });
});
