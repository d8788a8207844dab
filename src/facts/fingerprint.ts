// What moves when a registry is at work: tags, revisions and uploads. A gate's decision is bound to them.

export interface RepositoryMarks {
  readonly name: string;
  /** Each tag's name and what its current link holds ("" where it holds no digest), as the repository lists them. */
  readonly tags: Iterable<readonly [name: string, target: string]>;
  /** The digests under which revision links lie. */
  readonly revisions: Iterable<string>;
  /** Each upload's id and last modification, in milliseconds since 1970. */
  readonly uploads: Iterable<readonly [id: string, modified: number]>;
}

/** The marks as lines, each naming its kind, so that no two different sets of marks give the same lines. */
export function* markLines(repositories: Iterable<RepositoryMarks>): Generator<string> {
  for (const { name, tags, revisions, uploads } of repositories) {
    yield `repository ${JSON.stringify(name)}\n`;
    for (const [tag, target] of tags) yield `tag ${JSON.stringify(tag)} ${target}\n`;
    for (const digest of revisions) yield `revision ${digest}\n`;
    for (const [id, modified] of uploads) yield `upload ${JSON.stringify(id)} ${modified}\n`;
  }
}
