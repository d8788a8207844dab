// What forecasts say of recorded roots on which registry 3 costs images: the names, the reasons, what to do.
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ForecastReport } from "../../src/contract/forecast.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { unpackedWorld } from "../worlds/tarball.ts";

async function forecast(name: string, ...options: string[]) {
  const { fs, root } = unpackedWorld(fileURLToPath(new URL(`registry-3/roots/${name}.tar.gz`, import.meta.url)));
  const { exitCode, printed } = await runProgram(fs, ["forecast", ...options, "--format", "json", root]);
  return { exitCode, ...(JSON.parse(printed) as ForecastReport).roots[0]! };
}

const image = ({ repository, tag }: { readonly repository: string; readonly tag: string | null }) =>
  `${repository}:${tag}`;

describe("an index in two repositories, one of which lacks its children", () => {
  it("costs the complete one its layers under -m, where the other comes first", async () => {
    const { exitCode, breaks } = await forecast("025-incident-twice", "--registry", "3", "-m");
    expect([exitCode, breaks.map(image)]).toEqual([4, ["m/ci:latest"]]);
    expect(breaks[0]!.lost.map(({ role }) => role).sort()).toEqual([
      ...["config", "config"],
      ...["layer", "layer", "layer", "layer"],
    ]);
    expect(breaks[0]!.keptBy[0]).toMatch(/^complete the same index in a\/ci first/);
  });

  it.each([
    ["025-incident-twice", []],
    ["026-incident-twice-reversed", ["-m"]],
  ])("costs nothing otherwise: %s %j", async (name, options) => {
    const { breaks } = await forecast(name, "--registry", "3", ...options);
    expect(breaks).toEqual([]);
  });

  it("costs the complete one nothing under registry 2 either without -m", async () => {
    expect((await forecast("025-incident-twice", "--registry", "2")).breaks).toEqual([]);
  });
});

describe("a forecast for registry 3 of what 2.8.3 serves", () => {
  it.each([
    ["027-upgrade-schema1", ["web.front:hand schema1"], "invalid-manifest"],
    ["028-upgrade-layers-linked", ["0ps/tool:latest linked-as-layer", "app:v1 linked-as-layer"], undefined],
    ["085-data-not-base64", ["b:hand unreadable"], "invalid-manifest"],
    ["030-upgrade-empty-index", [], "no-layers"],
    ["029-upgrade-sha512", [], "twice-unlinked"],
  ])("names the tags that it refuses, and where garbage collection aborts: %s", async (name, refused, abort) => {
    const { exitCode, refusedTags, aborts } = await forecast(name, "--registry", "3");
    const reasons = refusedTags.map((tag) => `${image(tag)} ${tag.refused.map(({ reason }) => reason).join(" ")}`);
    expect([exitCode, reasons, aborts[0]?.reason]).toEqual([4, refused, abort]);
  });

  it("names none under registry 2", async () => {
    expect(await forecast("028-upgrade-layers-linked")).toMatchObject({ refusedTags: [], deletedLayerLinks: [] });
  });
});
