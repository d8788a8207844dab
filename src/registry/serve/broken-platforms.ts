// For which platforms an image is broken: those under which an index at or below it names what cannot be pulled.
import type { Held } from "./held.ts";
import { type Reach, ReachSets } from "./reach.ts";

/** A child as an index names it. */
export interface NamedChild {
  readonly held: Held;
  readonly platform: string | undefined;
  /** Whether it is not available, or not as the index says. What is below it does not count then. */
  readonly isFailing: boolean;
}

/** What is broken at or below a manifest: platforms that are named there, and whether something has no name there. */
interface Below {
  readonly named: Reach<string>;
  readonly unnamed: boolean;
}

/** Linear in the references, however many images share them and however deep they nest. */
export class BrokenPlatforms {
  readonly #childrenOf: (held: Held) => readonly NamedChild[];
  readonly #isBad: (held: Held) => boolean;
  readonly #sets = new ReachSets<string>();
  readonly #below = new Map<Held, Below>();

  /**
   * `childrenOf`: none where the manifest itself cannot be pulled. `isBad`: whether it cannot, or a config or layer of it.
   */
  constructor(childrenOf: (held: Held) => readonly NamedChild[], isBad: (held: Held) => boolean) {
    this.#childrenOf = childrenOf;
    this.#isBad = isBad;
  }

  /** Sorted. */
  of(image: Held): string[] {
    const below = this.#settle(image);
    return [...(below ? this.#sets.items(below.named) : this.#inLoop(image))].sort();
  }

  /** Children before parents; undefined where a loop of manifests, which only damage makes, is below. */
  #settle(image: Held): Below | undefined {
    const path = [{ held: image, children: this.#childrenOf(image), next: 0 }];
    const open = new Set([image]);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const child = step.children[step.next++];
      if (!child) {
        this.#below.set(step.held, this.#join(step.held, step.children));
        open.delete(step.held);
        path.pop();
      } else if (open.has(child.held)) return undefined;
      else if (!child.isFailing && !this.#below.has(child.held)) {
        open.add(child.held);
        path.push({ held: child.held, children: this.#childrenOf(child.held), next: 0 });
      }
    }
    return this.#below.get(image);
  }

  #join(held: Held, children: readonly NamedChild[]): Below {
    let unnamed = this.#isBad(held);
    const own = new Set<string>();
    const others = new Set<Reach<string>>();
    for (const { held: child, platform, isFailing } of children) {
      const below = isFailing ? { named: this.#sets.empty, unnamed: true } : this.#below.get(child)!;
      others.add(below.named);
      if (!below.unnamed) continue;
      if (platform === undefined) unnamed = true;
      else own.add(platform);
    }
    return { named: this.#sets.union([...own], others), unnamed };
  }

  #inLoop(image: Held): Set<string> {
    const platforms = new Set<string>();
    const note = (platform: string | undefined) => platform !== undefined && platforms.add(platform);
    const seen = new Set<string>();
    const stack = [{ held: image, platform: undefined as string | undefined }];
    for (let step = stack.pop(); step; step = stack.pop()) {
      const { held, platform } = step;
      if (seen.has(`${held.digest} ${platform}`)) continue;
      seen.add(`${held.digest} ${platform}`);
      if (this.#isBad(held)) note(platform);
      for (const child of this.#childrenOf(held)) {
        const named = child.platform ?? platform;
        if (child.isFailing) note(named);
        else stack.push({ held: child.held, platform: named });
      }
    }
    return platforms;
  }
}
