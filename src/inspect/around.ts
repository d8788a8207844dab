// Reads of a root only what concerns a few blobs, where an index tells which manifests lead to them: names of repositories, tags
// and links, and then the links, manifests and blobs on the ways up. What it gives is of now; of the index it takes what a
// manifest references, which is as fixed as its digest.
import { DiskState, type LinkFacts, type RepositoryFacts, type TagFacts, type Unreadable } from "../facts/facts.ts";
import type { FileCounts } from "../facts/memory.ts";
import {
  DigestCursor,
  DigestWriter,
  digestText,
  type PackedDigests,
  packDigests,
  SHA256,
  unpackDigests,
} from "../facts/packed-digests.ts";
import { RootIndex } from "../facts/root-index.ts";
import { selectTags } from "../facts/select-tags.ts";
import { Ancestors } from "../graph/ancestors.ts";
import { DigestTable } from "../graph/digest-table.ts";
import { RootGraph } from "../graph/root-graph.ts";
import { type Algorithm, parseDigest } from "../layout/digest.ts";
import { BLOBS, blobData, type LinkKind, parentOf, tagsFolder } from "../layout/paths.ts";
import type { Rules } from "../registry/rules.ts";
import { type Catalogue, walkCatalogue } from "../registry/serve/catalogue.ts";
import { FileMemory } from "../scan/file-memory.ts";
import { entriesOf, isThere, listNames, lookFor, type StorageFs, statPath } from "../scan/fs/storage-fs.ts";
import { readImageBlobs } from "../scan/read-image.ts";
import { listLinks, readLinks } from "../scan/read-links.ts";
import { readManifests } from "../scan/read-manifests.ts";
import { readTags } from "../scan/read-tags.ts";
import { listPart, newReading, type RepositoryReading } from "../scan/repository-reading.ts";
import type { ChosenRoot } from "./choose-roots.ts";
import type { RootIndexUse } from "./index-use.ts";

/** A repository, listed and not read. */
interface Listed {
  readonly name: string;
  readonly reading: RepositoryReading & { readonly unreadable: Unreadable[] };
  readonly tagNames: readonly string[];
  readonly tagsState: DiskState;
  readonly links: Readonly<Record<LinkKind, ReturnType<typeof listLinks>>>;
  /** The folder of its layer links of sha256, relative to the root, where it is one: which it holds is asked of each that is wanted. */
  readonly unlistedLayers: string | undefined;
}

/** Of more manifests than this tags are not asked one by one whether they have named them. */
const MOST_FORMER = 4;

/** Of more digests than this their links are not asked for one by one: a base layer leads to half of a root. */
const MOST_ASKED = 64;

export interface Surroundings {
  readonly graph: RootGraph;
  readonly catalogue: Catalogue;
  readonly unreadable: readonly Unreadable[];
  readonly counts: { readonly taken: FileCounts; readonly read: FileCounts };
}

export class AroundReading {
  readonly #fs: StorageFs;
  readonly #chosen: ChosenRoot;
  readonly #rules: Rules;
  readonly #memory: FileMemory;
  readonly #index: RootIndex;
  readonly #ancestors: Ancestors;
  readonly #graph: RootGraph;
  readonly #listed: readonly Listed[];
  readonly #unreadable: Unreadable[] = [];
  /** The manifests that the index has. */
  readonly #known: DigestTable;

