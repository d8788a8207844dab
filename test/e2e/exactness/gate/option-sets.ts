// The ways in which gates are asked: what of the collection and its clean-up each describes, and what it lets pass.
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoriesOnDisk } from "../client/names.ts";
import { repositoriesBase } from "../storage.ts";

/** What the sets choose from: the root as it is, and what a plain gate has reported of it. */
export interface Asked {
  root: string;
  /** `repository:tag` of all tags that a client can list. */
  tags: readonly string[];
  /** Codes of the findings. */
  codes: readonly string[];
  /** A state file of a complete run before the damage. */
  state: string;
}

export interface OptionSet {
  name: string;
  /** Whether the collection is with `-m`. */
  untagged: boolean;
  flags: readonly string[];
  /** The folders of the tags that the clean-up removes, relative to the root. */
  removes: readonly string[];
  /** What is lost is fetched again, so only an abort is a harm. */
  cache?: true;
  /** The deletion of what was written within the quiet period is a harm too. */
  quiet?: true;
}

const atRest = ["--quiet-period", "0s"];
// Of so small roots a clean-up easily takes more than half.
const anyShare = ["--max-delete", "100%"];

/** Those that let most pass, and half of the others. `turn` chooses which, the tags, and how many of them a clean-up keeps. */
export function optionSetsFor({ root, tags, codes, state }: Asked, turn: number): OptionSet[] {
  const removed = tags[turn % Math.max(1, tags.length)];
  const kept = 1 + (turn % 2);
  const beyond = tagsBeyondNewest(root, kept);
  const accepted = `${root}.accepted.yaml`;
  writeFileSync(
    accepted,
    JSON.stringify({ accepted: codes.map((code) => ({ code, reason: "test", until: "2099-01-01" })) }),
  );
  const both = (name: string, flags: readonly string[], more: Partial<OptionSet> = {}): OptionSet[] =>
    [false, true].map((untagged) => ({
      name: untagged ? `-m ${name}`.trim() : name || "plain",
      untagged,
      flags: [
        ...flags,
        ...(more.quiet ? [] : atRest),
        ...(flags.length === 0 ? [] : anyShare),
        ...(untagged ? ["-m"] : []),
      ],
      removes: [],
      ...more,
    }));
  const lenient = "--allow-broken";
  const always = [...both("", []), ...both("--allow-broken", [lenient])];
  const others = [
    ...both("--fail-on never", ["--fail-on", "never"]),
    ...both("accepted", ["--config", accepted]),
    ...both("quiet period", [lenient], { quiet: true }),
    ...both("--cache", [lenient, "--cache", root.slice(root.lastIndexOf("/") + 1)], { cache: true }),
    ...both("--state", [lenient, "--state", state]),
    ...(removed === undefined
      ? []
      : both("--remove-tag", [lenient, "--remove-tag", removed], { removes: [folderOf(removed)] })),
    // Which of two as old is the newer nobody can say.
    ...(beyond === undefined ? [] : both("--keep-tags", [lenient, "--keep-tags", String(kept)], { removes: beyond })),
  ];
  return [...always, ...others.filter((_, position) => Math.floor(position / 2) % 2 === turn % 2)];
}

function folderOf(image: string): string {
  const [repository, tag] = image.split(":");
  return `${repositoriesBase}/${repository}/_manifests/tags/${tag}`;
}

/** What a clean-up script would remove that keeps the `kept` newest tags of each repository; undefined where that is a draw. */
function tagsBeyondNewest(root: string, kept: number): string[] | undefined {
  const removed: string[] = [];
  for (const name of repositoriesOnDisk(root)) {
    const folder = `${repositoriesBase}/${name}/_manifests/tags`;
    const tags = foldersIn(join(root, folder)).map((tag) => ({
      path: `${folder}/${tag}`,
      at: statSync(join(root, folder, tag)).mtimeMs,
    }));
    tags.sort((one, other) => other.at - one.at);
    if (tags.length > kept && tags[kept - 1]?.at === tags[kept]?.at) return undefined;
    removed.push(...tags.slice(kept).map(({ path }) => path));
  }
  return removed;
}

function foldersIn(folder: string): string[] {
  try {
    // A link to a tag is a tag, too, and as old as what it leads to.
    return readdirSync(folder).filter((name) => {
      return !name.includes("\uFFFD") && statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory();
    });
  } catch {
    return [];
  }
}
