// The month: what happens to the registries before each night's run, and what the night must then be like.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobPath, repositoriesPath } from "../../../scripts/fixtures/storage.ts";
import { healthyPushes } from "../../../scripts/fixtures/worlds.ts";
import { deleteManifest } from "../../../scripts/registry/client.ts";
import { type Image, makeImage } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { collectGarbage, withRegistry } from "../../../scripts/registry/server.ts";
import type { Machine } from "./machine.ts";

export interface Night {
  readonly happened: string;
  readonly act?: (machine: Machine) => Promise<void> | void;
  /** Exit codes; undefined where the machine is off. Without them both are 0. */
  readonly scan?: number | undefined;
  readonly gate?: number | undefined;
  readonly gateOptions?: readonly string[];
  /** Errors in `private` that are not accepted, accepted findings, and warnings; without them 0. */
  readonly errors?: number;
  readonly accepted?: number;
  readonly warnings?: number;
  /** Roots that were not read whole. */
  readonly unread?: readonly string[];
  /** What the report says of the last complete run: new, persisting, since which night, resolved. */
  readonly history?: readonly [number, number, number | null, number];
  /** Words that must be among what is printed. */
  readonly says?: RegExp;
}

const nightly = (version: number) => makeImage(`team/nightly ${version}`);
const [first, second] = [nightly(1), nightly(2)];
const victim = makeImage("team/victim");

function push(repository: string, image: Image, tag: string) {
  return (machine: Machine) =>
    withRegistry({ root: machine.private }, async (url) => {
      await pushImage(url, repository, image, tag);
    });
}

async function collect(machine: Machine, deleteUntagged = false): Promise<void> {
  const { exitCode, stderr } = await collectGarbage(machine.private, { deleteUntagged });
  if (exitCode !== 0) throw new Error(`collection failed: ${stderr}`);
}

/** How many children a collection with -m unlinks of these images, as it did of the fixture `incident`: attestations are warnings. */
const INCIDENT_CHILDREN = 11;
const INCIDENT_ATTESTATIONS = 4;
const AFTER_INCIDENT = { errors: INCIDENT_CHILDREN - INCIDENT_ATTESTATIONS, warnings: 40 + INCIDENT_ATTESTATIONS };

const lostLayer = (machine: Machine) => join(machine.private, blobPath(victim.blobs[1]!.digest));
const webTags = (machine: Machine) => join(machine.private, repositoriesPath, "web/frontend/_manifests/tags");

