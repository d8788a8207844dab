import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { renderScript } from "../../src/recovery/script.ts";
import type { PlanStep } from "../../src/recovery/steps.ts";

const digest = `sha256:${"a".repeat(64)}`;
const step = { root: "it's", message: "because", affects: [], fixes: [] };
const link = "docker/registry/v2/repositories/$(touch pwned)/x\n'; touch pwned #\u202e\\0/link";
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

/** Folders at depth d are 1:d, everything else is an entry of its own. */
const entries = {
  at: (path: string) =>
    ["data", link, "absent"].includes(path)
      ? ({ type: "absent", identity: "" } as const)
      : ({ type: "folder", identity: `1:${path.split("/").length}` } as const),
};

function script(of: readonly PlanStep[] = steps): string {
  const roots = [
    { name: "it's", path: "/it's", entries },
    { name: "other", path: "/o\nther\u001b[31m", entries },
  ];
  return [...renderScript({ version: "1.2.3", roots, steps: of, quarantine: "/q $(touch pwned)" })].join("");
}

const cleaned = (path: string): PlanStep => ({ ...step, kind: "clean", path, reason: "unexpected-file" });
const identities = (text: string) => [...text.matchAll(/^ {2}'([-0-9:@~/]+)' \\$/gm)].map(([, seen]) => seen);

describe("the script of a plan", () => {
  it.each([[["sh"]], [["bash", "--posix"]]])("is one that %s can read", ([shell, ...options]) => {
    const { status, stderr } = spawnSync(shell!, [...options, "-n"], { input: script(), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("moves away first, copies then, and links last; what only people can do is not in it", () => {
    const calls = [...script().matchAll(/^ {2}'because' \\\n {2}(\w+)/gm)];
    expect(calls.map(([, kind]) => kind)).toEqual(["clean", "copy", "relink"]);
  });

  it("quotes every name", () => {
    expect(script()).toContain("unescape '/it'\\''s'\n");
    expect(script()).toContain("'a/`touch pwned`'");
    expect(script()).toContain("unescape '/q $(touch pwned)'\n");
  });

  it("shows names as they are: nothing that does not print stands in it raw, in code, comments or messages", () => {
    expect(script().match(/[^\n\x20-\x7e]/g)).toBeNull();
    expect(script()).toContain("/x\\0012'\\''; touch pwned #\\0342\\0200\\0256\\01340/link'");
  });

  it("knows the folder on the way to each step, the entry, and that there is none", () => {
    expect(identities(script([cleaned("docker/a/b"), cleaned("absent")]))).toEqual(["-", "1:1/1:2/@1:3"]);
  });

  it("knows a step that waits for another, so that a dry run does not stumble over it", () => {
    expect(script()).toMatch(/ hash pending\n/);
    expect(script(steps.slice(0, 1))).toMatch(/ hash now\n/);
    expect(identities(script([cleaned("a/b"), cleaned("a/b/c")]))).toEqual(["1:1/@1:2", "1:1/~/~"]);
  });

  it("is the same for the same plan, in whatever order the steps come", () => {
    expect(script([...steps].reverse())).toBe(script());
  });

  it("names its plan: another plan has another name", () => {
    const name = (text: string) => /^plan=(\w{16})$/m.exec(text)?.[1];
    expect(name(script())).toBeDefined();
    expect(name(script())).not.toBe(name(script(steps.slice(0, 1))));
  });
});
