// The project's pages as tests read them: headings, links, and the files that refer to pages.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { jsonSchemas } from "../../src/contract/json-schemas.ts";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Every file below these folders and files of the repository, as paths relative to it. */
export function filesBelow(...starts: readonly string[]): string[] {
  return starts.flatMap((start) => {
    if (statSync(join(REPOSITORY, start)).isFile()) return [start];
    return readdirSync(join(REPOSITORY, start), { recursive: true, encoding: "utf8" })
      .map((path) => `${start}/${path}`)
      .filter((path) => statSync(join(REPOSITORY, path)).isFile())
      .sort();
  });
}

export function textOf(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

/** The text of a page without its fenced blocks, whose content is no Markdown. */
export function prose(page: string): string {
  return page.replace(/^( *)```[\s\S]*?^\1```$/gm, "");
}

/** The titles of the headings of a page. */
function headings(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!);
}

/** What a heading is linked by, as forges make it: repeated ones are numbered. */
export function anchors(page: string): string[] {
  const seen = new Map<string, number>();
  return headings(page).map((title) => {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

export interface Link {
  readonly text: string;
  /** Relative to the repository; the page itself where the link names none. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The links of a page that lead within the repository. `path` is the page's own. */
export function links(path: string, page: string): Link[] {
  const targets = prose(page).matchAll(/\[([^\]]*)\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  return [...targets].map(([, text, target, anchor]) => ({
    text: text!,
    path: target === "" ? path : normalize(join(dirname(path), target!)),
    anchor,
  }));
}

/** A page's name and the number of a section of it, also where a comment or a page breaks the line in between. */
export function sections(text: string): { readonly page: string; readonly section: string }[] {
  const joined = text.replace(/\n[ \t]*(?:\/\/|\*|#)?[ \t]*/g, " ");
  return [...joined.matchAll(/([\w./-]+\.md)[`\]]?,? section (\d+(?:\.\d+)*)/g)].map(([, page, section]) => ({
    page: page!,
    section: section!,
  }));
}

/** Whether the page has a heading of that number. */
export function hasSection(page: string, section: string): boolean {
  return headings(page).some((title) => title.startsWith(`${section} `) || title.startsWith(`${section}. `));
}

/** The names of all fields in these schemas, and the types of all lines. */
export function schemaNames(...files: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    JSON.stringify(jsonSchemas()[file], (key, value) => {
      if (key === "properties") {
        for (const name of Object.keys(value)) found.add(name);
        if (typeof value.type?.const === "string") found.add(value.type.const);
      }
      return value;
    });
  }
  return found;
}

/** The values of all enumerations in all schemas that are published, those of whole lines left out. */
export function schemaValues(): Set<string> {
  const found = new Set<string>();
  JSON.stringify(jsonSchemas(), (key, value) => {
    if (key === "enum") for (const one of value) if (typeof one === "string") found.add(one);
    return value;
  });
  return found;
}

/** Those of the names that the text does not hold as a word. */
export function unnamedIn(text: string, names: Iterable<string>): string[] {
  return [...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
}