export const NIGHTS: readonly Night[] = [
  { happened: "regfsck was installed" },
  { happened: "nothing", history: [0, 0, null, 0] },
  { happened: "an image was pushed", act: push("team/nightly", first, "latest") },
  { happened: "another was pushed to the same tag", act: push("team/nightly", second, "latest") },
  {
    happened: "the clean-up deleted the image that lost its tag",
    act: (machine) =>
      withRegistry({ root: machine.private }, (url) => deleteManifest(url, "team/nightly", first.digest)),
  },
  { happened: "the gated collection ran after the last night", act: collect, warnings: 3, history: [3, 0, null, 1] },
  {
    happened: "one more image was pushed",
    act: push("team/victim", victim, "1.0"),
    warnings: 3,
    history: [0, 3, 5, 0],
  },
  {
    happened: "a layer of it was lost",
    act: (machine) => {
      machine.backUp();
      rmSync(dirname(lostLayer(machine)), { recursive: true });
    },
    scan: 4,
    gate: 4,
    errors: 1,
    warnings: 3,
    history: [1, 3, 5, 0],
    says: /^1 of \d+ tags is broken[\s\S]*private\/team\/victim:1\.0/,
  },
  { happened: "nobody did anything", scan: 4, gate: 4, errors: 1, warnings: 3, history: [0, 4, 5, 0] },
  {
    happened: "it was restored",
    act: (machine) => machine.restore(),
    warnings: 3,
    history: [0, 3, 5, 1],
  },
  {
    happened: "somebody planned to collect with -m",
    gateOptions: ["-m"],
    gate: 4,
    warnings: 3,
    says: /garbage collection would break \d+ tags/,
  },
  {
    happened: "somebody else did collect with -m",
    act: (machine) => {
      machine.backUp();
      return collect(machine, true);
    },
    scan: 4,
    gate: 4,
    ...AFTER_INCIDENT,
    says: /^5 of \d+ tags are broken/,
  },
  {
    happened: "that was accepted for two nights",
    act: (machine) => {
      const until = new Date((machine.begin + 13 * 86_400) * 1000).toISOString().slice(0, 10);
      machine.configure(
        `accepted: [{ code: unlinked-child, root: private, reason: rebuilt tomorrow, until: ${until} }]`,
      );
    },
    accepted: INCIDENT_CHILDREN,
    warnings: 40,
  },
  { happened: "nothing was rebuilt", accepted: INCIDENT_CHILDREN, warnings: 40 },
  { happened: "the acceptance ended", scan: 4, gate: 4, ...AFTER_INCIDENT },
  { happened: "all was restored", act: (machine) => machine.restore(), warnings: 3 },
  {
    happened: "the volume of one registry was not mounted",
    act: (machine) => machine.unmount(machine.private),
    scan: 8,
    gate: 8,
    unread: ["private"],
    says: /private\/docker\/registry\/v2/,
  },
  {
    happened: "nor was the volume of the other",
    act: (machine) => machine.unmount(machine.hub),
    scan: 16,
    gate: 16,
    unread: ["private", "hub"],
    says: /no storage root.*is the volume mounted\?/,
  },
  {
    happened: "both were mounted",
    act: (machine) => {
      machine.mount(machine.private);
      machine.mount(machine.hub);
    },
    warnings: 3,
    history: [0, 3, 5, 0],
  },
  {
    happened: "a disk failed",
    act: (machine) => {
      machine.failing = webTags(machine);
    },
    scan: 8,
    gate: 8,
    warnings: 3,
    unread: ["private"],
    says: /EIO/,
  },
  {
    happened: "and took a layer with it",
    act: (machine) => {
      machine.backUp();
      rmSync(dirname(lostLayer(machine)), { recursive: true });
    },
    scan: 12,
    gate: 4,
    errors: 1,
    warnings: 3,
    unread: ["private"],
    says: /^1 of \d+ tags is broken; incomplete: 1 place could not be read/,
  },
  {
    happened: "the disk was replaced",
    act: (machine) => {
      machine.failing = undefined;
      machine.restore();
    },
    warnings: 3,
    history: [0, 3, 5, 0],
  },
  {
    happened: "an old copy was mounted in place of one registry",
    act: (machine) => {
      machine.unmount(machine.private);
      machine.mountOther(machine.private, "small");
    },
    scan: 8,
    gate: 8,
    unread: ["private"],
    says: /blobs: \d+, where there were \d+ on/,
  },
  {
    happened: "the right one was mounted again",
    act: (machine) => machine.mount(machine.private),
    warnings: 3,
    history: [0, 3, 5, 0],
  },
  { happened: "the machine was off", scan: undefined, gate: undefined },
  { happened: "it was still off", scan: undefined, gate: undefined },
  { happened: "it was on again", warnings: 3, history: [0, 3, 5, 0] },
  {
    happened: "a crash left a tag's link empty",
    act: (machine) => writeFileSync(join(webTags(machine), "stable/current/link"), ""),
    scan: 4,
    gate: 4,
    errors: 1,
    warnings: 3,
    history: [1, 3, 5, 0],
  },
  {
    happened: "the tag was pushed again",
    act: push("web/frontend", healthyPushes().findLast(({ tag }) => tag === "stable")!.image, "stable"),
    warnings: 3,
    history: [0, 3, 5, 1],
  },
  {
    happened: "the links to nothing that the collection had left were removed",
    act: (machine) => {
      const layers = join(machine.private, repositoriesPath, "team/nightly/_layers/sha256");
      for (const hex of readdirSync(layers)) {
        if (
          first.blobs.some(({ digest }) => digest.endsWith(hex)) &&
          !second.blobs.some(({ digest }) => digest.endsWith(hex))
        )
          rmSync(join(layers, hex), { recursive: true });
      }
    },
    history: [0, 0, null, 3],
  },
];
