import { describe, expect, it } from "vitest";
import { configure, readConfig } from "../../src/commands/configuration.ts";
import type { Config } from "../../src/contract/config-file.ts";
import { UsageError } from "../../src/contract/errors.ts";

const config: Config = {
  roots: [{ path: "/a" }, { path: "/b", kind: "cache" }],
  "fail-on": "warning",
  state: "scan-state",
  report: "scan-report",
  metrics: "scan-metrics",
  gate: { state: "gate-state", report: "gate-report", metrics: "gate-metrics" },
  "clean-up": { "keep-tags": 3, "delete-untagged": true },
};
const none: Record<string, unknown> = {
  ...{ failOn: "error", state: undefined, report: undefined, metrics: undefined },
  ...{ keepTags: undefined, deleteUntagged: false, registry: "2" },
};
const nothing = () => false;

describe("readConfig", () => {
  it("takes /dev/null for a file that says nothing, and no other device", async () => {
    expect(await readConfig("/dev/null")).toEqual({});
    await expect(readConfig("/dev/zero")).rejects.toThrow("--config /dev/zero: not a regular file");
  });
});

describe("configure", () => {
  it("gives scan and gate files of their own, and other commands none", () => {
    const files = (command: string) => {
      const { state, report, metrics } = configure(none, [], config, command, nothing);
      return [state, report, metrics];
    };
    expect(files("scan")).toEqual(["scan-state", "scan-report", "scan-metrics"]);
    expect(files("gate")).toEqual(["gate-state", "gate-report", "gate-metrics"]);
    for (const command of ["forecast", "verify", "why", "usage", "plan"]) {
      expect(files(command)).toEqual([undefined, undefined, undefined]);
    }
  });

  it("gives a gate the index only where its own line says to trust one", () => {
    const indexes = (command: string, given: string[] = []) => {
      const options = { ...none, index: undefined, readIndex: undefined, indexFullEvery: 7 };
      const config: Config = { index: "/index", "index-full-every": 3 };
      const isGiven = (option: string) => given.includes(option);
      const { index, readIndex, indexFullEvery } = configure(options, ["/a"], config, command, isGiven);
      return [index, readIndex, indexFullEvery];
    };
    expect(indexes("scan")).toEqual(["/index", "/index", 3]);
    expect(indexes("why")[1]).toBe("/index");
    expect(indexes("gate")[1]).toBeUndefined();
    expect(indexes("gate", ["trustIndex"])[1]).toBe("/index");
  });

  it("lets an option that was given win", () => {
    const given = { ...none, failOn: "info", keepTags: 5 };
    const applied = configure(given, [], config, "gate", (option) => ["failOn", "keepTags"].includes(option));
    expect(applied).toMatchObject({ failOn: "info", keepTags: 5, deleteUntagged: true, state: "gate-state" });
  });

  it("takes the file's roots where no path was given, and their kinds in any case", () => {
    const kinds = new Map([["/b", "cache"]]);
    expect(configure(none, [], config, "scan", nothing)).toMatchObject({ paths: ["/a", "/b"], kinds });
    expect(configure(none, ["/b"], config, "scan", nothing)).toMatchObject({ paths: ["/b"], kinds });
  });

  it("gives a command only what it has an option for", () => {
    expect(configure({}, [], config, "usage", nothing)).not.toHaveProperty("failOn");
  });

  it("takes the registry as a number or text", () => {
    for (const registry of [3, "3"] as const) {
      expect(configure(none, ["/b"], { registry }, "scan", nothing)).toMatchObject({ registry: "3" });
    }
  });

  it("refuses a run without any path, and an empty one", () => {
    expect(() => configure(none, [], {}, "scan", nothing)).toThrow(UsageError);
    expect(() => configure(none, [""], {}, "scan", nothing)).toThrow("a path is empty");
  });
});
