// The lists of a registry, page by page.
import { expect, it } from "vitest";
import { makeImage } from "../../scripts/registry/content.ts";
import { listRepositories, listTags } from "../../src/probe/catalogue.ts";
import { Client } from "../../src/probe/client.ts";
import { type HttpRegistry, send, withHttpRegistry } from "../worlds/http-registry.ts";

async function listing<T>(registry: HttpRegistry, list: (client: Client, url: string) => Promise<T>): Promise<T> {
  const asked = { ca: undefined, timeout: 5000, connections: 4, environment: {}, perSecond: undefined };
  const client = new Client({
    ...asked,
    url: registry.url,
    credentials: undefined,
    pauses: [],
    now: () => 0,
    wait: async () => {},
  });
  const result = await list(client, registry.url);
  await client.close();
  return result;
}

const tags = (registry: HttpRegistry) => listing(registry, (client, url) => listTags(client, url, "a"));
const image = makeImage("a");

it("are read to their end: 10,000 tags are ten pages", async () => {
  await withHttpRegistry(async (registry) => {
    const names = Array.from({ length: 10_000 }, (_, number) => `v${number}`);
    registry.push("a", image, ...names);
    expect(await tags(registry)).toEqual({ names, error: undefined, isAbsent: false });
    expect(registry.seen).toHaveLength(10);
    const repositories = await listing(registry, listRepositories);
    expect(repositories.names).toEqual(["a"]);
  });
});

it("are read on by whichever of several links names the next page", async () => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = ({ path }, response) => {
      if (path.includes("last=x")) return send(response, 200, '{"tags":["y"]}');
      const link = (rel: string, last: string) => `</v2/a/tags/list?n=1&last=${last}>; rel="${rel}"`;
      response.setHeader("link", [link("first", ""), link("next", "x")]);
      return send(response, 200, '{"tags":["x"]}');
    };
    expect(await tags(registry)).toMatchObject({ names: ["x", "y"], error: undefined });
  });
});

it("are asked for in the registry's own pages where it does not give so much at once", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", image, ...Array.from({ length: 250 }, (_, number) => `v${number}`));
    registry.intercept = ({ path }, response) => path.includes("n=1000") && send(response, 400, "{}");
    expect((await tags(registry)).names).toHaveLength(250);
    registry.intercept = (_, response) => send(response, 400, "{}");
    expect(await tags(registry)).toEqual({ names: [], error: "400", isAbsent: false });
  });
});

it("are not read for ever, nor anywhere else", async () => {
  await withHttpRegistry((other) =>
    withHttpRegistry(async (registry) => {
      registry.intercept = (_, response) => {
        const link = `<${other.url}/v2/b/tags/list?n=1000>; rel="next"`;
        return send(response, 200, '{"tags":["x"]}', { link });
      };
      expect(await tags(registry)).toMatchObject({ names: ["x"], error: "its pages come to no end" });
      expect(registry.paths()).toEqual(["a/tags/list?n=1000"]);
      expect(other.seen).toEqual([]);
    }),
  );
});

it.each([
  [200, "no JSON", "its answer is no list of names", false],
  [200, "{}", "its answer is no list of names", false],
  [200, '{"tags":null}', undefined, false],
  [200, '{"tags":["../x","1",7,"-"]}', undefined, false],
  [404, "", "404", true],
  [405, "", "405", false],
  [503, "", "503, 1 times", false],
])("answer %i %s: %s", async (status, body, error, isAbsent) => {
  await withHttpRegistry(async (registry) => {
    registry.intercept = (_, response) => send(response, status, body);
    const names = body.includes('"1"') ? ["1"] : [];
    expect(await tags(registry)).toEqual({ names, error, isAbsent });
  });
});
