// The ready-made steps of docs/ci/ do what they say: their own lines run, with the program in place of the container image, and
// end with 0 for what can be pulled and with another code for what cannot.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { makeImage } from "../../scripts/registry/content.ts";
import { type HttpRegistry, send, withHttpRegistry } from "../worlds/http-registry.ts";
import { PROGRAM } from "../worlds/program.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

const read = (name: string) => readFileSync(new URL(`../../docs/ci/${name}`, import.meta.url), "utf8");
const image = makeImage("api");
const LOGIN = Buffer.from("ci:s3cret").toString("base64");

/** A folder to work in, with `regfsck` and what else the steps call on its path. */
function workshop(): { readonly folder: string; readonly PATH: string } {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program("regfsck", `exec "${process.execPath}" "${PROGRAM}" "$@"`);
  // Runs the program that would be in the image.
  program("docker", `while case "$1" in */regfsck:*) false ;; esac; do shift; done; shift; exec regfsck "$@"`);
  return { folder, PATH: `${bin}:${process.env["PATH"]}` };
}

/** CI systems stop at the first line that fails (`-e`); Kubernetes runs what it is given. */
async function run(
  script: string,
  environment: Record<string, string>,
  folder: string,
  flags = "-euc",
): Promise<number | null> {
  const child = spawn("sh", [flags, script], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve) => child.once("close", resolve));
}

/** Serves the image to who knows the password. */
async function withPushed(use: (registry: HttpRegistry) => Promise<void>): Promise<void> {
  await withHttpRegistry(async (registry) => {
    registry.push("team/api", image, "1");
    registry.intercept = ({ headers }, response) =>
      headers.authorization !== `Basic ${LOGIN}` && send(response, 401, "", { "www-authenticate": "Basic" });
    await use(registry);
  });
}

/** The lines of each step, and what CI sets for them. */
const STEPS: readonly (readonly [file: string, script: (file: string) => string, variables: Record<string, string>])[] =
  [
    ["woodpecker.yaml", (text) => parse(text).steps[0].commands.join("\n"), { LOGIN: "ci", PASSWORD: "s3cret" }],
    [
      "github-actions.yaml",
      (text) => parse(text).jobs.image.steps.find(({ run }: { run?: string }) => run !== undefined).run,
      { DIGEST: image.digest },
    ],
    [
      "gitlab-ci.yaml",
      (text) => parse(text)["probe-image"].script.join("\n"),
      { CI_REGISTRY_USER: "ci", CI_REGISTRY_PASSWORD: "s3cret" },
    ],
  ];

it.each(STEPS)(
  "%s fails the pipeline for what cannot be pulled, and leaves a report",
  async (file, scriptOf, variables) => {
    await withPushed(async (registry) => {
      const { folder, PATH } = workshop();
      writeFileSync(join(folder, "build.json"), JSON.stringify({ "containerimage.digest": image.digest }, null, 2));
      writeFileSync(join(folder, "digest.txt"), `${image.digest}\n`);
      mkdirSync(join(folder, ".docker"));
      const login = JSON.stringify({ auths: { [registry.name]: { auth: LOGIN } } });
      writeFileSync(join(folder, ".docker/config.json"), login);
      const environment = { PATH, HOME: folder, REGISTRY: registry.url, IMAGE: "team/api", ...variables };
      const script = scriptOf(read(file));
      expect(script).toContain("probe");
      expect(await run(script, environment, folder)).toBe(0);
      expect(JSON.parse(readFileSync(join(folder, "probe.json"), "utf8"))).toMatchObject({ verdict: "clean" });
      registry.shelf("team/api").blobs.delete(image.blobs[1]!.digest);
      expect(await run(script, environment, folder)).toBe(4);
      expect(JSON.parse(readFileSync(join(folder, "probe.json"), "utf8"))).toMatchObject({ verdict: "findings" });
      expect(await run(script, { ...environment, IMAGE: "team/none" }, folder)).toBe(16);
    });
  },
);

it("kubernetes-cronjob.yaml hands on metrics and exit code, however the probe ended", async () => {
  const [job] = parseAllDocuments(read("kubernetes-cronjob.yaml")).map((document) => document.toJS());
  const [probe, push] = job.spec.jobTemplate.spec.template.spec.containers;
  await withPushed((registry) =>
    withHttpRegistry(async (gateway) => {
      gateway.intercept = (_, response) => send(response, 200);
      const { folder, PATH } = workshop();
      for (const name of ["state", "result"]) mkdirSync(join(folder, name));
      writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [registry.name]: { auth: LOGIN } } }));
      const here = (text: string) =>
        text
          .replaceAll(/(?<=[ =@])\/(state|result)\//g, `${folder}/$1/`)
          .replace("https://registry.example.com", registry.url);
      const environment = { PATH, DOCKER_CONFIG: folder, GATEWAY: gateway.url };
      const both = async () => {
        rmSync(join(folder, "result/probe.prom"), { force: true });
        // Both begin at once.
        const pushed = run(here(push.command[2]), environment, folder, "-c");
        const code = await run(`exec regfsck ${here(probe.args.join(" "))}`, environment, folder, "-c");
        expect(await pushed).toBe(0);
        return code;
      };
      expect(await both()).toBe(0);
      registry.shelf("team/api").blobs.delete(image.blobs[1]!.digest);
      expect(await both()).toBe(4);
      registry.intercept = (_, response) => send(response, 404);
      expect(await both()).toBe(8);
      expect(gateway.seen.map(({ path }) => path)).toEqual(new Array(3).fill("/metrics/job/regfsck-probe"));
      const accessible = gateway.seen.map(({ body }) => /regfsck_probe_catalog_accessible\{.*\} (\d)/.exec(body)![1]);
      expect(accessible).toEqual(["1", "1", "0"]);
    }),
  );
});
