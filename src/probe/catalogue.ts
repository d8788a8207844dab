// What a registry holds: its repositories and their tags, page by page (https://distribution.github.io/distribution/spec/api/).
import { isRepositoryName, isTagName } from "../layout/names.ts";
import { CATALOGUE, CATALOGUE_SCOPE, pullScope, tagsPath } from "./address.ts";
import type { Asking } from "./objects.ts";

/** Names in the order in which they came, each once; `error` says why they are not all, or that there are none. */
export interface Listing {
  readonly names: readonly string[];
  readonly error: string | undefined;
  /** Whether the registry says that there is no such thing. */
  readonly isAbsent: boolean;
}

/** Names a page, and pages: a registry that never comes to an end is left. */
const PAGE = 1000;
const MOST_PAGES = 10_000;
const MOST_BYTES = 64 << 20;

export function listRepositories(client: Asking, url: string): Promise<Listing> {
  return listAll(client, url, { path: CATALOGUE, scope: CATALOGUE_SCOPE, member: "repositories" }, isRepositoryName);
}

export function listTags(client: Asking, url: string, repository: string): Promise<Listing> {
  return listAll(client, url, { path: tagsPath(repository), scope: pullScope(repository), member: "tags" }, isTagName);
}

interface List {
  readonly path: string;
  readonly scope: string;
  readonly member: "repositories" | "tags";
}

async function listAll(
  client: Asking,
  url: string,
  { path, scope, member }: List,
  isName: (name: string) => boolean,
): Promise<Listing> {
  const names = new Set<string>();
  const stop = (error: string, isAbsent = false) => ({ names: [...names], error, isAbsent });
  const asked = new Set<string>();
  const all = `${url}/${path}`;
  let next: string | undefined = `${all}?n=${PAGE}`;
  while (next !== undefined) {
    if (asked.has(next) || asked.size === MOST_PAGES) return stop("its pages come to no end");
    asked.add(next);
    const answer = await client.get({ path: next, scope, take: { kind: "all", most: MOST_BYTES } });
    if (answer.kind === "unanswered") return stop(answer.why);
    if (answer.kind === "dropped") return stop("the connection was cut off");
    // A registry that is configured to give less at once (catalog.maxentries) refuses to give so much.
    if (answer.status === 400 && asked.size === 1) {
      next = all;
      continue;
    }
    if (answer.status !== 200) return stop(`${answer.status}`, answer.status === 404);
    const page = answer.cut ? undefined : namesIn(answer.body, member);
    if (page === undefined) return stop("its answer is no list of names");
    // What no client can ask for is not asked for.
    for (const name of page) if (isName(name)) names.add(name);
    next = nextPage(answer.headers.get("link"), all);
  }
  return { names: [...names], error: undefined, isAbsent: false };
}

/** Undefined for what is no such list; one of nothing may be null. */
function namesIn(body: Buffer, member: List["member"]): string[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof answer !== "object" || answer === null || !(member in answer)) return undefined;
  const names = (answer as Readonly<Record<string, unknown>>)[member] ?? [];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : undefined;
}

/** The address of the next page: the same list, asked on. Where the link leads to besides, the login would go too. */
function nextPage(link: string | undefined, list: string): string | undefined {
  const [, target] = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  const question = target.indexOf("?");
  return question < 0 ? undefined : list + target.slice(question);
}
