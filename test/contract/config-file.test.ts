import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/contract/config-file.ts";
import { UsageError } from "../../src/contract/errors.ts";

describe("parseConfig", () => {
  it("takes a file that says nothing for one without fields", () => {
    for (const source of ["", "# nothing\n", "---\n"]) expect(parseConfig(source, "c.yaml")).toEqual({});
  });

  it("keeps a date as it is written", () => {
    const source = "accepted:\n  - { code: stale-upload, reason: known, until: 2027-01-31 }\n";
    expect(parseConfig(source, "c.yaml").accepted).toEqual([
      { code: "stale-upload", reason: "known", until: "2027-01-31" },
    ]);
  });

  const accepted = (entry: string) => `fail-on: error\naccepted:\n  - ${entry}\n`;
  it.each([
    [
      "a field that does not exist",
      "fail_on: error",
      /^c.yaml:1: fail_on: there is no such field: did you mean fail-on\?$/,
    ],
    ["one further in", "gate:\n  metric: x", /^c.yaml:2: gate.metric: there is no such field: did you mean metrics\?$/],
    [
      "one in a list",
      accepted("code: stale-upload\n    untill: 2027-01-31"),
      /^c.yaml:4: accepted\[0\].untill: .*mean until\?$/,
    ],
    ["one that is like none", "colour: always", /^c.yaml:1: colour: there is no such field$/],
    ["a registry that is none", "registry: 4", /^c.yaml:1: registry: /],
    [
      "a platform that is none",
      "platforms:\n  - repository: mirror/**\n    wanted:\n      - linux/amd64\n      - amd64",
      /^c.yaml:5: platforms\[0\].wanted\[1\]: not os\/architecture/,
    ],
    ["platforms of no repository", "platforms:\n  - wanted: [linux/amd64]", /^c.yaml:2: platforms\[0\].repository: /],
    ["no platform at all", "platforms:\n  - repository: a\n    wanted: []", /^c.yaml:3: platforms\[0\].wanted: /],
    ["a value that is none of those", "roots:\n  - path: /a\n\n    kind: mirror", /^c.yaml:4: roots\[0\].kind: /],
    ["a value of the wrong type", "clean-up:\n  keep-tags: many", /^c.yaml:2: clean-up.keep-tags: /],
    ["no root", "roots: []", /^c.yaml:1: roots: /],
    ["a list in place of fields", "- scan", /^c.yaml:1: the file: /],
    ["what is no YAML", "state: [", /^c.yaml:1: /],
    ["the same field twice", "state: a\nstate: b", /^c.yaml:2: .*unique/],
    ["an alias of nothing", "state: *there", /^c.yaml: .*alias/],
    ["no end date", accepted("{ code: stale-upload, reason: a }"), /^c.yaml:3: accepted\[0\].until: /],
    ["no reason", accepted("{ code: stale-upload, until: 2027-01-31 }"), /^c.yaml:3: accepted\[0\].reason: /],
    ["a date that is none", accepted("{ tag: a, reason: a, until: 2027-02-31 }"), /^c.yaml:3: accepted\[0\].until: /],
    [
      "a code that is none",
      accepted("{ code: lost, reason: a, until: 2027-01-31 }"),
      /^c.yaml:3: accepted\[0\].code: /,
    ],
    [
      "acceptance of everything",
      accepted("{ reason: a, until: 2027-01-31 }"),
      /^c.yaml:3: accepted\[0\]: names no finding/,
    ],
    [
      "acceptance of all of a root",
      accepted("{ root: private, reason: a, until: 2027-01-31 }"),
      /^c.yaml:3: accepted\[0\]: names no finding/,
    ],
  ])("refuses %s, and says where", (_, source, line) => {
    expect(() => parseConfig(source, "c.yaml")).toThrow(UsageError);
    expect(() => parseConfig(source, "c.yaml")).toThrow(line);
  });
});
