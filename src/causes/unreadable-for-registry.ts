// What another user than the registry's wrote, or with another mode: a restore or copy by root, most often. The bytes are
// there, and the registry may not read them.
import type { ClosedPath, RegistryUser } from "../facts/closed.ts";
import { BLOBS, REPOSITORIES, STORAGE } from "../layout/paths.ts";
import type { CauseContext, CauseDefinition } from "./cause.ts";

/** More paths than this are named by the directories that they lie in. */
const MOST_PATHS = 4;

export const unreadableForRegistry: CauseDefinition = {
  code: "unreadable-for-registry",
  meaning: "files or directories have another owner or mode than the rest, and the registry's user may not read them",
  find: ({ path, findings }: CauseContext) => {
    const { closed, registryUser } = findings.context;
    const [first] = closed;
    if (first === undefined || registryUser === undefined || findings.count("unreadable-for-registry") === 0)
      return undefined;
    const { uid, isNamed } = registryUser;
    const places = `${closed.length} ${closed.length === 1 ? "place has" : "places have"} an owner or mode`;
    const command = commandFor(path, closed, registryUser);
    const user = isNamed ? `user ${uid}` : `user ${uid}, whom most of the root belongs to,`;
    const whether = isNamed ? "" : "; if another user serves the registry, name that one with --as-user (0 for root)";
    return {
      message: `${places} with which ${user} may not read: the registry answers 500 there, and nothing is lost`,
      evidence: {
        user: uid,
        places: closed.length,
        path: first.path,
        owner: `${first.uid}:${first.gid}`,
        mode: first.mode.toString(8).padStart(4, "0"),
      },
      fix: `run ${command}, then scan again; delete and push nothing until then${whether}`,
      next: command,
      explains: ({ check }) => check.code === "unreadable-for-registry",
    };
  },
};

/** Gives the closed places to the user, and lets their owner read, as far as either is what keeps the user out. */
function commandFor(root: string, closed: readonly ClosedPath[], { uid, gids: [gid] }: RegistryUser): string {
  const foreign = closed.filter((entry) => entry.uid !== uid);
  const shut = closed.filter(({ mode, need }) => (mode >> 6) % 8 !== ((mode >> 6) | (need === "read" ? 4 : 5)) % 8);
  const owner = gid === undefined ? `${uid}` : `${uid}:${gid}`;
  const commands = [
    ...(foreign.length > 0 ? [`chown -R ${owner} ${argumentsFor(root, foreign)}`] : []),
    ...(shut.length > 0 ? [`chmod -R u+rX ${argumentsFor(root, shut)}`] : []),
  ];
  return commands.join(" && ");
}

/** The places themselves; where there are many, what they lie in: a repository, the blobs, or all of the storage. */
function argumentsFor(root: string, closed: readonly ClosedPath[]): string {
  const paths = closed.map(({ path }) => path);
  const wider = [paths, unique(paths.map(partOf)), unique(paths.map(halfOf))];
  const few = wider.find((some) => some.length <= MOST_PATHS) ?? [STORAGE];
  return few.map((path) => quoted(path === "." ? root : `${root}/${path}`)).join(" ");
}

/** The repository that a path lies in, or its shard of the blobs. */
function partOf(path: string): string {
  if (path.startsWith(`${REPOSITORIES}/`)) return path.replace(/\/_(?:layers|manifests)(?:\/.*)?$/, "");
  return path.startsWith(`${BLOBS}/`)
    ? path
        .split("/")
        .slice(0, BLOBS.split("/").length + 2)
        .join("/")
    : path;
}

function halfOf(path: string): string {
  return [REPOSITORIES, BLOBS].find((half) => path === half || path.startsWith(`${half}/`)) ?? path;
}

/** Without what lies in another one of them, as `-R` goes there anyhow. */
function unique(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      if (all.has(path.slice(0, slash))) return false;
    }
    return path === "." || !all.has(".");
  });
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./:@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
