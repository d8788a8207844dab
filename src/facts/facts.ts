// What the disk says, before anyone judges it: plain data that a worker thread can hand over.
import type { LinkKind } from "../layout/paths.ts";
import type { PackedDigests } from "./packed-digests.ts";

/** What a path turned out to be when it was read. */
export const DiskState = {
  /** There, and what it should be. */
  ok: 0,
  /** "No such file": the registry answers 404, garbage collection goes on. */
  absent: 1,
  /** A folder where a file should be: a blob counts as absent then, a link answers 500. */
  folder: 2,
  /** There, but not what it should be (a link that does not hold a digest, a symbolic link to itself): 500. */
  malformed: 3,
  /** The disk or its permissions refused: nothing can be said. */
  unreadable: 4,
  /** A file stands where a folder of its path should be: 500, though a walk of the folders never gets there. */
  notAFolder: 5,
} as const;
export type DiskState = (typeof DiskState)[keyof typeof DiskState];

/** Whether a link in this state answers 500. */
export function isBroken(state: DiskState): boolean {
  return state === DiskState.folder || state === DiskState.malformed || state === DiskState.notAFolder;
}

/** Something that could not be read, so that the run is incomplete. `path` is relative to the root. */
export interface Unreadable {
  readonly path: string;
  readonly error: string;
}

/** One shard of the blob store: a row a blob folder. */
export interface BlobFacts {
  readonly digests: PackedDigests;
  /** The shard, where it is no folder. */
  readonly blocked: readonly BlockedFolder[];
  /** DiskState of `data`. */
  readonly states: Uint8Array;
  /** What tells each row's file from all others, whatever path leads to it; empty unless folders are looked through. */
  readonly files: Float64Array;
  /** Of the folders that were looked through: the rows of those that are a symbolic link, or whose `data` is. */
  readonly linkedFolders: readonly number[];
  readonly linkedFiles: readonly number[];
  /** Bytes, and last modification in milliseconds since 1970; 0 where there is no file. */
  readonly sizes: Float64Array;
  readonly modified: Float64Array;
  /**
   * With an index: where the record begins of the manifest that the blob is known to be, SOUND_BLOB where it was hashed, or
   * UNKNOWN_BLOB. Else empty.
   */
  readonly known: Int32Array;
  /** Files called `data` where garbage collection takes the path apart and finds no digest: it aborts there. */
  readonly unexpected: readonly UnexpectedEntry[];
  readonly unreadable: readonly Unreadable[];
}

/** Blobs whose bytes were hashed: a row each, in the order in which they were asked for. */
export interface ContentFacts {
  /** DiskState: ok, absent where the blob went away since the store was read, or unreadable. */
  readonly states: Uint8Array;
  /** 1 where the bytes do not hash to the blob's digest. */
  readonly corrupt: Uint8Array;
  /** What the bytes of the corrupt rows do hash to, in the order of the rows. */
  readonly actualDigests: PackedDigests;
  readonly errors: ReadonlyMap<number, string>;
}

/** What reading a blob's content gave. */
export const ContentOutcome = {
  /** Its bytes hash to its digest. */
  sound: 0,
  corrupt: 1,
  /** It went away since the store was read. */
  absent: 2,
  /** It could not be read to its end; why is in the errors. */
  unreadable: 3,
  /** Reading was stopped before. */
  unread: 4,
} as const;
export type ContentOutcome = (typeof ContentOutcome)[keyof typeof ContentOutcome];

/** What is to be told of corrupt content, beside what it hashes to. */
export interface ContentDamage {
  /** What its bytes do hash to, algorithm:hex. */
  readonly actual: string;
  /** How many bytes there are. */
  readonly bytes: number;
  /** How many of them lie in blocks of 4 KiB that hold nothing but zeros, and the first of these; -1 for none. */
  readonly zeros: number;
  readonly firstZero: number;
  /** The first byte that is other than in a sound copy, and the root that has that. */
  readonly difference?: { readonly offset: number; readonly root: string };
  /** When it was last found to match, in seconds since 1970, and what has become of its file since. */
  readonly earlier?: { readonly verifiedAt: number; readonly file: "unchanged" | "touched" | "rewritten" };
}

