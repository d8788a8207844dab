// regfsck probe as a command: what it takes, what it prints, and how it ends.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { makeImage, makeIndex } from "../../scripts/registry/content.ts";
import { UsageError } from "../../src/contract/errors.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import type { ProbeReport } from "../../src/contract/probe.ts";
import { nodeFs } from "../../src/scan/fs/storage-fs.ts";
import { send, withHttpRegistry } from "../worlds/http-registry.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isReport = ajv.compile(jsonSchemas()["probe.schema.json"]!);
const isLine = ajv.compile(jsonSchemas()["probe-line.schema.json"]!);

type Surroundings = Parameters<typeof runProgram>[3];

async function probe(args: readonly string[], surroundings?: Surroundings) {
  const { printed, exitCode } = await runProgram(nodeFs, ["probe", ...args], Date.now(), surroundings);
  return { printed, exitCode };
}

async function report(args: readonly string[], surroundings?: Surroundings) {
  const { printed, exitCode } = await probe(["--format", "json", ...args], surroundings);
  const read = JSON.parse(printed) as ProbeReport;
  expect(isReport(read), ajv.errorsText(isReport.errors)).toBe(true);
  return { ...read, exitCode };
}

const child = makeImage("a", { platform: { os: "linux", architecture: "arm64" } });
const index = makeIndex([makeImage("a"), child]);

describe("of a healthy registry", () => {
  it("checks the catalogue, the repositories that a glob names, or images, and exits 0", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("team/a", index, "1", "2");
      registry.push("b", makeImage("b"), "1");
      const all = await report([registry.url]);
      expect(all).toMatchObject({ exitCode: 0, verdict: "clean", brokenTags: [], findings: [], unreadable: [] });
      expect(all.images.map(({ image, state }) => `${image} ${state}`)).toEqual([
        "team/a:1 pullable",
        "team/a:2 pullable",
        "b:1 pullable",
      ]);
      const some = await report(["--repo", "team/**", registry.url]);
      expect(some.images.map(({ image }) => image)).toEqual(["team/a:1", "team/a:2"]);
      // As CI names it, with the registry in front.
      const one = await report([registry.url, `${registry.name}/team/a@${index.digest}`]);
      expect(one.images).toEqual([
        {
          ...{ image: `team/a@${index.digest}`, repository: "team/a", tag: null, digest: index.digest },
          ...{ state: "pullable", platforms: [], parts: 9, bytes: expect.any(Number) },
        },
      ]);
      const { printed } = await probe([registry.url, "team/a:1"]);
      expect(printed).toContain("team/a:1 is pullable: 9 parts of ");
    });
  });

  it("needs no catalogue for a repository that is named, and says so where it has none", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("team/a", index, "1");
      registry.intercept = ({ path }, response) => path.includes("_catalog") && send(response, 401);
      expect(await report(["--repo", "team/a", registry.url])).toMatchObject({ exitCode: 0, verdict: "clean" });
      expect(await report([registry.url])).toMatchObject({
        exitCode: 8,
        verdict: "incomplete",
        unreadable: [{ root: registry.name, path: "v2/_catalog", error: expect.stringContaining("--repo NAME") }],
      });
    });
  });
});

describe("of a damaged one", () => {
  it("reports what a scan would, in each format, and exits 4", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("team/a", index, "1", "2");
      registry.shelf("team/a").manifests.delete(child.digest);
      const found = await report([registry.url]);
      expect(found).toMatchObject({ exitCode: 4, verdict: "findings", summary: { error: 1, brokenTags: 2 } });
      expect(found.findings).toMatchObject([
        {
          ...{ code: "missing-child", severity: "error", root: registry.name, repository: "team/a", role: "child" },
          ...{ digest: child.digest, parent: index.digest, platform: "linux/arm64", status: 404 },
          ...{ path: `v2/team/a/manifests/${child.digest}`, affects: ["team/a:1", "team/a:2"] },
        },
      ]);
      expect(found.brokenTags).toMatchObject([{ tag: "1" }, { tag: "2", findings: [found.findings[0]!.id] }]);
      const lines = (await probe(["--format", "jsonl", registry.url])).printed.trimEnd().split("\n");
      for (const line of lines) expect(isLine(JSON.parse(line)), ajv.errorsText(isLine.errors)).toBe(true);
      expect(lines.map((line) => JSON.parse(line).type)).toEqual([
        ...["root", "finding", "brokenTag", "brokenTag", "image", "image", "summary"],
      ]);
      const byDigest = await probe([registry.url, `team/a@${index.digest}`]);
      expect(byDigest.exitCode).toBe(4);
      expect(byDigest.printed).toMatch(/^team\/a@sha256:\w+ is\nbroken: linux\/arm64 cannot be pulled|is broken: /);
      expect(byDigest.printed).toContain("child  linux/arm64");
      expect(byDigest.printed).toMatch(/sha256:\w{12} {2}404\n/);
      expect(await probe(["--fail-on", "never", registry.url])).toMatchObject({ exitCode: 0 });
    });
  });

  it("honours what the configuration accepts, by the registry's name as root", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("team/a", index, "1");
      registry.shelf("team/a").manifests.delete(child.digest);
      const file = join(temporaryFolder(), "regfsck.yaml");
      const accepted = [{ root: registry.name, repository: "team/*", reason: "known", until: "2999-01-01" }];
      writeFileSync(file, JSON.stringify({ accepted }));
      const found = await report(["--config", file, registry.url]);
      expect(found).toMatchObject({ exitCode: 0, summary: { error: 0, accepted: 1, brokenTags: 1 } });
    });
  });
});

