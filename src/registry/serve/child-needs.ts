// Which children of an index a pull needs: the one place that says so for every command.
import { Role } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import { matchesGlob } from "../../layout/glob.ts";

/** How much a reference matters. */
export type Need =
  /** Without it an image cannot be pulled. */
  | "required"
  /** Provenance of another child: a pull of a platform does without. */
  | "attestation"
  /** Of a platform that nobody is to pull from this repository. */
  | "unwanted";

const RANKS: Readonly<Record<Need, number>> = { unwanted: 0, attestation: 1, required: 2 };

/** Whether the first need is stronger than the second. */
export function isStronger(need: Need, than: Need): boolean {
  return RANKS[need] > RANKS[than];
}

/** The platforms that repositories are to have; what else their indexes name may be missing. */
export interface WantedPlatforms {
  /** A glob over root names; undefined for every root. */
  readonly root?: string | undefined;
  /** A glob over repository names. */
  readonly repository: string;
  /** `os/arch` or `os/arch/variant`, or globs of these; one without a variant stands for all variants. */
  readonly wanted: readonly string[];
}

/** The needs of the references in one repository. */
export class ChildNeeds {
  readonly #manifests: GraphView["manifests"];
  readonly #wanted: readonly string[] | undefined;

  /** The first of `rules` that names the repository decides; without one every platform is wanted. */
  constructor(
    { manifests }: Pick<GraphView, "manifests">,
    root: string,
    repository: string,
    rules: readonly WantedPlatforms[],
  ) {
    this.#manifests = manifests;
    this.#wanted = wantedPlatforms(rules, root, repository);
  }

  of(reference: number): Need {
    if (this.#manifests.role(reference) !== Role.child) return "required";
    return needOfChild(this.#manifests.platform(reference), this.#manifests.isAttestation(reference), this.#wanted);
  }
}

/** The platforms that a repository is to have, by the first of the rules that names it; undefined for all. */
export function wantedPlatforms(
  rules: readonly WantedPlatforms[],
  root: string,
  repository: string,
): readonly string[] | undefined {
  return rules.find(
    (rule) => (rule.root === undefined || matchesGlob(rule.root, root)) && matchesGlob(rule.repository, repository),
  )?.wanted;
}

/** How much a pull needs a child, which may be of no platform: then it is for all of them. */
export function needOfChild(
  platform: string | undefined,
  isAttestation: boolean,
  wanted: readonly string[] | undefined,
): Need {
  if (wanted && platform !== undefined && !isWanted(platform, wanted)) return "unwanted";
  return isAttestation ? "attestation" : "required";
}

function isWanted(platform: string, wanted: readonly string[]): boolean {
  const name = withoutDefaultVariant(platform);
  return wanted.some((one) => {
    const glob = withoutDefaultVariant(one);
    return matchesGlob(glob, name) || matchesGlob(`${glob}/*`, name);
  });
}

/** Clients treat `arm64/v8` as `arm64`. */
function withoutDefaultVariant(platform: string): string {
  return platform.replace(/\/arm64\/v8$/, "/arm64");
}
