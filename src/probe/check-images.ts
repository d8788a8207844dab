// Checks many images, some at a time, and asks again about those that seem broken: a push or a delete may have been under
// way, or a connection bad.
import { type WantedPlatforms, wantedPlatforms } from "../registry/serve/child-needs.ts";
import { listTags } from "./catalogue.ts";
import { isBroken } from "./findings.ts";
import { type Asking, type ObjectOptions, Repository } from "./objects.ts";
import { type ImageTarget, type ProbedImage, probeImage } from "./walk.ts";

export interface CheckOptions extends ObjectOptions {
  readonly url: string;
  /** The registry's name in the report. */
  readonly registry: string;
  readonly platforms: readonly WantedPlatforms[];
  /** When no image is begun any more; milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Whether the registry has listed the tags that are checked: one that was named may never have been there. */
  readonly areListed: boolean;
  /** Lets so many milliseconds pass. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly progress: (done: number) => void;
}

/** How many images are gone through at once: the client has its own limit of requests. */
const AT_ONCE = 16;
/** How long is waited before what seems broken is asked for again (ms). */
const PAUSE = 1000;

export interface Checked {
  readonly images: readonly ProbedImage[];
  /** Those that the registry does not have (any more), which is no damage: it does not list their tags either. */
  readonly gone: readonly ImageTarget[];
}

function isAbsent({ problems }: ProbedImage): boolean {
  return problems.some(({ role, fault }) => role === "manifest" && fault.why === "not-found");
}

export class ImageChecks {
  readonly #client: Asking;
  readonly #options: CheckOptions;
  #repositories = new Map<string, Repository>();
  #counts = { manifests: 0, blobs: 0 };

  constructor(client: Asking, options: CheckOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** What was asked for, each thing once a repository and once more where it was asked for again. */
  get counts(): { readonly manifests: number; readonly blobs: number } {
    const counts = { ...this.#counts };
    for (const { counts: own } of this.#repositories.values()) {
      counts.manifests += own.manifests;
      counts.blobs += own.blobs;
    }
    return counts;
  }

  /** In the order of the targets. Broken is only what is so twice. */
  async check(targets: readonly ImageTarget[]): Promise<Checked> {
    const first = await this.#all(targets);
    const broken = first.filter(isBroken);
    if (broken.length === 0) return { images: first, gone: [] };
    await this.#options.wait(PAUSE);
    this.#forget();
    const again = new Map<ImageTarget, ProbedImage>();
    const gone = new Set<ImageTarget>();
    await inTurn(broken, async ({ target }) => {
      const image = await this.#probe(target);
      again.set(target, image);
      if (isAbsent(image) && !(await this.#isListed(target))) gone.add(target);
    });
    const images = first.flatMap((image) => (gone.has(image.target) ? [] : [again.get(image.target) ?? image]));
    return { images, gone: [...gone] };
  }

  /** The images as they are now, whatever is known of them, and however late it is. */
  async again(targets: readonly ImageTarget[]): Promise<ProbedImage[]> {
    this.#forget();
    return inTurn(targets, (target) => this.#probe(target));
  }

  /** What tags name now, without looking further; those that get no answer before the deadline are left out. */
  async digestsOf(targets: readonly ImageTarget[]): Promise<Map<ImageTarget, string>> {
    const digests = new Map<ImageTarget, string>();
    await inTurn(targets, async (target) => {
      if (target.tag === undefined || performance.now() > this.#options.deadline) return;
      const reply = await this.#repository(target.repository).manifest(target.tag);
      if (reply.kind === "served") digests.set(target, reply.digest);
    });
    return digests;
  }

  async #all(targets: readonly ImageTarget[]): Promise<ProbedImage[]> {
    let done = 0;
    const images = await inTurn(targets, async (target) => {
      if (performance.now() > this.#options.deadline) return undefined;
      const image = await this.#probe(target);
      this.#options.progress(++done);
      return image;
    });
    return images.filter((image) => image !== undefined);
  }

  /** Whether the registry lists the tag, by its last list that could be read. */
  async #isListed({ repository, tag }: ImageTarget): Promise<boolean> {
    if (tag === undefined) return false;
    const { names, error, isAbsent } = await listTags(this.#client, this.#options.url, repository);
    return names.includes(tag) || (error !== undefined && !isAbsent && this.#options.areListed);
  }

  #probe(target: ImageTarget): Promise<ProbedImage> {
    const { platforms, registry } = this.#options;
    const wanted = wantedPlatforms(platforms, registry, target.repository);
    return probeImage(this.#repository(target.repository), target, wanted);
  }

  #repository(name: string): Repository {
    const known = this.#repositories.get(name);
    if (known) return known;
    const repository = new Repository(name, this.#client, this.#options);
    this.#repositories.set(name, repository);
    return repository;
  }

  #forget(): void {
    this.#counts = { ...this.counts };
    this.#repositories = new Map();
  }
}

/** Results in the order of the items, some of which are worked on at once. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
