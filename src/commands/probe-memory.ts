// What a probe remembers between runs: the state file, read, and what the next one holds.
import type { ProbeFinding } from "../contract/probe.ts";
import type { ProbeState, TagState } from "../contract/probe-state.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { CATALOGUE, type RegistryAddress } from "../probe/address.ts";
import type { KnownTag } from "../probe/choose.ts";
import { isBroken } from "../probe/findings.ts";
import type { ImageTarget, ProbedImage } from "../probe/walk.ts";

/** The tags of the last runs, by image. */
export class Memory {
  readonly state: ProbeState | undefined;
  readonly #tags = new Map<string, TagState>();

  constructor(state: ProbeState | undefined) {
    this.state = state;
    for (const { name, tags } of state?.repositories ?? []) {
      for (const tag of tags) this.#tags.set(`${name}:${tag.tag}`, tag);
    }
  }

  known({ repository, tag }: ImageTarget): (KnownTag & TagState) | undefined {
    return this.#tags.get(`${repository}:${tag}`);
  }

  /** Why the catalogue is not believed to be all that there is: another storage may be mounted. */
  *doubts({ name }: RegistryAddress, targets: readonly ImageTarget[]): Generator<UnreadableReport> {
    const before = this.#tags.size;
    if (targets.length >= before / 2) return;
    const since = this.state?.completedAt ?? "the last run";
    const error = `tags: ${targets.length}, where there were ${before} on ${since}; is another storage mounted? If this is meant, delete the state file`;
    yield { root: name, path: CATALOGUE, error };
  }
}

export interface Outcome {
  readonly address: RegistryAddress;
  /** All tags of the catalogue. */
  readonly targets: readonly ImageTarget[];
  readonly images: readonly ProbedImage[];
  /** Ids of what was found in each of them. */
  readonly found: ReadonlyMap<ProbedImage, readonly string[]>;
  readonly findings: readonly ProbeFinding[];
  readonly isComplete: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The state after a run. What it did not get to, or got no answer about and saw no damage in, stays as it was known. */
export function nextState(memory: Memory, outcome: Outcome): ProbeState {
  const { address, targets, images, found, findings, isComplete, startedAt } = outcome;
  // What is broken for certain is to be seen to first the next time, whatever else got no answer.
  const isSettled = (image: ProbedImage) => image.unknown.length === 0 || isBroken(image);
  const checked = new Map(images.filter(isSettled).map((image) => [image.target, image]));
  const byRepository = new Map<string, TagState[]>();
  const held = new Set<string>();
  for (const target of targets) {
    const image = checked.get(target);
    const tag = image ? tagState(image, found.get(image) ?? [], startedAt) : memory.known(target);
    if (!tag) continue;
    for (const id of tag.findings) held.add(id);
    const tags = byRepository.get(target.repository);
    if (tags) tags.push(tag);
    else byRepository.set(target.repository, [tag]);
  }
  const before = new Map(memory.state?.findings.map((finding) => [finding.id, finding]));
  const now = findings.map(({ id, code, root, path, firstSeen = startedAt }) => {
    return { id, code, root, path, firstSeen, lastSeen: startedAt };
  });
  const seen = new Set(now.map(({ id }) => id));
  const carried = [...before.values()].filter(({ id }) => held.has(id) && !seen.has(id));
  return {
    schemaVersion: 1,
    command: "probe",
    url: address.url,
    completedAt: isComplete ? startedAt : (memory.state?.completedAt ?? null),
    repositories: [...byRepository].map(([name, tags]) => ({ name, tags })),
    findings: [...now, ...carried],
  };
}

/** When the tag was checked that was not checked for longest, in seconds since 1970; undefined where one never was. */
export function oldestCheck({ repositories }: ProbeState, tags: number): number | undefined {
  const times = repositories.flatMap(({ tags }) => tags.map(({ checkedAt }) => Date.parse(checkedAt) / 1000));
  return times.length < tags || tags === 0 ? undefined : times.reduce((oldest, time) => Math.min(oldest, time));
}

function tagState(image: ProbedImage, findings: readonly string[], checkedAt: string): TagState {
  const { target, digest = null } = image;
  return { tag: target.tag!, digest, checkedAt, broken: isBroken(image), findings: [...new Set(findings)] };
}

/** The state as a file holds it: a repository a line. */
export function* stateText(state: ProbeState): Generator<string> {
  const { repositories, findings, ...head } = state;
  yield JSON.stringify(head).slice(0, -1);
  yield* listText("repositories", repositories);
  yield* listText("findings", findings);
  yield "\n}\n";
}

function* listText(name: string, items: readonly object[]): Generator<string> {
  yield `,\n"${name}": [`;
  for (const [index, item] of items.entries()) yield `${index === 0 ? "\n" : ",\n"}${JSON.stringify(item)}`;
  yield "\n]";
}
