// One image over HTTP: each way in which a part of it is not what its manifest says.
import { describe, expect, it } from "vitest";
import { makeAttestation, makeForeignLayer, makeImage, makeIndex, withSha512 } from "../../scripts/registry/content.ts";
import { parseImageName } from "../../src/commands/image-name.ts";
import { findCauses } from "../../src/probe/causes.ts";
import { type CheckOptions, ImageChecks } from "../../src/probe/check-images.ts";
import { Client } from "../../src/probe/client.ts";
import { brokenPlatforms, FindingList, isBroken } from "../../src/probe/findings.ts";
import { type HttpRegistry, send, withHttpRegistry } from "../worlds/http-registry.ts";

async function check(registry: HttpRegistry, images: readonly string[], options: Partial<CheckOptions> = {}) {
  const { url, name } = registry;
  const asked = { ca: undefined, timeout: 5000, connections: 4, environment: {}, perSecond: undefined };
  const client = new Client({
    ...asked,
    url,
    credentials: undefined,
    pauses: [1, 1],
    now: () => 0,
    wait: async () => {},
  });
  const checks = new ImageChecks(client, {
    url,
    registry: name,
    platforms: [],
    verifyContent: false,
    reading: "2.8.3",
    wait: async () => {},
    deadline: Number.POSITIVE_INFINITY,
    areListed: true,
    progress: () => {},
    ...options,
  });
  const targets = images.map((image) => parseImageName(image));
  const checked = await checks.check(targets);
  await client.close();
  const list = new FindingList("registry");
  for (const image of checked.images) list.add(image);
  return { ...checked, counts: checks.counts, findings: list.all() };
}

/** `code role status` of what is found in `a:1`. */
async function faults(registry: HttpRegistry, options: Partial<CheckOptions> = {}): Promise<string[]> {
  const { findings } = await check(registry, ["a:1"], options);
  return findings.map(({ code, severity, role, status, answer }) => `${severity} ${code} ${role} ${status} ${answer}`);
}

const amd64 = makeImage("a", { platform: { os: "linux", architecture: "amd64" } });
const arm64 = makeImage("a", { platform: { os: "linux", architecture: "arm64" } });
const index = makeIndex([amd64, arm64, makeAttestation("a", amd64)]);
const [config, layer] = amd64.blobs as [(typeof amd64.blobs)[0], (typeof amd64.blobs)[0]];

it("asks for every part once, by tag or digest, and never by HEAD", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1", "2");
    const { images, findings, counts } = await check(registry, ["a:1", "a:2", `a@${index.digest}`]);
    expect(images.map(isBroken)).toEqual([false, false, false]);
    expect(images.map(({ digest }) => digest)).toEqual([index.digest, index.digest, index.digest]);
    expect(findings).toEqual([]);
    expect(registry.seen.every(({ method }) => method === "GET")).toBe(true);
    const blobs = registry.paths().filter((path) => path.includes("/blobs/"));
    expect(new Set(blobs).size).toBe(blobs.length);
    // Two tags, the index or one of them by digest, three children; configs and layers.
    expect(counts).toEqual({ manifests: 6, blobs: 8 });
    const ranges = registry.seen.flatMap(({ headers }) => (headers.range === undefined ? [] : [headers.range]));
    expect(new Set(ranges)).toContain(`bytes=${layer.bytes.length - 1}-${layer.bytes.length - 1}`);
  });
});

