// Damage done on purpose, between scans, to images that no client touches; and its undoing.
import { cpSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../../scripts/fixtures/storage.ts";
import { type Image, makeMultiArch } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";

export const STILL = "still/images";

export interface Still {
  readonly tag: string;
  readonly image: Image;
}

/** Pushes the images that damage is done to: one for each kind, so that no two share what is damaged. */
export async function pushStill(url: string): Promise<Still[]> {
  const still = DAMAGES.map((_, index) => ({ tag: `v${index}`, image: makeMultiArch(`still ${index}`) }));
  for (const { tag, image } of still) await pushImage(url, STILL, image, tag);
  return still;
}

interface DamageKind {
  readonly code: string;
  /** The file that it is done to. */
  path(still: Still): string;
  spoil(file: string): void;
  /** Whether it breaks the image, which most damage does. */
  readonly breaks?: false;
}

const layerOf = ({ image }: Still) => image.children[0]!.blobs[1]!.digest;
const configOf = ({ image }: Still) => image.children[1]!.blobs[0]!.digest;
const childOf = ({ image }: Still) => image.children[0]!.digest;
const remove = (file: string) => rmSync(dirname(file), { recursive: true });
const empty = (file: string) => truncateSync(file, 0);
const write = (content: string) => (file: string) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
};

export const DAMAGES: readonly DamageKind[] = [
  { code: "missing-blob", path: (still) => blobPath(layerOf(still)), spoil: remove },
  { code: "missing-blob", path: (still) => blobPath(configOf(still)), spoil: remove },
  { code: "size-mismatch", path: (still) => blobPath(layerOf(still)), spoil: empty },
  { code: "unlinked-blob", path: (still) => layerLinkPath(STILL, layerOf(still)), spoil: remove },
  { code: "malformed-link", path: (still) => layerLinkPath(STILL, configOf(still)), spoil: empty },
  { code: "missing-child", path: (still) => blobPath(childOf(still)), spoil: remove },
  { code: "unlinked-child", path: (still) => revisionLinkPath(STILL, childOf(still)), spoil: remove },
  { code: "malformed-link", path: (still) => revisionLinkPath(STILL, childOf(still)), spoil: write("garbage") },
  { code: "digest-mismatch", path: (still) => blobPath(childOf(still)), spoil: write("{}") },
  { code: "dangling-tag", path: (still) => tagLinkPath(STILL, still.tag), spoil: (file) => rmSync(file) },
  { code: "malformed-link", path: (still) => tagLinkPath(STILL, still.tag), spoil: empty },
  {
    code: "stray-entry",
    path: () => `${repositoriesPath}/still/_note`,
    spoil: write("ends the walk"),
    breaks: false,
  },
];

/** Does the damage of that number to the image of that number, and gives back what undoes it. */
export function doDamage(root: string, number: number, still: Still): () => void {
  const kind = DAMAGES[number]!;
  const file = join(root, kind.path(still));
  const kept = `${root}.kept`;
  const wasThere = kind.breaks !== false;
  if (wasThere) cpSync(dirname(file), kept, { recursive: true });
  kind.spoil(file);
  return () => {
    rmSync(wasThere ? dirname(file) : file, { recursive: true, force: true });
    if (wasThere) renameSync(kept, dirname(file));
  };
}
