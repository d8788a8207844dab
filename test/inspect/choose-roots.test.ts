import { describe, expect, it } from "vitest";
import { NoRootError, UsageError } from "../../src/contract/errors.ts";
import { chooseRoots, type RootChoice } from "../../src/inspect/choose-roots.ts";
import { World } from "../worlds/world.ts";

/** A base folder with the roots `own` and `hub`, of which `hub` is a cache; what is chosen, `root kind: repositories`. */
function chosen(choice: Partial<RootChoice> = {}): string[] {
  const world = new World();
  for (const [root, names] of Object.entries({ own: ["team/api", "team/web", "app"], hub: ["library/nginx"] })) {
    for (const name of names) world.mkdir(`${root}/docker/registry/v2/repositories/${name}/_layers`);
  }
  world.write("hub/scheduler-state.json");
  world.remove("docker");
  const defaults = { paths: [world.root], repositories: [], caches: [], authoritative: [], kinds: new Map() };
  const { chosen } = chooseRoots(world.fs, { ...defaults, ...choice });
  return chosen.map(({ root, names }) => `${root.name} ${root.kind}: ${names.join(" ")}`);
}

describe("chooseRoots", () => {
  it("takes all repositories of all roots", () => {
    expect(chosen()).toEqual(["hub cache: library/nginx", "own authoritative: app team/api team/web"]);
  });

  it("takes roots for what it is told to", () => {
    expect(chosen({ caches: ["own"], authoritative: ["hub"] })).toEqual([
      "hub authoritative: library/nginx",
      "own cache: app team/api team/web",
    ]);
  });

  it("takes roots for what the nearest folder that was configured is, unless an option says otherwise", () => {
    const kinds = new Map<string, "authoritative" | "cache">([["/registry", "authoritative"]]);
    expect(chosen({ kinds })[0]).toMatch(/^hub authoritative:/);
    kinds.set("/registry/hub", "cache");
    expect(chosen({ kinds })[0]).toMatch(/^hub cache:/);
    expect(chosen({ kinds, authoritative: ["hub"] })[0]).toMatch(/^hub authoritative:/);
  });

  it("takes the repositories that globs match, in whichever root", () => {
    expect(chosen({ repositories: ["team/*"] })).toEqual(["hub cache: ", "own authoritative: team/api team/web"]);
    expect(chosen({ repositories: ["app", "**/nginx"] })).toEqual([
      "hub cache: library/nginx",
      "own authoritative: app",
    ]);
    expect(chosen({ repositories: ["team/*", "!team/web"] })).toEqual(["hub cache: ", "own authoritative: team/api"]);
    expect(chosen({ repositories: ["!(app)/*"] })).toEqual([
      "hub cache: library/nginx",
      "own authoritative: team/api team/web",
    ]);
  });

  const refusals: [string, Partial<RootChoice>, RegExp][] = [
    ["a root name that no root has", { caches: ["hbu"] }, /no root is called hbu; there are hub, own/],
    ["an authoritative name that no root has", { authoritative: ["x"] }, /no root is called x/],
    ["a root that is both", { caches: ["own"], authoritative: ["own"] }, /own is given both/],
    [
      "a glob that no repository matches",
      { repositories: ["app", "nope/*"] },
      /^--repo nope\/\*: no repository matches$/,
    ],
    ["an empty glob", { repositories: [""] }, /no repository matches/],
    ["globs that only take away", { repositories: ["!app"] }, /no repository is left/],
    ["globs that take all away", { repositories: ["app", "!app"] }, /no repository is left/],
  ];
  it("refuses a path without a root", () => {
    expect(() => chosen({ paths: ["/nowhere"] })).toThrow(NoRootError);
  });

  it.each(refusals)("refuses %s", (_, choice, message) => {
    expect(() => chosen(choice)).toThrow(UsageError);
    expect(() => chosen(choice)).toThrow(message);
  });
});
