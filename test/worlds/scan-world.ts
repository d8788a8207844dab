// Scans a world as the program does, without the program, and reads its graph.
import { Chalk } from "chalk";
import type { Finding } from "../../src/contract/finding.ts";
import type { ScanReport } from "../../src/contract/scan.ts";
import type { RepositoryFacts } from "../../src/facts/facts.ts";
import { RootGraph } from "../../src/graph/root-graph.ts";
import type { Terminal } from "../../src/output/terminal.ts";
import { createProgram } from "../../src/program.ts";
import { RULES, type Rules } from "../../src/registry/rules.ts";
import type { RootKind } from "../../src/scan/find-roots.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "../../src/scan/list-namespace.ts";
import { listBlobStore, readBlobShard } from "../../src/scan/read-blobs.ts";
import { readManifests } from "../../src/scan/read-manifests.ts";
import { readPiece, readRepository, withPieces } from "../../src/scan/read-repository.ts";
import type { World } from "./world.ts";

export interface WorldScan {
  /** Instead of the world's own. */
  fs?: StorageFs;
  kind?: RootKind;
  /** Milliseconds since 1970. */
  now?: number;
  /** Globs; only these repositories. */
  repositories?: string[];
  /** Further options, as on the command line. */
  options?: string[];
}

export interface WorldReport extends ScanReport {
  exitCode: number;
  findings: Finding[];
}

/** The report of a scan of the world, and its exit code. */
export async function scanWorld(world: World, scan: WorldScan = {}): Promise<WorldReport> {
  const { fs = world.fs, kind, now = Date.now(), repositories = [], options = [] } = scan;
  const lines = await runProgram(
    fs,
    [
      ...["scan", "--format", "json", ...options, world.root],
      ...(kind === undefined ? [] : [`--${kind}`, "registry"]),
      ...repositories.flatMap((glob) => ["--repo", glob]),
    ],
    now,
  );
  return { ...JSON.parse(lines.printed), exitCode: lines.exitCode };
}

interface ProgramRun {
  exitCode: number;
  printed: string;
  warnings: string[];
}

/** What comes to the program from outside besides files: its environment, and its standard input. */
interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Runs the program in this process, on a file system of the test's, at a time (milliseconds since 1970) that stands still
 * unless it is a clock. Rejects as the program's commands do.
 */
export async function runProgram(
  fs: StorageFs,
  args: readonly string[],
  now: number | (() => number) = Date.now(),
  { environment = {}, input = "" }: Surroundings = {},
): Promise<ProgramRun> {
  const run: ProgramRun = { exitCode: Number.NaN, printed: "", warnings: [] };
  const terminal: Terminal = {
    fs,
    write: async (text) => {
      run.printed += text;
    },
    warn: (line) => run.warnings.push(line),
    progress: () => {},
    clearProgress: () => {},
    beforeInterruption: () => () => {},
    colour: new Chalk({ level: 0 }),
    width: 80,
    now: typeof now === "function" ? now : () => now,
    wait: async () => {},
    resourceUsage: () => ({ processorTime: 0, machineTime: 0, waits: 0 }),
    user: { uid: process.geteuid!(), gid: process.getegid!() },
    version: "0.0.0",
    environment,
    readInput: async () => input,
  };
  const ended = (code: number) => {
    run.exitCode = code;
  };
  await createProgram({ version: "0.0.0", terminal: () => terminal, ended }).parseAsync(args, { from: "user" });
  return run;
}

/** What a finding is about, without its id, its words and where they are explained. */
export function identity({ id: _1, root: _2, message: _3, remedy: _4, docsUrl: _5, ...rest }: Finding) {
  return rest;
}

/** What a scan finds, without words and ids. */
export async function findingsOf(world: World, options: WorldScan = {}) {
  const { findings } = await scanWorld(world, options);
  return findings.map(identity);
}

/** `repository:tag` of the broken tags, with the platforms in brackets where there are any. */
export function brokenImages({ brokenTags }: ScanReport): string[] {
  return brokenTags.map(({ repository, tag, platforms }) =>
    [`${repository}:${tag}`, ...(platforms.length > 0 ? [`[${platforms.join(" ")}]`] : [])].join(" "),
  );
}

/** What is read of one repository of the world. */
export function repositoryFacts(
  world: World,
  name: string,
  storageFs = world.fs,
  { collector }: Rules = RULES[2],
): RepositoryFacts {
  const walksLayers = collector.deletesLayerLinks;
  const options = { tagTimes: true, tagHistory: true, folders: "every", walksLayers } as const;
  const { facts, rest } = readRepository(storageFs, world.root, name, options);
  const pieces = rest.map((piece) => readPiece(storageFs, world.root, piece, options));
  return withPieces(facts, rest, pieces);
}

/** The graph of the world, as it is read once. */
export function graphOf(world: World, storageFs = world.fs, rules: Rules = RULES[2]): RootGraph {
  const graph = new RootGraph(rules.servesByLayerLink);
  for (const name of repositoryNames(listNamespace(storageFs, world.root))) {
    graph.addRepository(repositoryFacts(world, name, storageFs, rules));
  }
  for (const shard of listBlobStore(storageFs, world.root).shards) {
    graph.addBlobs(readBlobShard(storageFs, world.root, shard));
  }
  for (let ids = graph.takeManifestsToRead(); ids.length > 0; ids = graph.takeManifestsToRead()) {
    graph.addManifests(ids, readManifests(storageFs, world.root, graph.pack(ids), { reading: rules.manifests }));
  }
  return graph;
}
