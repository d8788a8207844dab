// What moved on disk since it was read, of all that findings rest on: a registry may have been at work meanwhile.
import { setImmediate as breathe, setTimeout as sleep } from "node:timers/promises";
import type { RootFindings } from "../checks/root-findings.ts";
import type { NamespaceFacts } from "../facts/facts.ts";
import type { AsRead, Claim, NameClaim } from "../graph/claims.ts";
import type { Rules } from "../registry/rules.ts";
import { walkCatalogue } from "../registry/serve/catalogue.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "../scan/list-namespace.ts";
import { Rechecker } from "../scan/recheck.ts";

export interface Moved {
  /** Of the findings that no longer hold, relative to the root. */
  readonly paths: ReadonlySet<string>;
  /** The repositories, and the blobs' digests, that are to be read again. */
  readonly repositories: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
  /** The tree of names as it is now, where a finding rests on it. */
  readonly namespace: NamespaceFacts | undefined;
}

/** In between signals are seen: claims that are read again, and findings of which all is known to hold. */
const CLAIMS_AT_ONCE = 100;
const KNOWN_AT_ONCE = 10_000;

/**
 * Reads again, after a pause of so many milliseconds, what the findings rest on, since a registry writes small files in
 * place. `root` is the storage root's path; `readOver` reads all of it over first, where that is less than to read so many
 * places one by one.
 */
export async function findMoved(
  storageFs: StorageFs,
  root: string,
  findings: RootFindings,
  pause: number,
  readOver: () => Promise<AsRead | undefined>,
): Promise<Moved> {
  const { context } = findings;
  const paths = new Set<string>();
  const repositories = new Set<string>();
  const blobs = new Set<string>();
  const names = new Names(storageFs, root, context.rules);
  const rechecker = new Rechecker(storageFs, root);
  const restsOnAny = restOnAny(findings);
  if (restsOnAny) await sleep(pause);
  const asRead = restsOnAny ? await readOver() : undefined;
  let looked = 0;
  let passed = 0;
  for (const { check, found } of findings) {
    if (++passed % KNOWN_AT_ONCE === 0) await breathe();
    for (const claim of check.restsOn(context, found, asRead)) {
      if (asRead !== undefined && tells(asRead, claim)) continue;
      if (++looked % CLAIMS_AT_ONCE === 0) await breathe();
      const holds =
        claim.kind === "unseen" || claim.kind === "stops-walk" ? names.holds(claim) : rechecker.holds(claim);
      if (holds) continue;
      const { path, repository } = check.draft(context, found);
      paths.add(path);
      if (repository) repositories.add(repository.name);
      if ("digest" in claim && claim.digest !== undefined) blobs.add(claim.digest);
    }
  }
  // A forecast rests on these too, in a pull-through cache as well, where they are no findings.
  for (const { path } of context.catalogue.unexpected) {
    if (!names.holds({ kind: "stops-walk", path })) paths.add(path);
  }
  return { paths, repositories, blobs, namespace: names.now };
}

/** Whether there is anything to be read again. */
function restOnAny(findings: RootFindings): boolean {
  for (const { check, found } of findings) for (const _ of check.restsOn(findings.context, found)) return true;
  return false;
}

function tells(asRead: AsRead, claim: Claim): boolean {
  if (claim.kind === "blob") return asRead.blob(claim.blob);
  const isInRepository = claim.kind === "link" || claim.kind === "folder";
  return isInRepository && claim.repository !== undefined && asRead.repository(claim.repository);
}

/** The tree of repository names as it is now, listed when it is first asked about. */
class Names {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #rules: Rules;
  #listed:
    | {
        readonly namespace: NamespaceFacts;
        readonly names: ReadonlySet<string>;
        readonly seen: ReadonlySet<string>;
        readonly unexpected: ReadonlySet<string>;
      }
    | undefined;

  constructor(storageFs: StorageFs, root: string, rules: Rules) {
    this.#fs = storageFs;
    this.#root = root;
    this.#rules = rules;
  }

  /** Undefined where nobody asked. */
  get now(): NamespaceFacts | undefined {
    return this.#listed?.namespace;
  }

  holds(claim: NameClaim): boolean {
    this.#listed ??= this.#list();
    const { names, seen, unexpected } = this.#listed;
    if (claim.kind === "stops-walk") return unexpected.has(claim.path);
    return names.has(claim.repository) && !seen.has(claim.repository);
  }

  #list() {
    const namespace = listNamespace(this.#fs, this.#root, this.#rules);
    const { seen, unexpected } = walkCatalogue(namespace, this.#rules);
    return {
      namespace,
      names: new Set(repositoryNames(namespace)),
      seen: new Set(seen),
      unexpected: new Set(unexpected.map(({ path }) => path)),
    };
  }
}
