// How a registry is asked: again, later, not too often, and what is made of one that does not answer.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Answer, Client, type ClientOptions } from "../../src/probe/client.ts";
import { HttpRegistry, send, withHttpRegistry } from "../worlds/http-registry.ts";

const ALL = { kind: "all", most: 1000 } as const;
const SCOPE = "repository:a:pull";

/** Asks for a path, with pauses that no test notices. */
async function ask(
  url: string,
  path: string,
  options: Partial<ClientOptions> = {},
): Promise<Answer & { requests: number }> {
  const client = new Client({ ...OPTIONS, ...options, url });
  try {
    return { ...(await client.get({ path, scope: SCOPE, take: ALL })), requests: client.requests };
  } finally {
    await client.close();
  }
}

const OPTIONS = {
  credentials: undefined,
  ca: undefined,
  timeout: 5000,
  connections: 4,
  environment: {},
  pauses: [1, 1, 1, 1],
  perSecond: undefined,
  now: () => 0,
  wait: (milliseconds: number) => sleep(milliseconds),
};

it.each([429, 502, 503, 504])("asks again after %i, and takes the answer that comes then", async (status) => {
  await withHttpRegistry(async (registry) => {
    let times = 0;
    registry.intercept = (_, response) => times++ < 4 && send(response, status, "busy", { "retry-after": "0" });
    expect(await ask(registry.url, "v2/")).toMatchObject({ kind: "answered", status: 200, requests: 5 });
    times = -1000;
    expect(await ask(registry.url, "v2/")).toMatchObject({
      kind: "unanswered",
      why: `${status}, 5 times`,
      isDown: true,
      requests: 5,
    });
  });
});

it("waits as long as the registry says, in seconds or until a date", async () => {
  await withHttpRegistry(async (registry) => {
    for (const after of ["0.0", "0", new Date(1000).toUTCString()]) {
      let times = 0;
      registry.intercept = (_, response) => times++ === 0 && send(response, 429, "", { "retry-after": after });
      const began = performance.now();
      expect(await ask(registry.url, "v2/", { now: () => 900, pauses: [0] })).toMatchObject({ status: 200 });
      expect(performance.now() - began).toBeGreaterThan(after.includes("GMT") ? 90 : 0);
    }
  });
});

it("takes 500 for an answer about the thing, after asking once more", async () => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = (_, response) => send(response, 500, "{}");
    expect(await ask(registry.url, "v2/a/blobs/b")).toMatchObject({ kind: "answered", status: 500, requests: 2 });
  });
});

it("tells a connection that is cut off from one that is refused, and from an answer that does not come", async () => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    expect(await ask(registry.url, "v2/")).toMatchObject({ kind: "dropped", requests: 5 });
    // As a registry does that knows a blob and has lost its bytes.
    registry.intercept = (_, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.flushHeaders();
      response.socket!.destroySoon();
      return true;
    };
    expect(await ask(registry.url, "v2/")).toMatchObject({ kind: "dropped" });
    registry.intercept = () => true;
    expect(await ask(registry.url, "v2/", { timeout: 50, pauses: [] })).toMatchObject({ why: "no answer in time" });
  });
  const stopped = await new HttpRegistry().start();
  const { url } = stopped;
  stopped.close();
  expect(await ask(url, "v2/", { pauses: [] })).toMatchObject({ kind: "unanswered", why: "connection refused" });
});

it("says of what answers without TLS how to ask it", async () => {
  await withHttpRegistry(async (registry) => {
    expect(await ask(registry.url.replace("http:", "https:"), "v2/")).toMatchObject({
      kind: "unanswered",
      why: expect.stringMatching(/^it does not speak TLS; .* http:\/\/HOST:PORT$/),
    });
  });
});

