// The readers of what others wrote, each with inputs drawn for it and what must hold of any: docs/reliability.md has the
// figures. A reader that only refuses in words passes; one that throws anything else, or disagrees with its oracle, fails.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { memfs } from "memfs";
import { parseConfig } from "../../../src/contract/config-file.ts";
import { UsageError } from "../../../src/contract/errors.ts";
import { parseState } from "../../../src/contract/state-file.ts";
import { DiskState } from "../../../src/facts/facts.ts";
import { parseManifest } from "../../../src/layout/manifest.ts";
import { valuesByRoot } from "../../../src/report/metrics/exposition.ts";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { LinkReader } from "../../../src/scan/read-link.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

export interface FuzzedReader {
  readonly name: string;
  /** What must hold of every input; fast-check draws, and shrinks what fails. */
  property(): fc.IAsyncProperty<unknown>;
}

const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 60, maxLength: 66 });
const digestLike = fc
  .tuple(fc.constantFrom("sha256", "sha384", "sha512", "SHA256", "md5", ""), fc.constantFrom(":", "", "::"), hex)
  .map((parts) => parts.join(""));
const realDigest = fc
  .constantFrom(64, 96, 128)
  .chain((length) =>
    fc
      .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
      .map((text) => `sha${length * 4}:${text}`),
  );

/** Bytes with some of them replaced, cut out or put in twice. */
function mutated(text: fc.Arbitrary<string | Buffer>): fc.Arbitrary<Buffer> {
  const edit = fc.record({ at: fc.nat(), cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) });
  return fc.tuple(text, fc.array(edit, { maxLength: 3 })).map(([content, edits]) => {
    let bytes = Buffer.from(content);
    for (const { at, cut, put } of edits) {
      const place = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
    }
    return bytes;
  });
}

