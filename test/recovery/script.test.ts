import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { renderScript } from "../../src/recovery/script.ts";
import type { PlanStep } from "../../src/recovery/steps.ts";

const digest = `sha256:${"a".repeat(64)}`;
const step = { root: "it's", message: "because", affects: [], fixes: [] };
const link = "docker/registry/v2/repositories/$(touch pwned)/x\n'; touch pwned #/link";
const steps: PlanStep[] = [
  {
    ...step,
    kind: "relink",
    repository: "a",
    path: link,
    content: digest,
    before: "absent",
    blob: { path: "data", size: 1, hash: true },
  },
  { ...step, kind: "copy", digest, path: "data", size: 1, from: "other" },
  { ...step, kind: "clean", path: "a/`touch pwned`", reason: "unexpected-file" },
  { ...step, kind: "rebuild", repository: "a", tag: "v1", digest, reason: "" },
];

function script(of: readonly PlanStep[] = steps): string {
  const roots = [
    { name: "it's", path: "/it's" },
    { name: "other", path: "/o\nther" },
  ];
  return [...renderScript({ version: "1.2.3", roots, steps: of, quarantine: "/q $(touch pwned)" })].join("");
}

describe("the script of a plan", () => {
  it.each([[["sh"]], [["bash", "--posix"]]])("is one that %s can read", ([shell, ...options]) => {
    const { status, stderr } = spawnSync(shell!, [...options, "-n"], { input: script(), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("moves away first, copies then, and links last; what only people can do is not in it", () => {
    const calls = [...script().matchAll(/^ {2}(clean|copy|folder|relink|rebuild) "\$root\d"/gm)];
    expect(calls.map(([, kind]) => kind)).toEqual(["clean", "copy", "relink"]);
  });

  it("quotes every name, and shows it in one line", () => {
    const text = script();
    expect(text).toContain(`'${link.replaceAll("'", "'\\''")}'`);
    expect(text).toContain("root1='/it'\\''s'\n");
    const labels = [...text.matchAll(/^step \d+ '(.*)' \\$/gm)];
    expect(labels).toHaveLength(3);
  });

  it("knows a step that waits for another, so that a dry run does not stumble over it", () => {
    expect(script()).toMatch(/'hash' 'now' 'pending'\n/);
    expect(script(steps.slice(0, 1))).toMatch(/'hash' 'now' 'now'\n/);
  });

  it("is the same for the same plan, in whatever order the steps come", () => {
    expect(script([...steps].reverse())).toBe(script());
  });
});