it("follows a redirect to another host, and does not tell it the login", async () => {
  await withHttpRegistry((storage) =>
    withHttpRegistry(async (registry) => {
      registry.intercept = ({ path, headers }, response) => {
        if (headers.authorization === undefined) return send(response, 401, "", { "www-authenticate": "Basic" });
        const elsewhere = { location: `${storage.url}/bucket?signature=s3cret`, "docker-content-digest": "sha256:a" };
        return path.endsWith("/b") && send(response, 307, "", elsewhere);
      };
      storage.intercept = (_, response) => send(response, 200, "bytes");
      const credentials = { username: "ci", password: "s3cret" };
      const answer = await ask(registry.url, "v2/a/blobs/b", { credentials });
      expect(answer).toMatchObject({ kind: "answered", status: 200 });
      expect(answer.kind === "answered" && answer.headers.get("docker-content-digest")).toBe("sha256:a");
      expect(storage.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([
        ["/bucket?signature=s3cret", undefined],
      ]);
      storage.intercept = (_, response) => {
        response.destroy();
        return true;
      };
      expect(JSON.stringify(await ask(registry.url, "v2/a/blobs/b", { credentials }))).not.toContain("s3cret");
      // On to itself without end.
      registry.intercept = ({ path }, response) => send(response, 302, "", { location: path });
      expect(await ask(registry.url, "v2/")).toMatchObject({ why: "its redirects lead nowhere", requests: 6 });
    }),
  );
});

it("does not log in where a redirect leads, nor where that says", async () => {
  await withHttpRegistry((storage) =>
    withHttpRegistry(async (registry) => {
      registry.intercept = (_, response) => send(response, 307, "", { location: `${storage.url}/bucket` });
      for (const challenge of ["Basic", `Bearer realm="${storage.url}/token"`]) {
        storage.intercept = ({ path }, response) => {
          if (path.startsWith("/token")) return send(response, 200, '{"token":"x"}');
          return send(response, 401, "", { "www-authenticate": challenge });
        };
        const answer = await ask(registry.url, "v2/a/blobs/b", { credentials: { username: "ci", password: "s3cret" } });
        expect(answer).toMatchObject({ why: `${storage.url}, where it was sent on to: 401`, isDown: false });
      }
      expect(storage.seen.map(({ path }) => path)).toEqual(["/bucket", "/bucket"]);
      expect([...registry.seen, ...storage.seen].some(({ headers }) => "authorization" in headers)).toBe(false);
    }),
  );
});

it("wants no answer packed for the way, and takes none", async () => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = (_, response) => send(response, 200, "packed", { "content-encoding": "gzip" });
    const why = "its answer comes compressed, which was not asked for";
    expect(await ask(registry.url, "v2/")).toMatchObject({ kind: "unanswered", why, requests: 1 });
    expect(registry.seen[0]!.headers["accept-encoding"]).toBe("identity");
  });
});

it("asks so many things at once, at most, and so many a second", async () => {
  await withHttpRegistry(async (registry) => {
    let open = 0;
    let most = 0;
    registry.intercept = async (_, response) => {
      most = Math.max(most, ++open);
      await sleep(20);
      open--;
      return send(response, 200, "{}");
    };
    const client = new Client({ ...OPTIONS, url: registry.url, connections: 3, perSecond: 200 });
    const began = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => client.get({ path: "v2/", scope: SCOPE, take: ALL })));
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
    expect(performance.now() - began).toBeGreaterThan(90);
    await client.close();
  });
});

it("gives up on a registry that went away, and not for what it has no right to", async () => {
  await withHttpRegistry(async (registry) => {
    const client = new Client({ ...OPTIONS, url: registry.url, pauses: [] });
    const get = () => client.get({ path: "v2/", scope: SCOPE, take: ALL });
    registry.intercept = (_, response) => send(response, 403);
    for (let times = 0; times < 30; times++) await get();
    expect(registry.seen).toHaveLength(30);
    registry.intercept = (_, response) => send(response, 503);
    for (let times = 0; times < 30; times++) await get();
    expect(registry.seen).toHaveLength(40);
    expect(await get()).toMatchObject({
      why: "not asked: the registry does not answer any more (503, 1 times)",
    });
    await client.close();
  });
});

it("goes through the proxy that the environment names, and not for hosts that it leaves out", async () => {
  await withHttpRegistry((proxy) =>
    withHttpRegistry(async (registry) => {
      proxy.tunnelTo(registry);
      const asked = { environment: { HTTP_PROXY: proxy.url } };
      expect(await ask("http://registry.invalid", "v2/", asked)).toMatchObject({ status: 200 });
      expect(proxy.seen.map(({ method, path }) => [method, path])).toEqual([["CONNECT", "registry.invalid:80"]]);
      const environment = { http_proxy: proxy.url, no_proxy: "example.com,127.0.0.1" };
      expect(await ask(registry.url, "v2/", { environment })).toMatchObject({ status: 200 });
      expect([proxy.seen.length, registry.seen.length]).toEqual([1, 2]);
    }),
  );
});