const linkContents = fc.oneof(
  mutated(realDigest),
  mutated(digestLike),
  realDigest.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

const IS_DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/**
 * Oracle: the whole file is one digest. Reads come back in pieces of any size, but for a first one that ends just where a
 * digest would: that is taken for the whole, to spare a read a link.
 */
const link: FuzzedReader = {
  name: "links",
  property: () =>
    fc.asyncProperty(linkContents, fc.integer({ min: 1, max: 200 }), realDigest, async (bytes, piece, other) => {
      const { fs } = memfs({}, "/");
      fs.writeFileSync("/link", bytes);
      const short = {
        ...Object.fromEntries(["openSync", "closeSync"].map((call) => [call, fs[call as "openSync"].bind(fs)])),
        readSync: (file: number, buffer: Buffer, at: number, length: number) =>
          fs.readSync(file, buffer, at, Math.min(length, piece), null),
      } as unknown as StorageFs;
      const text = bytes.toString("latin1");
      fc.pre(bytes.length <= piece || !IS_DIGEST.test(text.slice(0, piece)));
      for (const expected of ["", other, text]) {
        const reader = new LinkReader(short);
        const isDigest = IS_DIGEST.test(text) && !text.endsWith("\n");
        // What is expected of a link is always a digest.
        if (expected !== "" && !IS_DIGEST.test(expected)) continue;
        const { state, target } = reader.read("/link", expected);
        if ((state === DiskState.ok) !== isDigest) throw new Error(`taken for ${state}`);
        if (target !== (isDigest ? text : "")) throw new Error(`target ${target}`);
      }
    }),
};

const json = fc.jsonValue({ maxDepth: 4 });
const mediaType = fc.constantFrom(
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.index.v1+json",
  "",
);
const descriptor = fc.record(
  {
    digest: fc.oneof(realDigest, fc.string(), json),
    size: fc.oneof(fc.maxSafeNat(), json),
    urls: json,
    platform: json,
  },
  { requiredKeys: [] },
);
const manifest = fc.record(
  {
    schemaVersion: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(1, 2) }, { weight: 1, arbitrary: json }),
    mediaType: fc.oneof({ weight: 9, arbitrary: mediaType }, { weight: 1, arbitrary: json }),
    config: fc.oneof(descriptor, json),
    layers: fc.oneof(fc.array(descriptor), json),
    manifests: fc.oneof(fc.array(descriptor), json),
    fsLayers: fc.oneof(fc.array(fc.record({ blobSum: fc.oneof(realDigest, json) })), json),
    subject: descriptor,
    annotations: json,
  },
  { requiredKeys: ["schemaVersion"] },
);
const manifestBytes = fc.oneof(
  manifest.map((value) => Buffer.from(JSON.stringify(value))),
  mutated(manifest.map((value) => JSON.stringify(value))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

/** Oracle: what is JSON to nobody is none to it; what it takes, JSON.parse takes too, but for text that is not UTF-8. */
const manifests: FuzzedReader = {
  name: "manifests",
  property: () =>
    fc.asyncProperty(manifestBytes, async (bytes) => {
      const read = parseManifest(bytes);
      if (!read.ok) {
        if (read.reason === "" || read.reason.length > 1_000)
          throw new Error("refused without a reason, or with a long one");
        return;
      }
      // A later key that differs in case alone counts for Go, so only the grammar is compared.
      JSON.parse(bytes.toString("latin1"));
      for (const { digest, size } of read.references) {
        if (typeof digest !== "string" || typeof size !== "number") throw new Error("a reference of the wrong types");
      }
    }),
};

const gateReport = fc.record({
  schemaVersion: fc.oneof(fc.constant(1), json),
  command: fc.oneof(fc.constant("gate"), json),
  runId: fc.oneof(fc.string(), json),
  startedAt: fc.oneof(fc.constant("2026-01-01T00:00:00.000Z"), json),
  decision: fc.oneof(fc.constantFrom("go", "stop", "undecided"), json),
  fingerprints: fc.oneof(
    fc.array(fc.record({ root: fc.constant("registry"), path: fc.constant("/registry"), sha256: fc.oneof(hex, json) })),
    json,
  ),
});

/** A report that no gate wrote never lets a collection pass: what it says of the disk cannot be right. */
const recheck: FuzzedReader = {
  name: "gate reports",
  property: () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    return fc.asyncProperty(
      fc.oneof(
        mutated(gateReport.map((value) => JSON.stringify(value))),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      async (bytes) => {
        const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
        try {
          writeFileSync(join(folder, "gate.json"), bytes);
          const run = await runProgram(world.fs, ["gate", "--recheck", join(folder, "gate.json"), world.root]).catch(
            (error: unknown) => {
              if (error instanceof UsageError) return { exitCode: 16 };
              throw error;
            },
          );
          if (![4, 8, 16].includes(run.exitCode)) throw new Error(`exit code ${run.exitCode}`);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  },
};

const stateText = fc
  .record({ schemaVersion: fc.oneof(fc.constant(1), json), completedAt: json, roots: json, findings: json })
  .map((value) => JSON.stringify(value));
const MESSAGE = "not a state file of this version of regfsck";

const states: FuzzedReader = {
  name: "state files",
  property: () =>
    fc.asyncProperty(fc.oneof(mutated(stateText), fc.string().map(Buffer.from)), async (bytes) => {
      try {
        parseState(bytes.toString());
      } catch (error) {
        if ((error as Error).message !== MESSAGE) throw error;
      }
    }),
};

const yaml = fc
  .record(
    { roots: json, "fail-on": json, accepted: json, gate: json, "clean-up": json, __proto__: json, x: json },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value, null, 1));

/** Refused in one line that begins with the file's name, or taken. */
const configs: FuzzedReader = {
  name: "configurations",
  property: () =>
    fc.asyncProperty(
      fc.oneof(mutated(yaml), fc.string({ unit: fc.constantFrom(..."-:?[]{}&*!|>%@\"' \n\ta1<") }).map(Buffer.from)),
      async (bytes) => {
        try {
          parseConfig(bytes.toString(), "regfsck.yaml");
        } catch (error) {
          const { message } = error as Error;
          if (!(error instanceof UsageError) || !/^regfsck\.yaml:(?:\d+:)? [^\n]*$/.test(message)) throw error;
        }
      },
    ),
};

const metricLine = fc
  .tuple(fc.string(), fc.double(), fc.string())
  .map(([root, value, end]) => `m{root="${root}"} ${value}${end}\n`);

const metrics: FuzzedReader = {
  name: "metrics files",
  property: () =>
    fc.asyncProperty(fc.oneof(mutated(metricLine), fc.string().map(Buffer.from)), async (bytes) => {
      for (const value of valuesByRoot(bytes.toString(), "m").values()) {
        if (!Number.isFinite(value) || value < 0) throw new Error(`value ${value}`);
      }
    }),
};

export const FUZZED_READERS: readonly FuzzedReader[] = [link, manifests, recheck, states, configs, metrics];