describe("that is not as it should be", () => {
  it("is not clean where the registry holds nothing, or is none", async () => {
    await withHttpRegistry(async (registry) => {
      expect(await report([registry.url])).toMatchObject({ exitCode: 8, verdict: "incomplete" });
      expect(await report(["--allow-empty", registry.url])).toMatchObject({ exitCode: 0, verdict: "clean" });
      registry.intercept = (_, response) => send(response, 404, "<html>");
      expect(await report([registry.url])).toMatchObject({
        exitCode: 8,
        unreadable: [{ path: "v2/", error: "no registry there: /v2/ answers 404" }],
      });
    });
  });

  it("refuses an image that is not there, and a line that says too much or too little, before it asks", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("a", index, "1");
      for (const image of ["a:2", "b:1", `a@sha256:${"0".repeat(64)}`]) {
        await expect(probe([registry.url, image])).rejects.toThrow(
          new UsageError(`${registry.name} has no image ${image}: 404`),
        );
      }
      registry.seen.length = 0;
      await expect(probe(["--repo", "a", registry.url, "a:1"])).rejects.toThrow("it does not go with images");
      await expect(probe(["--username", "ci", registry.url])).rejects.toThrow("--username needs --password-stdin");
      await expect(probe(["--password-stdin", registry.url])).rejects.toThrow("--password-stdin needs --username");
      await expect(probe(["--username", "ci", "--password-stdin", registry.url])).rejects.toThrow("holds no password");
      await expect(probe(["--ca", "/dev/null", registry.url])).rejects.toThrow("--ca /dev/null: not a regular file");
      await expect(probe(["https://ci:s3cret@registry"])).rejects.toThrow(
        '"https://registry" is no address of a registry: give a login with --username and --password-stdin',
      );
      await expect(probe(["ftp://registry"])).rejects.toThrow("give https:// or http://");
      expect(registry.seen).toEqual([]);
    });
  });
});

it("takes the login from standard input, else from docker login, and prints nothing of it", async () => {
  await withHttpRegistry(async (registry) => {
    registry.push("a", index, "1");
    const wanted = (password: string) => `Basic ${Buffer.from(`ci:${password}`).toString("base64")}`;
    const only = (password: string) => {
      registry.intercept = ({ headers }, response) =>
        headers.authorization !== wanted(password) && send(response, 401, "", { "www-authenticate": "Basic" });
    };
    only("s3cret");
    const given = ["--username", "ci", "--password-stdin", registry.url];
    expect(await report(given, { input: "s3cret\n" })).toMatchObject({ exitCode: 0 });
    only("other");
    for (const format of ["text", "json", "jsonl"]) {
      const { printed, exitCode } = await probe(["--format", format, ...given], { input: "s3cret\n" });
      expect(exitCode).toBe(8);
      expect(printed).toContain("401: user name or password is wrong");
      expect(printed).not.toMatch(/s3cret|czNjcmV0|Basic /);
    }
    const HOME = temporaryFolder();
    mkdirSync(join(HOME, ".docker"));
    const auth = Buffer.from("ci:other").toString("base64");
    writeFileSync(join(HOME, ".docker/config.json"), JSON.stringify({ auths: { [registry.name]: { auth } } }));
    expect(await report([registry.url], { environment: { HOME } })).toMatchObject({ exitCode: 0 });
    writeFileSync(join(HOME, ".docker/config.json"), "s3cret");
    const DOCKER_CONFIG = join(HOME, ".docker");
    const failed = probe([registry.url], { environment: { DOCKER_CONFIG } });
    await expect(failed).rejects.toThrow(new UsageError(`${DOCKER_CONFIG}/config.json: not a configuration of Docker`));
  });
});