  /** Lists the repositories. `use` is of an index that may be used for the root. */
  constructor(storageFs: StorageFs, chosen: ChosenRoot, use: RootIndexUse, rules: Rules) {
    this.#fs = storageFs;
    this.#chosen = chosen;
    this.#rules = rules;
    this.#memory = new FileMemory(storageFs, use.memory);
    this.#index = new RootIndex(use.memory.index!);
    this.#ancestors = new Ancestors(this.#index);
    this.#known = new DigestTable(this.#index.manifests.slots);
    for (const manifest of this.#ancestors.manifests()) this.#known.add(manifest);
    this.#graph = new RootGraph(rules.servesByLayerLink);
    this.#graph.useIndex(this.#index);
    this.#listed = chosen.names.map((name) => this.#list(name));
  }

  /** The digests of sha256 that begin so, of all that the store, a link, a tag or a manifest of the root mentions. */
  beginning(hex: string): string[] {
    const found = new Set<string>();
    const look = (names: Iterable<string>) => {
      for (const name of names) if (name.length === 64 && name.startsWith(hex)) found.add(`sha256:${name}`);
    };
    look(entriesOf(listNames(this.#fs, `${this.#path}/${BLOBS}/sha256/${hex.slice(0, 2)}`)));
    look(this.#index.hexBeginning(hex));
    for (const { links, unlistedLayers } of this.#listed) {
      for (const { entries } of [links.layer, links.revision]) for (const { names } of entries) look(names);
      if (unlistedLayers !== undefined) look(entriesOf(listNames(this.#fs, `${this.#path}/${unlistedLayers}`)));
    }
    return [...found];
  }

  /** Reads what concerns these digests of sha256. */
  read(digests: readonly string[]): Surroundings {
    // No tag has ever named a config or a layer.
    const cursor = new DigestCursor(packDigests(digests));
    const named = digests.filter(() => cursor.next() && !this.#ancestors.isPart(cursor)).map((text) => text.slice(7));
    const history = named.length > MOST_FORMER ? "all" : named;
    const tags = this.#listed.map(({ reading, name, tagNames }) => {
      return readTags(reading, name, tagNames, { times: false, history });
    });
    const others = this.#listed.map((listed) => this.#otherLinks(listed));
    // What has come since the index was written is read before all else, since nobody knows what it leads to.
    const unknown = new Set(this.#unknownOf(tags));
    this.#graph.wantManifests(unknown);
    this.#readBlobs(unknown);
    const wanted = new Set([...digests, ...unknown, ...others.flatMap(({ mentioned }) => mentioned)]);
    for (let manifest = 0; manifest < this.#graph.manifests.length; manifest++) {
      const subject = this.#graph.manifests.subject(manifest);
      if (subject >= 0) wanted.add(this.#graph.digests.text(subject));
    }
    const items = new DigestCursor(packDigests(wanted));
    while (items.next()) this.#ancestors.want(items);
    for (const digest of this.#ancestors.find()) wanted.add(digest);
    const ofSha256 = [...wanted].filter((digest) => digest.startsWith("sha256:"));
    const hexes = new Set(ofSha256.map((digest) => digest.slice("sha256:".length)).sort());
    const leading = new DigestTable();
    for (const digest of wanted) leading.addText(digest);
    for (const [at, listed] of this.#listed.entries()) {
      const facts = this.#facts(listed, hexes, others[at]!.links);
      const named = selectTags(tags[at]!, (row, target) => {
        const { states, historyCounts } = tags[at]!;
        return states[row] !== DiskState.ok || historyCounts[row]! > 0 || leading.findAt(target) >= 0;
      });
      this.#graph.addRepository({ ...facts, tags: [named] });
    }
    this.#readBlobs(wanted);
    const { taken, read } = this.#memory.finish();
    const unreadable = [
      ...this.#chosen.namespace.unreadable,
      ...this.#listed.flatMap(({ reading }) => reading.unreadable),
      ...this.#unreadable,
    ];
    const catalogue = walkCatalogue(this.#chosen.namespace, this.#rules);
    return { graph: this.#graph, catalogue, unreadable, counts: { taken, read } };
  }

  /** Of sha256: the revisions, and what tags name, that the index does not have as manifests. */
  *#unknownOf(tags: readonly TagFacts[]): Generator<string> {
    for (const { links } of this.#listed) {
      for (const { algorithm, names } of links.revision.entries) {
        if (algorithm !== "sha256") continue;
        const places = new DigestWriter(names.length);
        for (const name of names) places.pushHex(algorithm, name);
        yield* this.#unknownAmong(places.finish());
      }
    }
    for (const { targets } of tags) yield* this.#unknownAmong(targets);
  }

  *#unknownAmong(list: PackedDigests): Generator<string> {
    const cursor = new DigestCursor(list);
    while (cursor.next()) {
      const { code, bytes, offset, size } = cursor;
      if (code === SHA256 && this.#known.findAt(cursor) < 0) yield digestText(code, bytes, offset, size)!;
    }
  }

  get #path(): string {
    return this.#chosen.root.path;
  }

  #list(name: string): Listed {
    const unreadable: Unreadable[] = [];
    const reading = { ...newReading(this.#fs, this.#path, this.#memory), unreadable };
    const tags = listPart(reading, tagsFolder(name));
    let unlistedLayers: string | undefined;
    const isKnown = (algorithm: Algorithm, folder: string) => {
      const isFolder =
        algorithm === "sha256" && statPath(this.#fs, `${this.#path}/${folder}`).stat?.isDirectory() === true;
      if (isFolder) unlistedLayers = folder;
      return isFolder;
    };
    const layer = listLinks(reading, name, "layer", isKnown);
    const links = { layer, revision: listLinks(reading, name, "revision") };
    return { name, reading, tagNames: entriesOf(tags), tagsState: tags.state, links, unlistedLayers };
  }

  /** Links under other algorithms than sha256, which hold another digest than their place says; and all that they mention. */
  #otherLinks({ name, reading, links }: Listed) {
    const read = (kind: LinkKind) => {
      return links[kind].entries
        .filter(({ algorithm, names }) => algorithm !== "sha256" && names.length > 0)
        .map((entries) => readLinks(reading, name, kind, entries));
    };
    const found = { layer: read("layer"), revision: read("revision") };
    const all = [...found.layer, ...found.revision];
    const mentioned = all.flatMap(({ places, otherTargets }) => [...textsOf(places), ...textsOf(otherTargets)]);
    return { links: found, mentioned };
  }

  #facts(
    { name, reading, tagsState, links, unlistedLayers }: Listed,
    hexes: ReadonlySet<string>,
    others: Readonly<Record<LinkKind, readonly LinkFacts[]>>,
  ): Omit<RepositoryFacts, "tags"> {
    const read = (kind: LinkKind) => {
      return links[kind].entries
        .filter(({ algorithm }) => algorithm === "sha256")
        .map(({ algorithm, names }) => {
          const all = kind === "layer" && unlistedLayers !== undefined ? this.#layersIn(unlistedLayers, hexes) : names;
          const some = all.filter((hex) => hexes.has(hex));
          return readLinks(reading, name, kind, { algorithm, names: some });
        });
    };
    return {
      name,
      tagsState,
      layersState: links.layer.state,
      blocked: reading.blocked,
      linkFolders: { layer: [], revision: [] },
      layerLinks: [...read("layer"), ...others.layer],
      revisionLinks: [...read("revision"), ...others.revision],
      unexpectedLinks: { layer: [], revision: [] },
      uploads: [],
      unexpected: [],
      unreadable: [],
    };
  }

  /** Of a folder of layer links those that are there of a few digests, else all names. */
  #layersIn(folder: string, hexes: ReadonlySet<string>): readonly string[] {
    const path = `${this.#path}/${folder}`;
    if (hexes.size > MOST_ASKED) return entriesOf(listNames(this.#fs, path));
    return [...hexes].filter((hex) => {
      const { stat, code } = lookFor(this.#fs, `${path}/${hex}`);
      return stat !== undefined || code !== undefined;
    });
  }

  /** Those of the digests that the store has a folder for; and as manifests what is named as one. */
  #readBlobs(digests: Iterable<string>): void {
    const stored = [...digests].filter((digest) => {
      return parseDigest(digest) && isThere(this.#fs, `${this.#path}/${parentOf(blobData(digest))}`);
    });
    for (const facts of readImageBlobs(this.#fs, this.#path, stored, this.#memory)) {
      this.#graph.addBlobs(facts);
      for (const entry of facts.unreadable) this.#unreadable.push(entry);
    }
    for (let ids = this.#graph.takeManifestsToRead(); ids.length > 0; ids = this.#graph.takeManifestsToRead()) {
      const others = this.#graph.addKnown(ids);
      const options = { reading: this.#rules.manifests, memory: this.#memory };
      const facts = readManifests(this.#fs, this.#path, this.#graph.pack(others), options);
      this.#graph.addManifests(others, facts);
      for (const [row, error] of facts.errors) {
        this.#unreadable.push({ path: blobData(this.#graph.digests.text(others[row]!)), error });
      }
    }
  }
}

function textsOf(list: PackedDigests): string[] {
  return unpackDigests(list).filter((text) => text !== undefined);
}