describe("finds", () => {
  it.each<[string, string[], (registry: HttpRegistry) => void]>([
    [
      "a child that is gone",
      ["error missing-child child 404 not-found"],
      (r) => r.shelf("a").manifests.delete(arm64.digest),
    ],
    [
      "a layer that is gone",
      ["error missing-blob layer 404 not-found"],
      (r) => r.shelf("a").blobs.delete(layer.digest),
    ],
    [
      "a config that is gone",
      ["error missing-blob config 404 not-found"],
      (r) => r.shelf("a").blobs.delete(config.digest),
    ],
    [
      "a layer that was cut short",
      ["error size-mismatch layer 200 wrong-size"],
      (r) => r.shelf("a").blobs.set(layer.digest, layer.bytes.subarray(0, 7)),
    ],
    [
      "a layer that is empty",
      ["error size-mismatch layer 200 wrong-size"],
      (r) => r.shelf("a").blobs.set(layer.digest, Buffer.alloc(0)),
    ],
    [
      "a config that was cut short",
      ["error size-mismatch config 200 wrong-size"],
      (r) => r.shelf("a").blobs.set(config.digest, config.bytes.subarray(0, 7)),
    ],
    [
      "a config of other content",
      ["error digest-mismatch config 200 wrong-content"],
      (r) => r.shelf("a").blobs.set(config.digest, Buffer.alloc(config.bytes.length)),
    ],
    [
      "a child of other content",
      ["error digest-mismatch child 200 wrong-content"],
      (r) => r.shelf("a").manifests.set(arm64.digest, { type: arm64.mediaType, bytes: amd64.bytes }),
    ],
    [
      "an index of other content",
      ["error digest-mismatch undefined 200 wrong-content"],
      (r) => r.shelf("a").manifests.set(index.digest, { type: index.mediaType, bytes: amd64.bytes }),
    ],
    [
      "a tag without a manifest",
      ["error dangling-tag undefined 404 not-found"],
      (r) => r.shelf("a").manifests.delete(index.digest),
    ],
    [
      "an attestation that is gone",
      ["warning missing-child child 404 not-found"],
      (r) => r.shelf("a").manifests.delete(index.children[2]!.digest),
    ],
    [
      "a child that the registry fails on",
      ["error invalid-manifest child 500 server-error"],
      (r) => answering(r, arm64.digest, (response) => send(response, 500)),
    ],
    [
      "a layer that the registry fails on",
      ["error malformed-link layer 500 server-error"],
      (r) => answering(r, layer.digest, (response) => send(response, 500)),
    ],
    [
      "a layer that is announced and does not come",
      ["error missing-blob layer null cut-off"],
      (r) =>
        answering(r, layer.digest, (response) => {
          response.writeHead(206, { "content-length": "1", "content-range": "bytes 299-299/300" }).flushHeaders();
          response.socket!.destroySoon();
          return true;
        }),
    ],
    ...([200, 206] as const).map((status): [string, string[], (registry: HttpRegistry) => void] => [
      `a layer of which nothing comes with ${status}, and nobody says how much was to`,
      status === 200 ? ["error size-mismatch layer 200 wrong-size"] : ["error missing-blob layer 206 cut-off"],
      (r) =>
        answering(r, layer.digest, (response) => {
          response.writeHead(status).end();
          return true;
        }),
    ]),
    [
      "a page to log in, in place of a layer",
      ["error size-mismatch layer 200 wrong-size"],
      (r) =>
        answering(r, layer.digest, (response) => {
          response.writeHead(200, { "content-type": "text/html" }).write("<html>");
          response.end("</html>");
          return true;
        }),
    ],
    [
      "a layer that is shorter, by an answer that breaks off",
      ["error size-mismatch layer 200 wrong-size"],
      (r) =>
        answering(r, layer.digest, (response) => {
          response.writeHead(416, { "content-length": "7", "content-range": "bytes */7" }).flushHeaders();
          response.socket!.destroySoon();
          return true;
        }),
    ],
    [
      "a layer that the registry calls by another digest",
      ["error digest-mismatch layer 206 wrong-content"],
      (r) =>
        answering(r, layer.digest, (response) => send(response, 206, "x", { "docker-content-digest": config.digest })),
    ],
  ])("%s", async (_, expected, damage) => {
    await withHttpRegistry(async (registry) => {
      registry.push("a", index, "1");
      damage(registry);
      expect(await faults(registry)).toEqual(expected);
    });
  });

  it("content that is wrong, of a layer where all is read alone", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("a", index, "1");
      registry.shelf("a").blobs.set(layer.digest, Buffer.alloc(layer.bytes.length));
      expect(await faults(registry)).toEqual([]);
      expect(await faults(registry, { verifyContent: true })).toEqual([
        "error digest-mismatch layer 200 wrong-content",
      ]);
    });
  });

  it("nothing in what is meant to be so", async () => {
    await withHttpRegistry(async (registry) => {
      const foreign = makeForeignLayer("windows", ["https://example.com/layer"]);
      const alias = withSha512(layer);
      registry.push("a", makeImage("b", { baseLayers: [foreign, alias] }), "1");
      answering(registry, alias.digest, (response) =>
        send(response, 206, "x", { "docker-content-digest": layer.digest, "content-range": "bytes 299-299/300" }),
      );
      expect(await faults(registry)).toEqual([]);
    });
  });

  it("nothing in a registry that knows no ranges, and says how long what it sends is", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("a", index, "1");
      const deaf = (bytes: Buffer) => answering(registry, layer.digest, (response) => send(response, 200, bytes));
      deaf(layer.bytes);
      expect(await faults(registry)).toEqual([]);
      deaf(layer.bytes.subarray(1));
      expect(await faults(registry)).toEqual(["error size-mismatch layer 200 wrong-size"]);
    });
  });
});