/** Blobs whose content was verified: a row each, in the order in which they were asked for. */
export interface VerifiedContent {
  /** A ContentOutcome each. */
  readonly outcomes: Uint8Array;
  /** The file as of its reading: bytes, and modification and change in milliseconds since 1970. */
  readonly sizes: Float64Array;
  readonly modified: Float64Array;
  readonly changed: Float64Array;
  /** By row: of each corrupt one. */
  readonly damages: ReadonlyMap<number, ContentDamage>;
  /** By row: of each unreadable one. */
  readonly errors: ReadonlyMap<number, string>;
}

/** Links of one kind in one repository: a row a digest folder. */
export interface LinkFacts {
  /** The digest of the folder that the link lies in. */
  readonly places: PackedDigests;
  /** DiskState of the link. `absent` is an empty digest folder. */
  readonly states: Uint8Array;
  /** The rows whose content is another digest than their place, and that digest. */
  readonly otherRows: Int32Array;
  readonly otherTargets: PackedDigests;
  /** What is wrong with malformed links, by row. */
  readonly reasons: ReadonlyMap<number, string>;
}

/** Tags of one repository: a row a folder under `tags`. */
export interface TagFacts {
  readonly names: readonly string[];
  /** DiskState of `current/link`. */
  readonly states: Uint8Array;
  /** What `current/link` names; none unless its state is ok. */
  readonly targets: PackedDigests;
  /** Last modification of the tag's folder, in milliseconds since 1970; empty unless asked for. */
  readonly modified: Float64Array;
  /** When `current/link` was last written, which is when the tag was pushed last; as `modified`. */
  readonly pushed: Float64Array;
  /** How many history entries each row has, and their digests, row after row. */
  readonly historyCounts: Int32Array;
  /** DiskState of each row's history folders: not ok where garbage collection with -m could not look into them. */
  readonly historyStates: Uint8Array;
  /** Of a row, the digests in its history whose directory is a symbolic link that leads back to itself. */
  readonly loopedHistory: ReadonlyMap<number, readonly string[]>;
  readonly history: PackedDigests;
  readonly reasons: ReadonlyMap<number, string>;
}

export interface UploadFacts {
  readonly id: string;
  /** When it began (its `startedat`, else the folder's modification) and when it last grew; milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether its `startedat` is a time: without one the registry never purges it. */
  readonly isDated: boolean;
  readonly modified: number;
  readonly bytes: number;
}

/** Where and how an entry gets in the way of the registry's own walk. */
export type UnexpectedReason =
  /** A regular file whose name begins with `_`: the walk of its folder ends there. */
  | "ends-walk"
  /** A repository folder whose path is no valid name. */
  | "invalid-name"
  /** A file where the registry expects a folder. */
  | "file-for-folder"
  /** A symbolic link that leads back to itself, or to a folder above it. */
  | "link-loop"
  /** A file called `data` in the blob store whose path gives no digest. */
  | "misplaced-data"
  /** A file called `data` in the blob store, or `link` below revisions/, on whose path a name is not UTF-8. */
  | "undecodable-name"
  /** A file called `data` in the blob store whose path gives the digest of a blob that belongs elsewhere. */
  | "displaced-blob"
  /** A file called `link` below revisions/ that is not a revision link, and does not hold a digest. */
  | "misplaced-link"
  /** An entry below tags/ that no client can ask for and whose link cannot be read: `-m` aborts. */
  | "unusable-tag";

export interface UnexpectedEntry {
  /** Relative to the root. */
  readonly path: string;
  readonly reason: UnexpectedReason;
  /** The repositories that the walk never reaches because of it. */
  readonly hides?: readonly string[];
}

