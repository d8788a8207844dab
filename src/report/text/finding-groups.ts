// Findings that break no image, counted by code as they stream by; a few of each are kept as examples.

import { CHECKS } from "../../checks/index.ts";
import {
  FINDING_CODES,
  type Finding,
  type FindingCode,
  type FindingOutline,
  SEVERITIES,
  type Severity,
} from "../../contract/finding.ts";
import { escapeText } from "../../text/escape.ts";
import { limit, more, type Page, paragraph } from "../../text/page.ts";
import { formatCount, formatNumberOf, withReadableCounts, withReadableNumbers } from "../../text/quantities.ts";
import { type NamePrefix, placeRows, severityPaint } from "./finding.ts";

/** Findings with the same words that are kept, and how many different words of one code. */
const MAX_EXAMPLES = 3;
const MAX_MESSAGES = 4;

interface Alike {
  readonly message: string;
  readonly remedy: string;
  readonly examples: Finding[];
  count: number;
}

/** From so many findings on, they are counted by repository, and so many repositories are named. */
const MANY = 20;
const MAX_REPOSITORIES = 3;

interface Group {
  count: number;
  readonly repositories: RepositoryCounts;
  readonly code: FindingCode;
  readonly severity: Finding["severity"];
  readonly alike: Map<string, Alike>;
  /** Those that the last finding was counted among. */
  last: Alike | undefined;
}

/** How many are in each repository. The next one is most often in the same. */
class RepositoryCounts {
  /** By root and repository. */
  readonly byName = new Map<string, { count: number }>();
  #root = "";
  #repository = "";
  #counter: { count: number } | undefined;

  add(root: string, repository: string): void {
    if (this.#counter === undefined || repository !== this.#repository || root !== this.#root) {
      const name = `${root}\0${repository}`;
      this.#counter = this.byName.get(name) ?? { count: 0 };
      this.byName.set(name, this.#counter);
      this.#root = root;
      this.#repository = repository;
    }
    this.#counter.count++;
  }
}

export class FindingGroups {
  /** By code and severity. */
  readonly #groups = new Map<string, Group>();
  #last: Group | undefined;
  readonly #maxExamples: number;
  readonly #maxMessages: number;

  /** Keeps a few of each kind as examples, or all. */
  constructor(page: Page) {
    this.#maxExamples = limit(page, MAX_EXAMPLES);
    this.#maxMessages = limit(page, MAX_MESSAGES);
  }

  add(finding: FindingOutline): void {
    const group = this.#groupOf(finding);
    group.count++;
    if (finding.repository !== undefined) group.repositories.add(finding.root, finding.repository);
    const { message, remedy } = finding.words();
    // Most often as the one before: to look for it by its words takes longer than to compare them.
    const alike =
      group.last?.message === message && group.last.remedy === remedy
        ? group.last
        : this.#alikeOf(group, message, remedy);
    if (alike === undefined) return;
    group.last = alike;
    alike.count++;
    if (alike.examples.length < this.#maxExamples) alike.examples.push(finding.finding());
  }

  #groupOf({ code, severity }: FindingOutline): Group {
    if (this.#last?.code === code && this.#last.severity === severity) return this.#last;
    const key = `${code} ${severity}`;
    const repositories = new RepositoryCounts();
    const group = this.#groups.get(key) ?? {
      count: 0,
      code,
      severity,
      repositories,
      alike: new Map(),
      last: undefined,
    };
    this.#groups.set(key, group);
    this.#last = group;
    return group;
  }

  /** Undefined where as many different ones are known as are shown. */
  #alikeOf({ alike }: Group, message: string, remedy: string): Alike | undefined {
    const key = `${message}\0${remedy}`;
    const known = alike.get(key);
    if (known !== undefined || alike.size >= this.#maxMessages) return known;
    const first: Alike = { message, remedy, examples: [], count: 0 };
    alike.set(key, first);
    return first;
  }

  count(severity: Severity): number {
    return this.#inOrder().reduce((sum, [, group]) => sum + (group.severity === severity ? group.count : 0), 0);
  }

