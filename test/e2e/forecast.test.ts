// What a weekly `garbage-collect -m` would do to the bundled healthy root, as a person asks it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { copyRoot } from "../../scripts/fixtures/storage.ts";
import type { ForecastReport } from "../../src/contract/forecast.ts";
import { run } from "../worlds/program.ts";

const healthy = fileURLToPath(new URL("../../test-fixtures/healthy", import.meta.url));
const MULTI_ARCH = [
  ["infra-ci", "2026.04"],
  ["infra-ci", "latest"],
  ["team/api/server", "2.3"],
  ["tools/builder", "nested"],
  ["tools/builder", "plain"],
] as const;

function forecast(root: string): { code: number | null; breaks: string[] } {
  const { code, stdout } = run("forecast", "--delete-untagged", "--format", "json", root);
  const { roots } = JSON.parse(stdout) as ForecastReport;
  return { code, breaks: roots.flatMap(({ breaks }) => breaks.map(({ repository, tag }) => `${repository}:${tag}`)) };
}

it("names every multi-arch tag, and exits 4", () => {
  expect(forecast(healthy)).toEqual({ code: 4, breaks: MULTI_ARCH.map(([repository, tag]) => `${repository}:${tag}`) });
});

it("names none where there are no multi-arch images, and exits 0", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forecast-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const root = join(folder, "root");
  await copyRoot(healthy, root);
  for (const [repository, tag] of MULTI_ARCH) {
    await rm(join(root, "docker/registry/v2/repositories", repository, "_manifests/tags", tag), { recursive: true });
  }
  expect(forecast(root)).toEqual({ code: 0, breaks: [] });
});
