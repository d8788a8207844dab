// What a probe costs beside what people write instead: requests and seconds for the 639 tags of a root of size S, served by a
// real registry. Needs docker-registry and skopeo; build first.
//   npx tsx scripts/bench-probe.ts             makes the root, measures, prints a table
//   npx tsx scripts/bench-probe.ts --sample 64 asks skopeo about so many tags, evenly taken, and counts up (default)
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseManifest } from "../src/layout/manifest.ts";
import { startRegistry } from "./registry/server.ts";

const { values } = parseArgs({ options: { sample: { type: "string", default: "64" } } });
const ACCEPT =
  "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

const folder = mkdtempSync(join(tmpdir(), "bench-probe-"));

interface Measured {
  readonly requests: number;
  readonly seconds: number;
}

try {
  const root = join(folder, "root");
  run("npx", "tsx", "scripts/make-root.ts", "--size", "S", root);
  const registry = await startRegistry({ root, descriptorCache: true });
  const counter = await countingProxy(registry.url);
  try {
    const tags = await tagsOf(registry.url);
    const probe = (url: string) => ended(process.execPath, "dist/cli.js", "probe", "--quiet", url);
    const sample = tags.filter((_, index) => index % Math.ceil(tags.length / Number(values.sample)) === 0);
    const inspect = async (url: string) => {
      const host = url.replace("http:", "docker:");
      for (const tag of sample) await ended("skopeo", "inspect", "--tls-verify=false", `${host}/${tag}`);
    };
    const share = tags.length / sample.length;
    print("regfsck probe", tags.length, await measure(probe), 1);
    print("GET of manifests, HEAD of blobs, in order", tags.length, await measure((url) => walkByHead(url, tags)), 1);
    print(`skopeo inspect, a tag at a time (${sample.length} tags)`, tags.length, await measure(inspect), share);
  } finally {
    counter.close();
    await registry.stop();
  }

  /** Requests by way of the counter, seconds without it. */
  async function measure(task: (url: string) => Promise<unknown>): Promise<Measured> {
    const before = counter.requests();
    await task(counter.url);
    const requests = counter.requests() - before;
    const began = performance.now();
    await task(registry.url);
    return { requests, seconds: (performance.now() - began) / 1000 };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(what: string, tags: number, { requests, seconds }: Measured, share: number): void {
  const each = ((requests * share) / tags).toFixed(1);
  process.stdout.write(
    `${what.padEnd(46)} ${Math.round(requests * share)} requests, ${each} an image, ${(seconds * share).toFixed(1)} s\n`,
  );
}

async function tagsOf(url: string): Promise<string[]> {
  const { repositories } = (await (await fetch(`${url}/v2/_catalog?n=1000`)).json()) as { repositories: string[] };
  const lists = await Promise.all(
    repositories.map(async (name) => {
      const { tags } = (await (await fetch(`${url}/v2/${name}/tags/list`)).json()) as { tags: string[] };
      return tags.map((tag) => `${name}:${tag}`);
    }),
  );
  return lists.flat();
}

/** As a careful script does it, with what it knows of each repository remembered, one request after another. */
async function walkByHead(url: string, tags: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const seen = new Set<string>();
  for (const name of tags) {
    const [repository, tag] = name.split(":") as [string, string];
    const pending = [tag];
    for (let reference = pending.pop(); reference !== undefined; reference = pending.pop()) {
      if (seen.has(`${repository} ${reference}`)) continue;
      seen.add(`${repository} ${reference}`);
      const content = parseManifest(await ask(agent, "GET", `${url}/v2/${repository}/manifests/${reference}`));
      if (!content.ok) throw new Error(content.reason);
      for (const { role, digest } of content.references) {
        if (role === "child") pending.push(digest);
        else if (!seen.has(`${repository} ${digest}`)) {
          seen.add(`${repository} ${digest}`);
          await ask(agent, "HEAD", `${url}/v2/${repository}/blobs/${digest}`);
        }
      }
    }
  }
  agent.destroy();
}

function ask(agent: Agent, method: string, url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent, headers: { accept: ACCEPT } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve(Buffer.concat(chunks)));
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function countingProxy(to: string) {
  let requests = 0;
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    requests++;
    const options = { method: incoming.method, headers: incoming.headers, agent };
    incoming.pipe(
      request(to + incoming.url, options, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests, close };
}

function ended(command: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${command}: ended with ${code}`))));
  });
}

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ended with ${status}`);
}
