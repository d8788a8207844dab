import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.ts";
import { type Accepted, acceptanceOf } from "../../src/inspect/accepted.ts";

const finding: Finding = {
  id: "1",
  code: "missing-blob",
  severity: "error",
  root: "private",
  repository: "team/api",
  digest: `sha256:${"a".repeat(64)}`,
  path: "docker/registry/v2",
  message: "",
  affects: ["team/api:1.0", "team/api/web:1.0"],
  remedy: "",
  docsUrl: "docs/findings.md#missing-blob",
};

function isAccepted(named: Partial<Accepted>, today = "2027-01-15T12:00:00Z", about = finding): boolean {
  const acceptance = { reason: "known", until: "2027-01-31", ...named };
  return acceptanceOf(about, [acceptance], Date.parse(today)) === acceptance;
}

describe("acceptanceOf", () => {
  it.each<[Partial<Accepted>, boolean]>([
    [{ code: "missing-blob" }, true],
    [{ code: "missing-child" }, false],
    [{ root: "private" }, true],
    [{ root: "dockerhub" }, false],
    [{ repository: "team/api" }, true],
    [{ repository: "team" }, false],
    [{ repository: "team/*" }, true],
    [{ repository: "*" }, false],
    [{ tag: "1.*" }, true],
    [{ tag: "2.*" }, false],
    [{ root: "priv*", repository: "**" }, true],
    [{ digest: finding.digest }, true],
    [{ digest: `sha256:${"b".repeat(64)}` }, false],
    [{ tag: "1.0" }, true],
    [{ tag: "0" }, false],
    [{ code: "missing-blob", root: "private", repository: "team/api", tag: "1.0" }, true],
    [{ code: "missing-blob", root: "private", repository: "team/web", tag: "1.0" }, false],
  ])("%j: %s", (named, is) => {
    expect(isAccepted(named)).toBe(is);
  });

  it("goes by a tag only where no other tag's image breaks", () => {
    const shared = { ...finding, affects: ["team/api:1.0", "team/api:2.0"] };
    expect(isAccepted({ tag: "1.0" }, undefined, shared)).toBe(false);
    expect(isAccepted({ tag: "1.0" }, undefined, { ...finding, affects: [] })).toBe(false);
    expect(isAccepted({ tag: "1.0" }, undefined, { ...finding, affects: [], tag: "1.0" })).toBe(true);
  });

  it("counts again the day after the last one", () => {
    expect(isAccepted({ root: "private" }, "2027-01-31T23:59:59Z")).toBe(true);
    expect(isAccepted({ root: "private" }, "2027-02-01T00:00:00Z")).toBe(false);
  });
});
