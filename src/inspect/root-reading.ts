// A root's graph while it is read, and read again where a finding rests on what a registry may be changing.
import { setImmediate as breathe } from "node:timers/promises";
import { type CheckContext, checkContext } from "../checks/context.ts";
import type { RootFindings } from "../checks/root-findings.ts";
import type { RegistryUser, User } from "../facts/closed.ts";
import {
  DiskState,
  ManifestState,
  type NamespaceFacts,
  type UnexpectedEntry,
  type Unreadable,
} from "../facts/facts.ts";
import { RootIndex } from "../facts/root-index.ts";
import { type AsRead, wantedBlobs } from "../graph/claims.ts";
import { Configs } from "../graph/configs.ts";
import { NextIndex } from "../graph/next-index.ts";
import { RootGraph } from "../graph/root-graph.ts";
import { parseDigest } from "../layout/digest.ts";
import { BLOBS, blobData, namespaceFolder, REPOSITORIES, repositoryFolder } from "../layout/paths.ts";
import type { Rules } from "../registry/rules.ts";
import type { WantedPlatforms } from "../registry/serve/child-needs.ts";
import { isStateBroken } from "../scan/cache-evidence.ts";
import { hashFile } from "../scan/content/hash-file.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { fingerprint } from "../scan/fingerprint.ts";
import { noting } from "../scan/fs/noting-fs.ts";
import { isThere, type StorageFs, stateOfError, statPath } from "../scan/fs/storage-fs.ts";
import { statBlob } from "../scan/read-blobs.ts";
import { MOST_CONTENT } from "../scan/read-contents.ts";
import { type Progress, type ReadOptions, RootReader, type ThreadOptions } from "../scan/reader.ts";
import type { ContentTarget } from "./content/verify-content.ts";
import { findMoved, type Moved } from "./find-moved.ts";
import { type IndexUse, indexUseOf, type RootIndexUse, VOLUMES } from "./index-use.ts";
import { readOver } from "./read-over.ts";
import { registryUser } from "./registry-user.ts";
import { hashWrongSizes } from "./wrong-sizes.ts";

export interface InspectOptions
  extends Omit<ReadOptions, "walksLayers" | "manifests" | "judgedAs" | "memory">,
    ThreadOptions {
  /** Those of the registry that the verdict is about. */
  readonly rules: Rules;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly staleUploadAge: number;
  readonly allowEmpty: boolean;
  /** Whether the repositories chosen are all there are. */
  readonly wholeRoot: boolean;
  /** Whether to hash the configs of images. */
  readonly hashConfigs?: boolean;
  /** The platforms that repositories are to have, where not all. */
  readonly platforms: readonly WantedPlatforms[];
  /** Who serves the registry, as an option says; `majority` for whom most of the storage belongs to. Undefined: nobody is judged. */
  readonly servedBy?: User | "majority" | undefined;
  /** The user who scans: what is not readable for that one shows by itself. */
  readonly ownUid?: number;
  /** Whether to take the root's fingerprint, before anything else of it is read. */
  readonly fingerprint?: boolean;
  /** The index that is used, or written, or both. */
  readonly index?: IndexUse | undefined;
}

/** How many manifests are taken from the index before signals are seen. */
const KNOWN_AT_ONCE = 4096;

/** Fewer findings than this are not worth starting threads for; about so many places are read again for each. */
const FEWEST_TO_READ_OVER = 1000;
const PLACES_A_FINDING = 10;

export class RootReading {
  readonly #storageFs: StorageFs;
  /** What it cannot read is noted, so that reading again never takes what is unreadable for settled. */
  readonly #fs: StorageFs;
  readonly #root: StorageRoot;
  readonly #options: InspectOptions;
  readonly #progress: Progress;
  readonly #registryUser: RegistryUser | undefined;
  readonly #reader: RootReader;
  readonly #configs: Configs;
  /** What stood at the places of VOLUMES when reading began. */
  readonly #volumes: readonly ReturnType<typeof statPath>[];
  readonly graph: RootGraph;
  /** How the index is used; undefined where there is none. */
  readonly index: RootIndexUse | undefined;
  readonly #nextIndex: NextIndex;
  #namespace: NamespaceFacts;
  #unexpectedInStore: readonly UnexpectedEntry[] = [];
  hasBlobStore = true;
  /** The folders of the layout that are not there, relative to the root. */
  readonly missing: string[] = [];
  readonly #notes: Unreadable[] = [];
  /** Repositories that were read more than once. */
  readonly readAgain = new Set<string>();
  /** What could not be read in each repository, as of its last reading. */
  readonly #unreadableIn = new Map<string, readonly Unreadable[]>();

