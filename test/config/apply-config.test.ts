import { describe, expect, it } from "vitest";
import { applyConfig } from "../../src/config/apply-config.ts";
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
const options = { paths: [] as string[], failOn: "error", state: undefined, keepTags: undefined };

describe("applyConfig", () => {
  it("gives scan and gate files of their own, and other commands none", () => {
    const files = (command: string) => {
      const { state, report, metrics } = applyConfig<Record<string, unknown> & typeof options>(
        options,
        config,
        command,
        () => false,
      );
      return [state, report, metrics];
    };
    expect(files("scan")).toEqual(["scan-state", "scan-report", "scan-metrics"]);
    expect(files("gate")).toEqual(["gate-state", "gate-report", "gate-metrics"]);
    for (const command of ["forecast", "verify", "why", "usage", "plan"]) {
      expect(files(command)).toEqual([undefined, undefined, undefined]);
    }
  });

  it("lets an option that was given win", () => {
    const given = { ...options, failOn: "info", keepTags: 5 };
    const applied = applyConfig(given, config, "gate", (option) => ["failOn", "keepTags"].includes(option));
    expect(applied).toMatchObject({ failOn: "info", keepTags: 5, deleteUntagged: true, state: "gate-state" });
  });

  it("takes the file's roots where no path was given, and their kinds in any case", () => {
    const kinds = new Map([["/b", "cache"]]);
    expect(applyConfig(options, config, "scan", () => false)).toMatchObject({ paths: ["/a", "/b"], kinds });
    const given = { ...options, paths: ["/b"] };
    expect(applyConfig(given, config, "scan", () => false)).toMatchObject({ paths: ["/b"], kinds });
  });

  it("refuses a run without any path", () => {
    expect(() => applyConfig(options, {}, "scan", () => false)).toThrow(UsageError);
  });
});
