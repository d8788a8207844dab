// Whatever a page, a comment or a message refers to is there: files, headings, sections, commands.
import { existsSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { FINDING_CODES } from "../../src/contract/finding.ts";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";
import { anchors, filesBelow, hasSection, type Link, links, prose, REPOSITORY, sections, textOf } from "./pages.ts";

/** The code that adding-a-check.md adds, as an example: it is not in the program. */
const EXAMPLE = "empty-repository";

const exists = (path: string) => path.includes(EXAMPLE) || existsSync(join(REPOSITORY, path));
const pages = filesBelow("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "test-fixtures").filter((path) =>
  path.endsWith(".md"),
);
const ownPages = pages.filter((path) => !path.startsWith("test-fixtures/"));
/** What refers to pages and files besides pages: code, units, alerts, configuration. */
const sources = filesBelow("src", "scripts", "test", "docs", ".ci", ".config", "package.json").filter((path) =>
  /\.(?:[cm]?[jt]s|json|ya?ml|service|timer|sh|c)$|\/run$/.test(path),
);

/** Paths of the repository that a text names, globs left out. */
function namedPaths(text: string): string[] {
  const named = text.match(
    /(?<![\w./$}-])(?:src|scripts|test|docs|test-fixtures|\.ci|\.config)\/[\w./*<>${}-]*\w\/?(?![\w*<$-])/g,
  );
  return (named ?? []).filter((path) => !/[*<>${}]/.test(path));
}

describe.each(pages)("%s", (path) => {
  const page = textOf(path);

  it("links to files and headings that are there", () => {
    const isBroken = ({ path, anchor }: Link) =>
      !exists(path) || (anchor !== undefined && !anchors(textOf(path)).includes(anchor));
    expect(links(path, page).filter(isBroken)).toEqual([]);
  });

  it("calls a section in a link by the number of its heading", () => {
    const numbered = links(path, page).flatMap(({ text, anchor }) => {
      const section = /section (\d+(?:\.\d+)*)/.exec(text)?.[1];
      return section ? [[section.replaceAll(".", ""), anchor?.split("-")[0]]] : [];
    });
    for (const [section, linked] of numbered) expect(linked).toBe(section);
  });
});

describe.each(ownPages)("%s", (path) => {
  const page = textOf(path);

  it("names files that are there", () => {
    expect(namedPaths(page).filter((named) => !exists(named))).toEqual([]);
  });

  it("runs npm scripts that there are", () => {
    const { scripts } = JSON.parse(textOf("package.json"));
    const run = [...page.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name!);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("names JSON Schemas that are published", () => {
    const named = page.match(/[\w-]+\.schema\.json/g) ?? [];
    expect(named.filter((name) => !(name in jsonSchemas()))).toEqual([]);
  });
});

describe("sources and tests", () => {
  it("refer to pages that are there", () => {
    const named = sources.flatMap((path) => namedPaths(textOf(path)).map((named) => ({ path, named })));
    const missing = named.filter(({ named }) => named.endsWith(".md") && !exists(named));
    expect(named.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it("link to headings that are there", () => {
    const named = sources.flatMap((path) =>
      [...textOf(path).matchAll(/\b(docs\/[\w./-]+\.md)#([\w-]+)/g)].map(([, page, anchor]) => ({
        path,
        page,
        anchor,
      })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ page, anchor }) => !anchors(textOf(page!)).includes(anchor!))).toEqual([]);
  });
});

describe("numbered sections", () => {
  const cited = [...sources, ...ownPages].flatMap((path) =>
    sections(textOf(path)).map(({ page, section }) => ({ path, page, section })),
  );

  it("are there, in the page that is named", () => {
    expect(cited.length).toBeGreaterThan(10);
    const missing = cited.filter(({ path, page, section }) => {
      const [fromHere, fromRepository] = [normalize(join(dirname(path), page)), page];
      const file = [fromRepository, fromHere].find(exists);
      return file === undefined || !hasSection(textOf(file), section);
    });
    expect(missing).toEqual([]);
  });

  it("are cited with their page", () => {
    const alone = sources
      .filter((path) => basename(path) !== basename(import.meta.filename))
      .flatMap((path) => {
        const text = textOf(path);
        const count = text.match(/\bsection \d/g)?.length ?? 0;
        return count > sections(text).length ? [path] : [];
      });
    expect(alone).toEqual([]);
  });

  it("have a page whose sections are numbered without a gap", () => {
    const numbers = prose(textOf("docs/internals/registry-2.8.3.md"))
      .match(/(?<=^## )\d+/gm)
      ?.map(Number);
    expect(numbers).toEqual(numbers?.map((_, index) => index + 1));
  });
});

describe("findings", () => {
  it.each(FINDING_CODES)("lead to a heading: %s", (code) => {
    expect(anchors(textOf("docs/findings.md"))).toContain(code);
  });
});

describe("the index", () => {
  it("has every page for users, once", () => {
    const listed = links("docs/README.md", textOf("docs/README.md")).map(({ path }) => path);
    const forUsers = ownPages.filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== "docs/README.md");
    for (const page of forUsers) {
      expect(
        listed.filter((path) => path === page),
        page,
      ).toHaveLength(1);
    }
  });

  it("has every page for who carries on", () => {
    const listed = links("docs/README.md", textOf("docs/README.md")).map(({ path }) => path);
    expect(listed).toEqual(expect.arrayContaining(ownPages.filter((path) => path.startsWith("docs/internals/"))));
  });
});