  constructor(
    storageFs: StorageFs,
    root: StorageRoot,
    namespace: NamespaceFacts,
    options: InspectOptions,
    progress: Progress,
  ) {
    this.#fs = noting(storageFs, (path, error) => this.note({ path: path.slice(root.path.length + 1), error }));
    this.#storageFs = storageFs;
    this.#root = root;
    this.#progress = progress;
    this.#namespace = namespace;
    this.#options = options;
    const { manifests, servesByLayerLink, collector } = options.rules;
    this.index = options.index && indexUseOf(storageFs, root.path, options.index, options);
    this.#registryUser = registryUser(this.#fs, root.path, namespace, options);
    const reading = {
      ...options,
      manifests,
      walksLayers: collector.deletesLayerLinks,
      judgedAs: this.#registryUser,
      memory: this.index?.memory,
    };
    this.graph = new RootGraph(servesByLayerLink);
    this.#nextIndex = new NextIndex(this.graph);
    this.#reader = new RootReader(storageFs, root.path, reading, progress, (facts) => this.#nextIndex.add(facts));
    if (this.index?.memory.index) this.graph.useIndex(new RootIndex(this.index.memory.index));
    this.#configs = new Configs(this.graph, MOST_CONTENT);
    this.#volumes = this.#statVolumes();
  }

