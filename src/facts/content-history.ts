// What runs remember of the content that they verified: whose, when, and how far round they have come.

export interface ContentHistory {
  /** When the present round began, in seconds since 1970: what was verified since then waits until all others were. */
  readonly roundStartedAt: number;
  /** The last run that was to verify content; undefined before the first. */
  readonly lastRun: LastRun | undefined;
  /** By root path: rows as ContentRecord takes them. */
  readonly roots: ReadonlyMap<string, Uint32Array>;
}

export interface LastRun {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Read to verify content, to an end or not, and how long that took, in milliseconds: the next run reckons with it. */
  readonly bytes: number;
  readonly durationMs: number;
}

export const NO_HISTORY: ContentHistory = { roundStartedAt: 0, lastRun: undefined, roots: new Map() };
