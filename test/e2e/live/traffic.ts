// Clients at work: several lanes that push, overwrite, delete and mount images over HTTP until they are told to stop.
// Each lane breaks nothing: it deletes only manifests of its own that no live image of it needs.
import { setTimeout as sleep } from "node:timers/promises";
import { deleteManifest, mountBlob, startUpload } from "../../../scripts/registry/client.ts";
import { type Image, makeImage, makeIndex, makeLayer, makeMultiArch } from "../../../scripts/registry/content.ts";
import { pushImage, pushOnlyManifest } from "../../../scripts/registry/push.ts";
import { type Random, seededRandom } from "../exactness/random.ts";

/** How often each thing was done. */
export type TrafficTally = Record<"pushes" | "overwrites" | "deletes" | "mounts" | "uploads" | "repeats", number>;

interface LiveImage {
  repository: string;
  tag: string;
  image: Image;
}

export interface Traffic {
  readonly tally: TrafficTally;
  /** Resolves once the lanes have come to rest; rejects with what went wrong in one. */
  stop(): Promise<void>;
}

/** Starts the lanes on repositories below `live/`, some of which they share. */
export function startTraffic(url: string, lanes: number, seed: number): Traffic {
  const tally: TrafficTally = { pushes: 0, overwrites: 0, deletes: 0, mounts: 0, uploads: 0, repeats: 0 };
  const stopping = new AbortController();
  const running = Array.from({ length: lanes }, (_, lane) =>
    new Lane(url, lane, seed * 100 + lane, tally).run(stopping.signal),
  );
  // A lane that fails must not be an unhandled rejection while the others go on.
  const ended = Promise.allSettled(running);
  return {
    tally,
    async stop() {
      stopping.abort();
      for (const lane of await ended) if (lane.status === "rejected") throw lane.reason;
    },
  };
}

const MOST_LIVE = 12;
const SHARED = "live/shared-";

class Lane {
  readonly #url: string;
  readonly #lane: number;
  readonly #seed: number;
  readonly #tally: TrafficTally;
  readonly #random: Random;
  readonly #live: LiveImage[] = [];
  #serial = 0;

  constructor(url: string, lane: number, seed: number, tally: TrafficTally) {
    this.#url = url;
    this.#lane = lane;
    this.#seed = seed;
    this.#tally = tally;
    this.#random = seededRandom(seed);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#act();
      // Now and then nothing happens, so that some scans meet a registry at rest in the middle of things.
      if (this.#random.chance(5)) await sleep(50);
    }
  }

  async #act(): Promise<void> {
    if (this.#live.length === 0) return this.#push(this.#repository());
    const some = this.#random.pick(this.#live);
    const draw = this.#random.below(100);
    if (this.#live.length > MOST_LIVE) await this.#delete(some);
    else if (draw < 30) await this.#push(this.#repository());
    else if (draw < 50) await this.#overwrite(some);
    else if (draw < 65) await this.#delete(some);
    else if (draw < 80) await this.#mount(some);
    else if (draw < 90) await this.#repeat(some);
    else if (draw < 92) await this.#leaveUpload();
    else await this.#push(`live/lane-${this.#lane}/new-${this.#serial}`);
  }

  /** The lane's own, where it deletes too; or one of all lanes, where a deletion would meet other lanes' tags half written. */
  #repository(): string {
    const number = this.#random.below(3);
    return this.#random.chance(50) ? `${SHARED}${number}` : `live/lane-${this.#lane}/app-${number}`;
  }

  #image(): Image {
    const seed = `${this.#seed} ${++this.#serial}`;
    const draw = this.#random.below(10);
    if (draw < 3) return makeMultiArch(seed, (["docker", "untyped", "oci"] as const)[draw]);
    if (draw < 4) return makeIndex([makeMultiArch(seed), makeImage(`${seed} beside`)]);
    // A base layer that all lanes push: one pushes what another has just linked.
    const base = makeLayer(`base ${this.#random.below(3)}`, { size: 2_000 });
    return makeImage(seed, { format: "oci", baseLayers: [base], layerSizes: [100, 64 * 1024] });
  }

  async #push(repository: string): Promise<void> {
    const image = this.#image();
    const tag = `lane-${this.#lane}-${this.#serial}`;
    await pushImage(this.#url, repository, image, tag);
    this.#live.push({ repository, tag, image });
    this.#tally.pushes++;
  }

  async #overwrite(old: LiveImage): Promise<void> {
    const image = this.#image();
    await pushImage(this.#url, old.repository, image, old.tag);
    // The image that lost its tag goes, as a clean-up of untagged ones would have it.
    if (!old.repository.startsWith(SHARED)) await this.#deleteTree(old.repository, old.image);
    old.image = image;
    this.#tally.overwrites++;
  }

  async #delete(old: LiveImage): Promise<void> {
    this.#live.splice(this.#live.indexOf(old), 1);
    if (old.repository.startsWith(SHARED)) return;
    await this.#deleteTree(old.repository, old.image);
    this.#tally.deletes++;
  }

  /** An index before its children: at no time is one without them. */
  async #deleteTree(repository: string, image: Image): Promise<void> {
    await deleteManifest(this.#url, repository, image.digest);
    for (const child of image.children) await this.#deleteTree(repository, child);
  }

  async #mount(from: LiveImage): Promise<void> {
    if (from.image.children.length > 0) return;
    const repository = `live/lane-${this.#lane}/mounted-${this.#serial}`;
    this.#serial += 1;
    for (const { digest } of from.image.blobs) await mountBlob(this.#url, repository, digest, from.repository);
    await pushOnlyManifest(this.#url, repository, from.image, "mounted");
    this.#live.push({ repository, tag: "mounted", image: from.image });
    this.#tally.mounts++;
  }

  /** The same push again: every link is written once more, in place. */
  async #repeat({ repository, tag, image }: LiveImage): Promise<void> {
    await pushImage(this.#url, repository, image, tag);
    this.#tally.repeats++;
  }

  async #leaveUpload(): Promise<void> {
    await startUpload(this.#url, this.#repository(), Buffer.alloc(1_000, "u"));
    this.#tally.uploads++;
  }
}