  /** The SHA-256 of all names that a gate's decision rests on, as they are now. */
  fingerprint(): string {
    const unreadable: Unreadable[] = [];
    const taken = fingerprint(this.#fs, this.#root.path, unreadable);
    for (const entry of unreadable) this.note(entry);
    return taken;
  }

  /** Links first and blobs after them, so that what a push writes in between is not missed: it writes blobs first. */
  async readAll(names: readonly string[]): Promise<void> {
    for (const unreadable of this.#namespace.unreadable) this.note(unreadable);
    const refused = this.#namespace.unreadable.some(({ path }) => path === REPOSITORIES);
    if (!this.#namespace.folders.has("") && !refused) this.missing.push(REPOSITORIES);
    this.#reader.judgeListings([...this.#namespace.folders.keys()].map(namespaceFolder));
    await this.#readRepositories(names);
    const unexpected: UnexpectedEntry[] = [];
    const store = await this.#reader.readBlobs((facts) => {
      this.graph.addBlobs(facts);
      for (const entry of facts.unexpected) unexpected.push(entry);
      for (const unreadable of facts.unreadable) this.note(unreadable);
    });
    this.graph.addBlocked(store.blocked);
    this.#unexpectedInStore = [...store.unexpected, ...unexpected];
    for (const unreadable of store.unreadable) this.note(unreadable);
    this.hasBlobStore = store.present;
    if (!store.present) this.missing.push(BLOBS);
    await this.#readManifests(this.graph.takeManifestsToRead());
    await this.#hashConfigs();
    await this.#reader.endThreads();
  }

  /** What was taken from the index; what the next one is to hold. */
  get nextIndex(): NextIndex {
    return this.#nextIndex;
  }

  async close(): Promise<void> {
    await this.#reader.endThreads();
  }

  note(unreadable: Unreadable): void {
    this.#notes.push(unreadable);
  }

  unreadable(): Unreadable[] {
    const all = [...this.#notes, ...this.#reader.notJudged, ...[...this.#unreadableIn.values()].flat()];
    return [...new Map(all.map((entry) => [`${entry.path}\n${entry.error}`, entry])).values()];
  }

  /** Folders of the layout that are there and are something else. */
  noteWhatIsNotDirectory(): void {
    for (const path of this.missing) {
      if (isThere(this.#fs, `${this.#root.path}/${path}`)) {
        this.note({ path, error: "a dangling symlink (is the volume mounted?)" });
      }
    }
    for (const { path, state } of this.graph.blockedBlobFolders()) {
      if (state !== DiskState.unreadable) this.note({ path, error: "not a directory" });
    }
  }

  /** Whether the storage is still what it was when reading began: one that is unmounted looks deleted. */
  isStillThere(): boolean {
    return this.#statVolumes().every((now, place) => {
      const before = this.#volumes[place]!;
      // An error is noted as what it is, and is no sign of another device.
      if (before.code !== undefined || now.code !== undefined) return true;
      // The first push makes what was not there; the storage itself was.
      return place > 0 && before.stat === undefined
        ? true
        : now.stat !== undefined && now.stat.dev === before.stat?.dev;
    });
  }

  #statVolumes() {
    return VOLUMES.map((path) => statPath(this.#fs, `${this.#root.path}/${path}`));
  }

  /** What is to be known of this root to verify its content. */
  contentTarget(): ContentTarget {
    const { name, path } = this.#root;
    return { name, path, graph: this.graph, note: (unreadable) => this.note(unreadable) };
  }

  isStoreEmpty(): boolean {
    return this.graph.digests.length === 0;
  }

  /** What was read so far, with all images pulled. */
  context(): CheckContext {
    const { rules, wholeRoot, now, staleUploadAge, platforms } = this.#options;
    const context = checkContext(this.#root, this.graph, rules, {
      namespace: this.#namespace,
      unexpectedInStore: this.#unexpectedInStore,
      isCacheStateBroken: this.#root.kind === "cache" && isStateBroken(this.#fs, this.#root.path),
      platforms,
      registryUser: this.#registryUser,
      closed: [...this.#reader.closed.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      wholeRoot,
      now,
      staleUploadAge,
    });
    hashWrongSizes(this.#fs, this.#root.path, this.graph, context.pull.problems);
    return context;
  }

  /** Reads again what the findings rest on, after a pause of so many milliseconds. */
  async whatMoved(findings: RootFindings, pause: number): Promise<Moved> {
    return await findMoved(this.#fs, this.#root.path, findings, pause, () => this.#readOver(findings.total));
  }

  /** Reads links and blobs over as they were first read, by threads, where that is less than to read each place alone. */
  async #readOver(findings: number): Promise<AsRead | undefined> {
    const { digests, layerLinks, revisions, tags } = this.graph;
    const entries = digests.length + layerLinks.length + revisions.length + tags.length;
    if (findings < FEWEST_TO_READ_OVER || findings * PLACES_A_FINDING < entries) return undefined;
    return await readOver(this.#storageFs, this.#root.path, this.graph, this.#options, this.#progress);
  }

  /** Takes what moved into the graph, as it is now. */
  async takeIn(moved: Moved): Promise<void> {
    // What is in question is read, whatever the index has.
    this.#reader.forgetIndex();
    this.#namespace = moved.namespace ?? this.#namespace;
    this.#unexpectedInStore = this.#unexpectedInStore.filter(({ path }) => !moved.paths.has(path));
    for (const path of moved.paths) this.#reader.closed.delete(path);
    for (const digest of moved.blobs) this.#readBlobAgain(digest);
    const names = this.#stillThere([...moved.repositories]);
    for (const name of names) this.readAgain.add(name);
    await this.#readRepositories(names);
    await this.#readManifests(this.graph.takeManifestsToRead());
    await this.#lookForNewBlobs(names);
    await this.#hashConfigs();
  }

  /** The content of configs shows what zeroed the blobs of a time, without reading a layer. */
  async #hashConfigs(): Promise<void> {
    if (!this.#options.hashConfigs) return;
    const ids = this.#configs.take();
    await this.#reader.readContents(ids.length, this.#pick(ids), (first, facts) => {
      const batch = ids.slice(first, first + facts.states.length);
      this.graph.addContents(batch, facts);
      for (const [row, error] of facts.errors) {
        this.note({ path: blobData(this.graph.digests.text(batch[row]!)), error });
      }
    });
  }

  /** The digests and sizes of some of these blobs, for a thread to read. */
  #pick(ids: readonly number[]) {
    return (first: number, end: number) => {
      const some = ids.slice(first, end);
      return { digests: this.graph.pack(some), sizes: Float64Array.from(some, (id) => this.graph.blobSize(id)) };
    };
  }

  /** What a push has brought since the store was read, down to the last layer: else each level would take a round. */
  async #lookForNewBlobs(names: readonly string[]): Promise<void> {
    const asked = new Set<number>();
    for (;;) {
      const before = asked.size;
      for (const digest of wantedBlobs(this.graph, names)) {
        if (asked.has(digest) || this.graph.blobState(digest) !== DiskState.absent) continue;
        asked.add(digest);
        this.#readBlobAgain(this.graph.digests.text(digest));
      }
      if (asked.size === before) return;
      await this.#readManifests(this.graph.takeManifestsToRead());
    }
  }