  /** Errors and warnings: counted, with examples and remedy. */
  *render(page: Page, prefix: NamePrefix): Generator<string> {
    const groups = this.#inOrder().filter(([, { severity }]) => severity !== "info");
    if (groups.length === 0) return;
    yield "\n";
    yield* paragraph(page, "Also found, breaking no image today:", { first: 0, paint: page.colour.bold });
    for (const [code, group] of groups) {
      yield "\n";
      const title = `${code}: ${formatNumberOf(group.count, group.severity)}`;
      yield* paragraph(page, title, { first: 2, paint: severityPaint(page, group.severity) });
      yield* renderRepositories(page, group, prefix);
      yield* renderGroup(page, group, prefix);
    }
  }

  /** The root of something that a plan takes care of though no image is broken; undefined where there is nothing. */
  rootToPlan(): string | undefined {
    const group = this.#inOrder().find(([code, { severity }]) => severity !== "info" && CHECKS[code].isTidied);
    return group && [...group[1].alike.values()][0]?.examples[0]?.root;
  }

  /** Notes of severity info: a line each, or one for all of a code. */
  *renderNotes(page: Page, prefix: NamePrefix): Generator<string> {
    const groups = this.#inOrder().filter(([, { severity }]) => severity === "info");
    if (groups.length > 0) yield "\n";
    for (const [code, { count, alike }] of groups) {
      const examples = [...alike.values()].flatMap((same) => same.examples);
      const lines =
        examples.length === count && count <= this.#maxExamples
          ? examples.map((finding) => `${noteName(finding, prefix)}${escapeText(withReadableNumbers(finding.message))}`)
          : [`${formatNumberOf(count, "time")}: ${meaningOf(code, [...alike.values()])}`];
      for (const line of lines)
        yield* paragraph(page, `${code}: ${line}`, { first: 0, rest: 4, paint: page.colour.dim });
    }
  }

  #inOrder(): [FindingCode, Group][] {
    return FINDING_CODES.flatMap((code) =>
      SEVERITIES.flatMap((severity) => {
        const group = this.#groups.get(`${code} ${severity}`);
        return group ? [[code, group] satisfies [FindingCode, Group]] : [];
      }),
    );
  }
}

/** Where there are many: in which repositories most of them are. */
function* renderRepositories(page: Page, { count, repositories }: Group, prefix: NamePrefix): Generator<string> {
  const { byName } = repositories;
  if (count < MANY || byName.size < 2) return;
  const most = [...byName].sort(([, a], [, b]) => b.count - a.count).slice(0, limit(page, MAX_REPOSITORIES));
  const named = most.map(([key, counter]) => {
    const [root, name] = key.split("\0") as [string, string];
    return `${escapeText(prefix(root) + name)} (${formatCount(counter.count)})`;
  });
  const where = formatNumberOf(byName.size, "repository", "repositories");
  yield* paragraph(page, `in ${where}, most in ${named.join(", ")}`, { first: 4, rest: 6 });
}

function* renderGroup(page: Page, { count, alike }: Group, prefix: NamePrefix): Generator<string> {
  let shown = 0;
  const all = [...alike.values()];
  for (const [index, { message, remedy, examples, count: same }] of all.entries()) {
    shown += same;
    yield* paragraph(page, escapeText(withReadableCounts(message)), { first: 4, rest: 6 });
    for (const example of examples) yield* placeRows(page, 6, example, prefix);
    yield* more(page, 6, same - examples.length);
    if (all[index + 1]?.remedy === remedy) continue;
    yield* paragraph(page, `fix: ${escapeText(remedy)}`, { first: 4, rest: 6, paint: page.colour.green });
  }
  yield* more(page, 4, count - shown);
}

/** What may be more than a note says itself why it is none. */
function meaningOf(code: FindingCode, alike: readonly Alike[]): string {
  const [first, ...others] = alike;
  const isMoreElsewhere = CHECKS[code].severity !== "info";
  return isMoreElsewhere && first && others.length === 0 ? escapeText(first.message) : CHECKS[code].meaning;
}

function noteName({ root, repository }: Finding, prefix: NamePrefix): string {
  if (repository !== undefined) return `${escapeText(prefix(root) + repository)}: `;
  return prefix(root) === "" ? "" : `${escapeText(root)}: `;
}
