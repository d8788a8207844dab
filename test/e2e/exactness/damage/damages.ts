// The table of all damage: each kind by its name, and how a described damage is done to a root.
import { Storage } from "../storage.ts";
import { aliasDamages } from "./aliases.ts";
import { blobDamages } from "./blobs.ts";
import { flippedNameDamages } from "./flipped-names.ts";
import { immutableDamages } from "./immutable.ts";
import { linkDamages } from "./links.ts";
import { manifestDamages } from "./manifests.ts";
import { outsideDamages } from "./outside.ts";
import { pushDamages } from "./pushes.ts";
import { rootDamages } from "./roots.ts";
import { type DamageKind, siteOf } from "./site.ts";
import { structureDamages } from "./structure.ts";
import { unexpectedEntryDamages } from "./unexpected.ts";

/** One damage as plain data: the kind, and two numbers that choose the target and what else the kind has to choose. */
export interface Damage {
  kind: string;
  at: number;
  other: number;
}

export interface AppliedDamage extends Damage {
  /** What it was done to; undefined when earlier damage left nothing to do it to. */
  target: string | undefined;
}

/** The kinds by what they damage; of all damages drawn, each group has its share. */
export type DamageGroups = readonly { share: number; kinds: DamageKind[] }[];

/** Damage that a scan and a forecast are judged on. */
export const damageGroups: DamageGroups = [
  { share: 28, kinds: linkDamages },
  { share: 12, kinds: blobDamages },
  { share: 16, kinds: structureDamages },
  { share: 12, kinds: unexpectedEntryDamages },
  { share: 32, kinds: manifestDamages },
];

/** Damage that a clean-up and a second night are judged on. */
export const wideDamageGroups: DamageGroups = [
  ...damageGroups,
  { share: 25, kinds: aliasDamages },
  { share: 8, kinds: flippedNameDamages },
  { share: 12, kinds: pushDamages },
  { share: 15, kinds: rootDamages },
];

/** Damage that a gate is judged on. */
export const gateDamageGroups: DamageGroups = [...wideDamageGroups, { share: 10, kinds: immutableDamages }];

/** Damage that a plan is judged on: symbolic links in every place. */
export const planDamageGroups: DamageGroups = [
  ...damageGroups,
  { share: 30, kinds: aliasDamages },
  { share: 20, kinds: outsideDamages },
];

export const damageKinds: ReadonlyMap<string, DamageKind> = new Map(
  [...gateDamageGroups, ...planDamageGroups].flatMap((group) => group.kinds).map((kind) => [kind.name, kind]),
);

// What a change may run into when earlier damage stands in its way. Any other error is a mistake in the damage itself.
const inTheWay = new Set([
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "EEXIST",
  "ELOOP",
  "ENOTEMPTY",
  "EINVAL",
  "ENAMETOOLONG",
  "EPERM",
]);

/** Does the damages to `root` one after the other, but some kinds after all others. */
export function applyDamages(root: string, damages: readonly Damage[]): AppliedDamage[] {
  const storage = new Storage(root);
  const isLast = ({ kind }: Damage) => damageKinds.get(kind)?.last === true;
  return [...damages.filter((damage) => !isLast(damage)), ...damages.filter(isLast)].map((damage) => {
    const kind = damageKinds.get(damage.kind);
    if (kind === undefined) throw new Error(`no damage is called ${damage.kind}`);
    try {
      return { ...damage, target: kind.apply(siteOf(storage, damage.at, damage.other)) };
    } catch (error) {
      if (error instanceof Error && "code" in error && inTheWay.has(String(error.code))) {
        return { ...damage, target: undefined };
      }
      throw error;
    }
  });
}