  #readBlobAgain(digest: string): void {
    const id = this.graph.digests.find(digest);
    const path = blobData(digest);
    const { state, size, modified } = statBlob(this.#fs, `${this.#root.path}/${path}`);
    this.graph.forgetManifest(id);
    const { algorithm, hex } = parseDigest(digest)!;
    // What was sound and has moved is a new file, whose turn comes; what was corrupt is not called sound unread.
    const isHashed = this.graph.isBlobCorrupt(id) && state === DiskState.ok;
    const content = isHashed ? hashFile(this.#fs, `${this.#root.path}/${path}`, algorithm, size) : {};
    const settled = content.error === undefined ? state : stateOfError(content.error);
    const isCorrupt = content.hex !== undefined && content.hex !== hex;
    this.graph.setBlob(id, settled, size, modified, isCorrupt);
    this.#configs.lookAgain(id);
    if (isCorrupt) this.graph.setActualDigest(id, `${algorithm}:${content.hex}`);
  }

  /** Those of the repositories that are on disk; takes the others out of the graph. */
  #stillThere(names: readonly string[]): string[] {
    return names.filter((name) => {
      const { stat, code } = statPath(this.#fs, `${this.#root.path}/${repositoryFolder(name)}`);
      if (stat || code) return true;
      this.graph.removeRepository(name);
      this.#unreadableIn.delete(name);
      return false;
    });
  }

  async #readRepositories(names: readonly string[]): Promise<void> {
    await this.#reader.readRepositories(names, (facts) => {
      this.graph.addRepository(facts);
      this.#unreadableIn.set(facts.name, facts.unreadable);
    });
  }

  /** Those of the manifests that the index does not have; the others are added as it has them. */
  async #toRead(wanted: readonly number[]): Promise<readonly number[]> {
    if (this.index?.memory.index === undefined) return wanted;
    const unknown: number[] = [];
    for (let first = 0; first < wanted.length; first += KNOWN_AT_ONCE) {
      for (const id of this.graph.addKnown(wanted.slice(first, first + KNOWN_AT_ONCE))) unknown.push(id);
      await breathe();
    }
    return unknown;
  }

  async #readManifests(first: readonly number[]): Promise<void> {
    for (let wanted = first; wanted.length > 0; wanted = this.graph.takeManifestsToRead()) {
      const ids = await this.#toRead(wanted);
      await this.#reader.readManifests(ids.length, this.#pick(ids), (first, facts) => {
        const batch = ids.slice(first, first + facts.states.length);
        this.graph.addManifests(batch, facts);
        // Deleted since the store was read.
        for (const [row, state] of facts.states.entries()) {
          if (state === ManifestState.absent) this.graph.setBlob(batch[row]!, DiskState.absent, 0, 0, false);
        }
        for (const [row, error] of facts.errors) {
          this.note({ path: blobData(this.graph.digests.text(batch[row]!)), error });
        }
      });
    }
  }
}
