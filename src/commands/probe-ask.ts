// Asks a registry for all that a probe is about: which images there are, in which order they are checked, what came of it.
import type { UnreadableReport } from "../contract/scan.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import type { RegistryAddress } from "../probe/address.ts";
import { ImageChecks } from "../probe/check-images.ts";
import { chooseOrder } from "../probe/choose.ts";
import type { Client } from "../probe/client.ts";
import type { ImageTarget, ProbedImage } from "../probe/walk.ts";
import { RULES } from "../registry/rules.ts";
import type { Memory } from "./probe-memory.ts";
import { findTargets, type Targets } from "./probe-targets.ts";

export interface Probed {
  readonly address: RegistryAddress;
  readonly targets: Targets;
  /** Whether the registry listed all that it should have. */
  readonly isListed: boolean;
  /** Whether these are all images that it lists. */
  readonly isAll: boolean;
  readonly images: readonly ProbedImage[];
  /** What it does not have: deleted meanwhile, or named and not there. */
  readonly gone: readonly ImageTarget[];
  /** What should not have been left out. */
  readonly due: ReadonlySet<ImageTarget>;
  readonly counts: { readonly manifests: number; readonly blobs: number; readonly requests: number };
  /** Asks afresh for some of the images. */
  readonly again: (targets: readonly ImageTarget[]) => Promise<readonly ProbedImage[]>;
}

interface Asked {
  readonly client: Client;
  readonly address: RegistryAddress;
  /** The images that were named; none for all. */
  readonly asked: readonly ImageTarget[];
  readonly memory: Memory;
}

export async function askAll(
  { client, address, asked, memory }: Asked,
  options: OptionsOf<"probe">,
  terminal: Terminal,
): Promise<Probed> {
  const deadline = performance.now() + (options.timeLimit ?? Number.POSITIVE_INFINITY);
  const refused = await client.greet();
  const targets =
    refused === undefined
      ? await findTargets(client, address, asked, options)
      : nothingFound({ root: address.name, path: "v2/", error: refused });
  const doubts = targets.unreadable.length > 0 ? [] : [...memory.doubts(address, targets.images)];
  const checks = new ImageChecks(client, {
    url: address.url,
    registry: address.name,
    platforms: options.platforms,
    verifyContent: options.verifyAskedContent,
    reading: RULES[options.registry].manifests,
    wait: terminal.wait,
    deadline,
    areListed: asked.length === 0,
    progress: (done) => terminal.progress("images", done, targets.images.length),
  });
  const digests = Number.isFinite(deadline) ? await checks.digestsOf(targets.images) : new Map<ImageTarget, string>();
  const { inOrder, due } = chooseOrder(
    targets.images,
    (target) => memory.known(target),
    (target) => digests.get(target),
    terminal.now(),
  );
  const { images, gone } = await checks.check(inOrder);
  return {
    address,
    targets: { ...targets, unreadable: [...targets.unreadable, ...doubts] },
    isListed: targets.unreadable.length + doubts.length === 0,
    isAll: asked.length + options.repositories.length === 0 && images.length + gone.length === targets.images.length,
    images,
    gone,
    due,
    counts: { ...checks.counts, requests: client.requests },
    again: (some) => checks.again(some),
  };
}

function nothingFound(error: UnreadableReport): Targets {
  return { repositories: 0, tags: 0, images: [], unreadable: [error] };
}