/** A file called `link` at another depth than the links of its kind: garbage collection reads it all the same. */
export interface UnexpectedLink {
  readonly path: string;
  readonly state: DiskState;
  readonly target: string | undefined;
}

/** What stands where a folder should be and is none, so that everything below it answers in the same way. */
export interface BlockedFolder {
  /** Relative to the root. */
  readonly path: string;
  /** Not ok, and not absent. */
  readonly state: DiskState;
}

export interface RepositoryFacts {
  readonly name: string;
  /** DiskState of the folder that its tags lie in. */
  readonly tagsState: DiskState;
  /** DiskState of the folder that its layer links lie in. */
  readonly layersState: DiskState;
  readonly blocked: readonly BlockedFolder[];
  /** What tells the directories that links lie in from all others, whatever path leads there; not always read. */
  readonly linkFolders: Readonly<Record<LinkKind, readonly string[]>>;
  readonly layerLinks: readonly LinkFacts[];
  readonly revisionLinks: readonly LinkFacts[];
  readonly unexpectedLinks: Readonly<Record<LinkKind, readonly UnexpectedLink[]>>;
  readonly tags: readonly TagFacts[];
  readonly uploads: readonly UploadFacts[];
  readonly unexpected: readonly UnexpectedEntry[];
  readonly unreadable: readonly Unreadable[];
}

/** What came of reading a blob as a manifest. */
export const ManifestState = {
  ok: 0,
  /** The blob's data is not there (any more). */
  absent: 1,
  /** The registry cannot parse it, or it is over its limit: 500. */
  invalid: 2,
  /** As invalid, and the registry drops the connection instead of answering. */
  panics: 3,
  unreadable: 4,
} as const;
export type ManifestState = (typeof ManifestState)[keyof typeof ManifestState];

export const ManifestKind = { none: 0, image: 1, index: 2, schema1: 3 } as const;
/** Numbered in the order of ROLE_NAMES in contract/. */
export const Role = { config: 0, layer: 1, child: 2 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** Blobs read as manifests: a row each, in the order in which they were asked for. */
export interface ManifestFacts {
  readonly states: Uint8Array;
  /** 1 where the bytes do not hash to the blob's digest. */
  readonly corrupt: Uint8Array;
  /** What the bytes of the corrupt rows do hash to, in the order of the rows. */
  readonly actualDigests: PackedDigests;
  /** Of one that cannot be parsed `none`, unless the release before can: then its kind and references are what that reads. */
  readonly kinds: Uint8Array;
  /** The blob's size when it was read, in bytes. */
  readonly sizes: Float64Array;
  /** References of row i: `referenceCounts[i]` rows of the columns below, following those of row i - 1. */
  readonly referenceCounts: Int32Array;
  readonly targets: PackedDigests;
  readonly roles: Uint8Array;
  /** What the descriptor says, in bytes; NaN where it says nothing. */
  readonly targetSizes: Float64Array;
  /** 1 for a layer that clients fetch from elsewhere. */
  readonly foreign: Uint8Array;
  /** 1 for a child that is another child's attestation. */
  readonly attestations: Uint8Array;
  /** Index into `platformNames`, -1 for none. */
  readonly platforms: Int32Array;
  readonly platformNames: readonly string[];
  /** The digest that each row names as its subject, or none. */
  readonly subjects: PackedDigests;
  readonly reasons: ReadonlyMap<number, string>;
  readonly errors: ReadonlyMap<number, string>;
}

/** The tree of repository names: what the registry's walk would meet, without what is inside `_` folders. */
export interface NamespaceFacts {
  /** Every folder's entries, by the folder's path below repositories/ ("" for that itself). */
  readonly folders: ReadonlyMap<string, readonly NamespaceEntry[]>;
  /** Those of the folders that hold nothing at all, not even what the registry's walk passes over. */
  readonly empty: readonly string[];
  readonly unexpected: readonly UnexpectedEntry[];
  readonly unreadable: readonly Unreadable[];
}

export interface NamespaceEntry {
  readonly name: string;
  readonly folder: boolean;
}
