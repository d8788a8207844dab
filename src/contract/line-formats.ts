// How each report is written: which of its lists JSON gives a line an entry, and what their lines are called in JSON
// Lines. The writers and the schemas of lines both follow this. Commands load it, so it loads no schema.

/** A list of a report. An entry is a line of its own in JSON. */
interface ListFormat {
  /** The type of an entry's line; without it the list stays in the report's last line. */
  readonly line?: string;
  /** Lists of an entry: in JSON their entries are lines too; in JSON Lines only those that have a line leave it. */
  readonly lists?: { readonly [member: string]: NestedFormat };
}

/** A list of an entry. Its lines name the root that the entry is about. */
interface NestedFormat {
  readonly line?: string;
  /** What an entry that is plain text is called in its line. */
  readonly field?: string;
}

export interface LineFormat {
  /** In the order of their lines. */
  readonly lists: { readonly [member: string]: ListFormat };
  /** Reports within the report, whose lines come first. */
  readonly reports?: { readonly [member: string]: LineFormat };
  /** The type of the last line, which holds all that is in no other. */
  readonly last: string;
  /** What the last line sums up over the roots: lists by their length, numbers by their value. */
  readonly sums?: readonly string[];
}

const UNREADABLE = { unreadable: { line: "unreadable" } } as const;

const SCAN = {
  lists: {
    roots: { line: "root" },
    causes: { line: "cause" },
    findings: { line: "finding" },
    brokenTags: { line: "brokenTag" },
    ...UNREADABLE,
  },
  last: "summary",
} as const satisfies LineFormat;

const FORECAST_LISTS = {
  breaks: { line: "break" },
  losesRepair: { line: "losesRepair" },
  aborts: { line: "abort" },
  refusedTags: { line: "refusedTag" },
  unseenRepositories: { line: "unseenRepository", field: "repository" },
  deletes: { line: "delete" },
  removedTags: { line: "removedTag", field: "image" },
  cleanUpWarnings: { line: "cleanUpWarning" },
  deletedManifests: { line: "deletedManifest", field: "manifest" },
  deletedBlobs: { line: "deletedBlob", field: "digest" },
  deletedLayerLinks: { line: "deletedLayerLink", field: "link" },
} as const satisfies ListFormat["lists"];

const FORECAST = {
  lists: { roots: { line: "root", lists: FORECAST_LISTS }, ...UNREADABLE },
  last: "summary",
  sums: [
    "breaks",
    "losesRepair",
    "aborts",
    "refusedTags",
    "unseenRepositories",
    "marked",
    "deletes",
    "removedTags",
    "deletedManifests",
    "deletedBlobs",
    "deletedBytes",
    "deletedLayerLinks",
    "safeToFreeBytes",
  ],
} as const satisfies LineFormat;

/** By the command that makes the report. */
export const LINE_FORMATS = {
  scan: SCAN,
  forecast: FORECAST,
  gate: {
    lists: { reasons: {}, fingerprints: {} },
    // Only the last line of all is called summary, so that a stream that was cut off is noticed here too.
    reports: {
      scan: { ...SCAN, last: "scanSummary" },
      forecast: {
        ...FORECAST,
        lists: { ...FORECAST.lists, roots: { line: "forecastRoot", lists: FORECAST_LISTS } },
        last: "forecastSummary",
      },
    },
    last: "summary",
  },
  verify: {
    lists: { roots: { line: "root" }, images: { line: "image", lists: { parts: {}, findings: {} } }, ...UNREADABLE },
    last: "summary",
  },
  why: {
    lists: {
      roots: { line: "root" },
      blobs: { line: "blob", lists: { references: {}, tags: {}, links: {}, formerTags: {} } },
      ...UNREADABLE,
    },
    last: "summary",
  },
  usage: { lists: { roots: { line: "root" }, entries: { line: "entry" }, ...UNREADABLE }, last: "summary" },
  reclaim: {
    lists: {
      roots: {
        line: "root",
        lists: { manifests: { line: "manifest" }, stayingTags: { line: "stayingTag" }, kept: { line: "kept" } },
      },
      ...UNREADABLE,
    },
    last: "summary",
  },
  probe: {
    lists: { ...SCAN.lists, images: { line: "image" } },
    last: "summary",
  },
  plan: {
    lists: { roots: { line: "root" }, steps: { line: "step" }, left: { line: "left" }, ...UNREADABLE },
    last: "summary",
  },
} as const satisfies Record<string, LineFormat>;

export type Command = keyof typeof LINE_FORMATS;