it("names the platforms that cannot be pulled, all images that a loss breaks, and what is not wanted", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", makeIndex([makeIndex([amd64]), arm64]), "nested");
    registry.push("a", index, "1", "2");
    registry.shelf("a").blobs.delete(layer.digest);
    registry.shelf("a").manifests.delete(arm64.digest);
    const { images, findings } = await check(registry, ["a:1", "a:2", "a:nested"]);
    expect(images.map(brokenPlatforms)).toEqual([
      ["linux/amd64", "linux/arm64"],
      ["linux/amd64", "linux/arm64"],
      ["linux/amd64", "linux/arm64"],
    ]);
    const { affects } = findings.find(({ code }) => code === "missing-blob")!;
    expect(affects).toEqual(["a:1", "a:2", "a:nested"]);
    const platforms = [{ repository: "a", wanted: ["linux/amd64"] }];
    const lenient = await check(registry, ["a:1"], { platforms });
    expect(lenient.images.map(brokenPlatforms)).toEqual([["linux/amd64"]]);
    expect(lenient.findings.map(({ severity }) => severity).sort()).toEqual(["error", "info"]);
  });
});

it("calls nothing broken that was pushed or deleted meanwhile", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1", "2", "3");
    registry.shelf("a").manifests.delete(arm64.digest);
    registry.intercept = ({ path }, response) => {
      if (!path.endsWith(`manifests/${arm64.digest}`)) return false;
      // After the first answer and before the second question: 1 is pushed in full, 2 moves on, 3 is deleted.
      registry.intercept = () => false;
      send(response, 404);
      registry.push("a", index, "1");
      registry.push("a", amd64, "2");
      registry.shelf("a").tags.delete("3");
      return true;
    };
    const { images, gone } = await check(registry, ["a:1", "a:2", "a:3"]);
    expect(images.map((image) => [image.target.tag, isBroken(image)])).toEqual([
      ["1", false],
      ["2", false],
    ]);
    expect(gone.map(({ tag }) => tag)).toEqual(["3"]);
  });
});

it("calls no tag deleted because its list cannot be had", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1");
    registry.shelf("a").manifests.delete(index.digest);
    registry.intercept = ({ path }, response) => path.includes("tags/list") && send(response, 500);
    expect(await faults(registry)).toEqual(["error dangling-tag undefined 404 not-found"]);
    // Of one that was named nobody knows that it ever was there.
    expect((await check(registry, ["a:1"], { areListed: false })).gone).toHaveLength(1);
    registry.intercept = ({ path }, response) => path.includes("tags/list") && send(response, 404);
    expect((await check(registry, ["a:1"])).gone).toHaveLength(1);
  });
});

it("tells a garbage collection with -m from children that were lost one by one", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1", "2");
    registry.push("a", amd64, "amd64");
    const other = makeIndex([makeImage("b"), makeImage("c", { platform: { os: "linux", architecture: "arm64" } })]);
    registry.push("b", other, "1");
    const causes = async () => {
      const { images, findings } = await check(registry, ["a:1", "a:2", "a:amd64", "b:1"]);
      return findCauses("registry", images, findings, undefined);
    };
    expect(await causes()).toEqual([]);
    registry.shelf("b").manifests.delete(other.children[0]!.digest);
    registry.shelf("a").manifests.delete(arm64.digest);
    // The attestation is there, and no tag names it; so is one of the other index's children.
    expect(await causes()).toEqual([]);
    registry.shelf("a").manifests.delete(index.children[2]!.digest);
    registry.shelf("b").manifests.delete(other.children[1]!.digest);
    expect(await causes()).toMatchObject([
      {
        code: "collected-children",
        root: "registry",
        evidence: { children: 3, repositories: 2 },
        findings: 3,
        images: 3,
      },
    ]);
  });
});

it("knows nothing of what it gets no answer about", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1");
    answering(registry, layer.digest, (response) => send(response, 403));
    const { images } = await check(registry, ["a:1"]);
    expect(images.map(isBroken)).toEqual([false]);
    expect(images[0]!.unknown).toEqual([{ path: `v2/a/blobs/${layer.digest}`, error: "403: no right to pull" }]);
  });
});

/** Has the registry answer otherwise for this digest. */
function answering(
  registry: HttpRegistry,
  digest: string,
  answer: (response: Parameters<typeof send>[0]) => boolean,
): void {
  registry.intercept = ({ path }, response) => path.endsWith(digest) && answer(response);
}