describe("with a state file", () => {
  it("remembers what it checked and since when damage is known, and takes time for the rest the next time", async () => {
    await withHttpRegistry(async (registry) => {
      for (let number = 0; number < 12; number++) registry.push("a", makeImage(`${number}`), `v${number}`);
      const state = join(temporaryFolder(), "probe.json");
      const metrics = join(temporaryFolder(), "probe.prom");
      const hurried = ["--state", state, "--metrics", metrics, "--max-time", "0s", registry.url];
      // Nothing is known yet of what it did not get to: that is not health.
      const nothing = await report(hurried);
      expect(nothing).toMatchObject({ exitCode: 8, verdict: "incomplete", images: [] });
      expect(nothing.unreadable).toHaveLength(12);
      expect(nothing.unreadable[0]).toMatchObject({
        path: "v2/a/manifests/v0",
        error: "not reached within --max-time",
      });
      expect(readFileSync(metrics, "utf8")).toContain('regfsck_probe_last_complete_timestamp_seconds{root="');
      const all = await report(["--state", state, "--metrics", metrics, registry.url]);
      expect(all).toMatchObject({ exitCode: 0, verdict: "clean" });
      expect(all.history).toBeUndefined();
      // From now on all is known, and what is left out was seen before.
      const rest = await report(hurried);
      expect(rest).toMatchObject({ exitCode: 0, verdict: "clean", images: [], history: { new: 0, resolved: [] } });
      // But what is broken is looked at again by every run, or the run is incomplete.
      const image = makeImage("3");
      registry.shelf("a").blobs.delete(image.blobs[1]!.digest);
      const damaged = await report(["--state", state, registry.url]);
      expect(damaged).toMatchObject({ exitCode: 4, history: { new: 1, persisting: 0 } });
      const left = await report(hurried);
      expect(left).toMatchObject({ exitCode: 8, unreadable: [{ path: "v2/a/manifests/v3" }] });
      const again = await report(["--state", state, registry.url]);
      expect(again).toMatchObject({ exitCode: 4, history: { new: 0, persisting: 1 } });
      expect(again.findings[0]!.firstSeen).toBe(damaged.startedAt);
      registry.push("a", image, "v3");
      expect(await report(["--state", state, registry.url])).toMatchObject({
        exitCode: 0,
        history: { resolved: [{ id: damaged.findings[0]!.id, code: "missing-blob" }] },
      });
    });
  });

  it("remembers damage in an image of which another part got no answer", async () => {
    await withHttpRegistry(async (registry) => {
      const image = makeImage("a");
      const [config, layer] = image.blobs;
      registry.push("a", image, "1");
      const args = ["--state", join(temporaryFolder(), "probe.json"), registry.url];
      expect((await report(args)).exitCode).toBe(0);
      registry.shelf("a").blobs.delete(layer!.digest);
      registry.intercept = ({ path }, response) => path.endsWith(config!.digest) && send(response, 403);
      expect((await report(args)).exitCode).toBe(12);
      // What a run without time for it must not pass over.
      const hurried = await report(["--max-time", "0s", ...args]);
      expect(hurried).toMatchObject({ exitCode: 8, unreadable: [{ path: "v2/a/manifests/1" }] });
    });
  });

  it("does not believe a registry that lists less than half, and forgets nothing over it", async () => {
    await withHttpRegistry(async (registry) => {
      for (const tag of ["1", "2", "3"]) registry.push("a", makeImage(tag), tag);
      const state = join(temporaryFolder(), "probe.json");
      expect(await report(["--state", state, registry.url])).toMatchObject({ exitCode: 0 });
      const before = readFileSync(state, "utf8");
      registry.shelf("a").tags.delete("1");
      registry.shelf("a").tags.delete("2");
      expect(await report(["--state", state, registry.url])).toMatchObject({
        exitCode: 8,
        unreadable: [{ path: "v2/_catalog", error: expect.stringMatching(/^tags: 1, where there were 3 on 2/) }],
      });
      expect(readFileSync(state, "utf8")).toBe(before);
      registry.intercept = (_, response) => send(response, 503);
      expect(await report(["--state", state, registry.url])).toMatchObject({ exitCode: 8 });
      expect(readFileSync(state, "utf8")).toBe(before);
    });
  });

  it("refuses one of another registry, and of a part, and passes over what is none", async () => {
    await withHttpRegistry(async (registry) => {
      registry.push("a", index, "1");
      const state = join(temporaryFolder(), "probe.json");
      expect(await report(["--state", state, registry.url])).toMatchObject({ exitCode: 0 });
      await expect(probe(["--state", state, "http://127.0.0.1:1"])).rejects.toThrow(
        `--state ${state} is about ${registry.url}`,
      );
      await expect(probe(["--state", state, registry.url, "a:1"])).rejects.toThrow("is about all of a registry");
      await expect(probe(["--metrics", "m.prom", "--repo", "a", registry.url])).rejects.toThrow(
        "is about all of a registry",
      );
      writeFileSync(state, "{}");
      expect(await report(["--state", state, registry.url])).toMatchObject({ exitCode: 8, verdict: "clean" });
      expect(readFileSync(state, "utf8")).toBe("{}");
    });
  });
});
