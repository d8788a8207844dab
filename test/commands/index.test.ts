// Scans that take from an index what has not changed since the last complete one.
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { UsageError } from "../../src/contract/errors.ts";
import type { Finding } from "../../src/contract/finding.ts";
import type { Evidence } from "../../src/contract/run.ts";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { applyChanges, changes, DAY, filesOf, flipped, UnseenChanges } from "../worlds/later.ts";
import { SERVER, ServedWorld } from "../worlds/owners.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

const BEGIN = Date.UTC(2030, 0, 1, 1, 30);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: BEGIN }));
afterEach(() => void vi.useRealTimers());

/** Lets time go by, for the files that are written too. */
function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

interface Night {
  readonly exitCode: number;
  readonly warnings: readonly string[];
  readonly evidence: Evidence | undefined;
  readonly findings: readonly Finding[];
  /** All that does not depend on when and how it was read. */
  readonly verdict: unknown;
}

async function scan(world: World, options: readonly string[], fs: StorageFs = world.fs): Promise<Night> {
  const { printed, ...run } = await runProgram(fs, ["scan", "--format", "json", ...options, world.root], Date.now());
  const report = JSON.parse(printed);
  const [{ evidence, ...root }] = report.roots;
  const { runId: _1, startedAt: _2, durationMs: _3, roots: _4, ...verdict } = report;
  return { ...run, evidence, findings: report.findings, verdict: { ...verdict, root } };
}

function twoImages() {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image("1.0");
  const index = app.index({ "linux/amd64": app.image(), "linux/arm64": app.image() }, "2.0");
  return { world, app, image, index };
}

/** A world that was scanned a day after it was written; another day later. */
async function scanned(options: readonly string[] = []) {
  const made = twoImages();
  const file = join(temporaryFolder(), "index");
  pass(DAY);
  const first = await scan(made.world, ["--index", file, ...options]);
  pass(DAY);
  return { ...made, file, first };
}

describe("a scan with an index", () => {
  it("reads all the first time, and opens nothing the second", async () => {
    const { world, file, first } = await scanned();
    expect(first.evidence).toEqual({
      readAllAt: "2030-01-02T01:30:00.000Z",
      indexOf: null,
      taken: { links: 0, manifests: 0, configs: 0 },
      read: { links: 12, manifests: 4, configs: 3 },
      reason: "there is no index yet",
    });
    const { fs, paths } = recorded(world.fs, "openSync");
    const second = await scan(world, ["--index", file], fs);
    expect(paths).toEqual([]);
    expect(second.evidence).toEqual({
      readAllAt: "2030-01-02T01:30:00.000Z",
      indexOf: "2030-01-02T01:30:00.000Z",
      taken: { links: 12, manifests: 4, configs: 3 },
      read: { links: 0, manifests: 0, configs: 0 },
      reason: null,
    });
    expect(second.verdict).toEqual(first.verdict);
    expect([first.warnings, second.warnings]).toEqual([[], []]);
  });

  it("hands the index on, night after night", async () => {
    const { world, app, file } = await scanned();
    for (let night = 0; night < 4; night++) {
      // On one of them there is something to read.
      const isPush = night === 2;
      if (isPush) app.tag("2.1", app.image().digest);
      pass(DAY / 2);
      const { evidence, verdict } = await scan(world, ["--index", file]);
      expect(evidence?.read).toEqual(
        isPush ? { links: 4, manifests: 1, configs: 1 } : { links: 0, manifests: 0, configs: 0 },
      );
      expect(evidence?.taken.links).toBe(night > 2 ? 16 : 12);
      expect(verdict).toEqual((await scan(world, [])).verdict);
      pass(DAY / 2);
    }
  });

  it("opens what has changed, and nothing else", async () => {
    const { world, app, image, file } = await scanned();
    const changed = [tagLinkPath("team/app", "1.0"), layerLinkPath("team/app", image.layers[0]!.digest)];
    for (const path of changed) world.write(path, world.memory.readFileSync(`${world.root}/${path}`));
    const later = app.image("1.1");
    const { fs, paths } = recorded(world.fs, "openSync");
    const { evidence, exitCode } = await scan(world, ["--index", file], fs);
    const pushed = [tagLinkPath("team/app", "1.1"), revisionLinkPath("team/app", later.digest)];
    const blobs = [later, later.config].map(({ digest }) => blobPath(digest));
    const links = [later.config, ...later.layers].map(({ digest }) => layerLinkPath("team/app", digest));
    expect(new Set(paths)).toEqual(
      new Set([...changed, ...pushed, ...blobs, ...links].map((path) => `${world.root}/${path}`)),
    );
    expect([exitCode, evidence?.read]).toEqual([0, { links: 6, manifests: 1, configs: 1 }]);
  });

  it("says what a scan without it says, whatever happened in between", async () => {
    const file = join(temporaryFolder(), "index");
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: true }), changes, changes, async (world, tonight, tomorrow) => {
        for (const now of [[], tonight, tomorrow]) {
          applyChanges(world, now);
          pass(DAY);
          const without = await scan(world, []);
          const withIndex = await scan(world, ["--index", file, "--index-full-every", "99"]);
          expect(withIndex.verdict).toEqual(without.verdict);
          expect(withIndex.exitCode).toBe(without.exitCode);
        }
      }),
      { numRuns: 2 },
    );
  });

  it("reads again what was written less than two seconds before the last one began", async () => {
    const { world, app } = twoImages();
    const file = join(temporaryFolder(), "index");
    pass(1_999);
    const night = await scan(world, ["--index", file]);
    expect(night.evidence?.read.links).toBe(12);
    // In the same millisecond, of the same size.
    vi.setSystemTime(BEGIN);
    app.tag("1.0", `sha256:${"0".repeat(64)}`);
    pass(DAY);
    const next = await scan(world, ["--index", file]);
    expect(next.evidence).toMatchObject({ taken: { links: 0 }, read: { links: 12 }, reason: null });
    expect(next.findings.map(({ code }) => code)).toContain("dangling-tag");
  });

  it("takes what is older than that", async () => {
    const { world } = twoImages();
    const file = join(temporaryFolder(), "index");
    pass(2_001);
    await scan(world, ["--index", file]);
    expect((await scan(world, ["--index", file])).evidence?.read.links).toBe(0);
  });

  it("remembers nothing of files from the future", async () => {
    pass(DAY);
    const { world } = twoImages();
    pass(-DAY);
    const file = join(temporaryFolder(), "index");
    await scan(world, ["--index", file]);
    expect((await scan(world, ["--index", file])).evidence).toMatchObject({ read: { links: 12 }, reason: null });
  });

  it("misses what changed with no time changing, until all is read", async () => {
    const counts = { misses: 0, finds: 0 };
    const file = join(temporaryFolder(), "index");
    const property = async (world: World, pick: number, at: number) => {
      await scan(world, ["--index", file, "--index-full-every", "1"]);
      const unseen = new UnseenChanges(world.fs);
      const files = filesOf(world);
      const path = files[pick % files.length]!;
      unseen.change(`${world.root}/${path}`, () => {
        world.write(path, flipped(world.memory.readFileSync(`${world.root}/${path}`) as Buffer, at));
      });
      pass(DAY);
      const truth = await scan(world, [], unseen.fs);
      const night = await scan(world, ["--index", file], unseen.fs);
      if (JSON.stringify(night.verdict) !== JSON.stringify(truth.verdict)) counts.misses++;
      const full = await scan(world, ["--index", file, "--index-full-every", "1"], unseen.fs);
      expect(full.verdict).toEqual(truth.verdict);
      counts.finds++;
    };
    const worlds = randomWorlds({ damaged: false });
    const arbitrary = fc.asyncProperty(worlds, fc.nat(10_000), fc.nat(10_000), async (world, pick, at) => {
      pass(DAY);
      await property(world, pick, at);
    });
    await fc.assert(arbitrary, { numRuns: 3, seed: 1 });
    expect(counts.finds).toBe(3);
    expect(counts.misses).toBeGreaterThan(0);
  });

  it("reports nothing that it has not read itself", async () => {
    const { world, app, image, index, file } = await scanned();
    const unseen = new UnseenChanges(world.fs);
    // Its layer is gone, and its manifest is not what it was, though no time says so.
    world.removeEntry(blobPath(image.layers[0]!.digest));
    for (const digest of [image.digest, index.digest]) {
      unseen.change(`${world.root}/${blobPath(digest)}`, () =>
        world.write(blobPath(digest), `{${" ".repeat(image.size)}`),
      );
    }
    app.tag("3.0", image.digest);
    const truth = await scan(world, [], unseen.fs);
    const night = await scan(world, ["--index", file], unseen.fs);
    expect(truth.findings.map(({ code }) => code)).toContain("digest-mismatch");
    expect(night.findings.map(({ code, digest }) => [code, digest])).toContainEqual(["digest-mismatch", image.digest]);
    expect(night.findings.map(({ code }) => code)).not.toContain("missing-blob");
  });

  it("does not call sound again what a run has found corrupt, or no link", async () => {
    const { world, app, image, index, file } = await scanned();
    const unseen = new UnseenChanges(world.fs);
    const blobs = [image.config.digest, image.digest].map((digest) => blobPath(digest));
    const link = layerLinkPath("team/app", image.layers[0]!.digest);
    for (const path of [...blobs, link]) {
      unseen.change(`${world.root}/${path}`, () => {
        world.write(path, flipped(world.memory.readFileSync(`${world.root}/${path}`) as Buffer, 9));
      });
    }
    const unread = await scan(world, ["--index", file], unseen.fs);
    expect(unread.findings).toEqual([]);
    // Its content is read; and the repository, for something else that is wrong with it.
    world.removeEntry(blobPath(index.digest));
    app.tag("3.0", index.digest);
    const found = await scan(world, ["--index", file, "--verify-content"], unseen.fs);
    expect(found.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["digest-mismatch", "mismatched-link"]),
    );
    world.blob(world.unique("nothing else is wrong"));
    app.index({ "linux/amd64": app.image() }, "2.0");
    world.remove(tagLinkPath("team/app", "3.0").replace("/current/link", ""));
    world.removeEntry(revisionLinkPath("team/app", index.digest));
    pass(DAY);
    const [truth, night] = [await scan(world, [], unseen.fs), await scan(world, ["--index", file], unseen.fs)];
    expect(truth.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["digest-mismatch", "mismatched-link"]),
    );
    expect(night.verdict).toEqual(truth.verdict);
    expect(night.evidence?.taken.manifests).toBeGreaterThan(0);
  });

  it("does not have a tag name again what it was found not to name any more", async () => {
    const { world, app, index, file } = await scanned();
    const unseen = new UnseenChanges(world.fs);
    const change = (path: string, to: string) => {
      unseen.change(`${world.root}/${path}`, () => world.write(path, to));
    };
    change(tagLinkPath("team/app", "1.0"), `sha256:${"0".repeat(64)}`);
    expect((await scan(world, ["--index", file], unseen.fs)).findings).toEqual([]);
    // The repository is read for something else that is wrong with it.
    change(revisionLinkPath("team/app", index.digest), `sha256:${"1".repeat(64)}`);
    world.removeEntry(blobPath(index.digest));
    const found = await scan(world, ["--index", file], unseen.fs);
    expect(found.findings.map(({ code }) => code)).toContain("dangling-tag");
    app.index({ "linux/amd64": app.image() }, "2.0");
    world.removeEntry(revisionLinkPath("team/app", index.digest));
    pass(DAY);
    const [truth, night] = [await scan(world, [], unseen.fs), await scan(world, ["--index", file], unseen.fs)];
    expect(truth.findings.map(({ code }) => code)).toContain("dangling-tag");
    expect(night.verdict).toEqual(truth.verdict);
  });

  it("reads again what a finding rests on, though nothing of it seems to have changed", async () => {
    const { world, app, image, index, file } = await scanned();
    const unseen = new UnseenChanges(world.fs);
    world.removeEntry(blobPath(image.layers[0]!.digest));
    app.tag("1.1", image.digest);
    const tag = tagLinkPath("team/app", "1.0");
    unseen.change(`${world.root}/${tag}`, () => world.write(tag, index.digest));
    const truth = await scan(world, [], unseen.fs);
    const night = await scan(world, ["--index", file], unseen.fs);
    expect(night.exitCode).toBe(4);
    expect(night.verdict).toEqual(truth.verdict);
  });

  it("sees what was written and given its old modification time", async () => {
    const { world, index, file } = await scanned();
    const tag = tagLinkPath("team/app", "1.0");
    world.write(tag, `sha256:${"0".repeat(64)}`);
    world.touch(tag, BEGIN);
    world.write(blobPath(index.digest), " ".repeat(index.size));
    world.touch(blobPath(index.digest), BEGIN);
    const { verdict, evidence } = await scan(world, ["--index", file]);
    expect(evidence?.read).toMatchObject({ links: 1, manifests: 1 });
    expect(verdict).toEqual((await scan(world, [])).verdict);
  });

  it("sees that a folder got another name", async () => {
    const { world, image, file } = await scanned();
    const [from, to] = [image.layers[0]!.digest, `sha256:${"0".repeat(64)}`].map((digest) => {
      return `${world.root}/${layerLinkPath("team/app", digest)}`.replace("/link", "");
    });
    world.memory.renameSync(from!, to!);
    const { verdict, findings } = await scan(world, ["--index", file]);
    expect(findings.map(({ code }) => code)).toContain("mismatched-link");
    expect(verdict).toEqual((await scan(world, [])).verdict);
  });

  it("judges what another user may not read, though it opens nothing", async () => {
    const world = new ServedWorld();
    const image = world.repository("app").image("1");
    const file = join(temporaryFolder(), "index");
    pass(DAY);
    await scan(world, ["--index", file, "--as-user", String(SERVER)], world.servedFs);
    world.restoreAsRoot(layerLinkPath("app", image.layers[0]!.digest), 0o600);
    const { fs, paths } = recorded(world.servedFs, "openSync");
    const night = await scan(world, ["--index", file, "--as-user", String(SERVER)], fs);
    expect(paths.filter((path) => path.startsWith(world.root))).toEqual([]);
    expect(night.findings.map(({ code }) => code)).toEqual(["unreadable-for-registry"]);
    expect(night.verdict).toEqual((await scan(world, ["--as-user", String(SERVER)], world.servedFs)).verdict);
  });

  it("reads all every so many runs, and days", async () => {
    const { world, file } = await scanned();
    const reasons = [];
    for (let night = 2; night < 10; night++) {
      reasons.push((await scan(world, ["--index", file])).evidence?.reason);
      pass(DAY);
    }
    expect(reasons).toEqual([null, null, null, null, null, null, "all is read every 7 runs", null]);
    pass(7 * DAY);
    expect((await scan(world, ["--index", file])).evidence?.reason).toBe("all is read every 7 days");
    const often = await scan(world, ["--index", file, "--index-full-every", "1"]);
    expect(often.evidence?.reason).toBe("all is read every 1 runs");
  });

  it("reads all where the index is not of this root, registry or time", async () => {
    const { world, file } = await scanned();
    const said = async (options: readonly string[], fs = world.fs) => {
      const copy = `${file}.copy`;
      writeFileSync(copy, readFileSync(file), { mode: 0o600 });
      const { evidence, warnings, exitCode } = await scan(world, ["--index", copy, ...options], fs);
      expect(evidence).toMatchObject({ indexOf: null, taken: { links: 0, manifests: 0, configs: 0 } });
      expect(exitCode).toBe(0);
      return [evidence!.reason, warnings.length];
    };
    expect(await said(["--registry", "3"])).toEqual(["the index is about registry 2.8.3", 1]);
    const fuse = { ...world.fs, statfsSync: () => ({ type: 0x65735546 }) } as unknown as StorageFs;
    expect(await said([], fuse)).toEqual(["the root is on a file system whose change times cannot be relied on", 1]);
    const closed = {
      ...world.fs,
      statfsSync: () => {
        throw Object.assign(new Error("EPERM"), { code: "EPERM" });
      },
    } as unknown as StorageFs;
    expect(await said([], closed)).toEqual(["the root is on a file system whose change times cannot be relied on", 1]);
    const elsewhere = {
      ...world.fs,
      statSync: (path: string) => {
        const stat = world.fs.statSync(path);
        return path.endsWith("/blobs") ? Object.assign(stat, { dev: stat.dev + 1 }) : stat;
      },
    } as StorageFs;
    expect(await said([], elsewhere)).toEqual(["the root's directories are not those that the index is of", 1]);
    pass(-2 * DAY);
    expect(await said([])).toEqual(["the index is from the future: a clock was set back", 1]);
    const other = twoImages().world;
    pass(2 * DAY);
    world.memory.renameSync(world.root, "/moved");
    const moved = await runProgram(world.fs, ["scan", "--format", "json", "--index", file, "/moved"], Date.now());
    expect(JSON.parse(moved.printed).roots[0].evidence.reason).toBe("the index is of other roots");
    expect((await scan(other, ["--index", file])).evidence?.indexOf).toBeNull();
  });

  it("relies on a server's clock for no less than an hour", async () => {
    const { world } = twoImages();
    const nfs = { ...world.fs, statfsSync: () => ({ type: 0x6969 }) } as unknown as StorageFs;
    const file = join(temporaryFolder(), "index");
    pass(3_599_000);
    await scan(world, ["--index", file], nfs);
    expect((await scan(world, ["--index", file], nfs)).evidence?.read.links).toBe(12);
    pass(2_000);
    await scan(world, ["--index", file], nfs);
    expect((await scan(world, ["--index", file], nfs)).evidence?.read.links).toBe(0);
  });

  it("reads what could not be read, however often it could not", async () => {
    const { world, file } = await scanned();
    const before = readFileSync(file);
    const link = tagLinkPath("team/app", "1.0");
    const night = await scan(world, ["--index", file], failing(world.fs, "EIO", new RegExp(`${link}$`)));
    expect(night.exitCode).toBe(8);
    expect(readFileSync(file)).toEqual(before);
  });
});

describe("an index file", () => {
  it("is not believed where it is damaged, anywhere", async () => {
    const { world, file } = await scanned();
    const whole = readFileSync(file);
    const places = [0, 9, 21, 30, Math.floor(whole.length / 2), whole.length - 1];
    for (const damaged of [
      ...places.map((at) => flipped(whole, at)),
      whole.subarray(0, -1),
      whole.subarray(0, 20),
      Buffer.alloc(0),
    ]) {
      writeFileSync(file, damaged);
      const { evidence, warnings, exitCode } = await scan(world, ["--index", file]);
      expect(evidence).toMatchObject({ taken: { links: 0 }, read: { links: 12 } });
      expect(warnings).toEqual([
        expect.stringMatching(/^--index \S+: (damaged: its checksum is wrong|not a file of regfsck); all is read$/),
      ]);
      expect(exitCode).toBe(0);
      expect((await scan(world, ["--index", file])).evidence?.taken.links).toBe(12);
    }
  });

  it("is not believed where others can write it", async () => {
    const { world, file } = await scanned();
    chmodSync(file, 0o620);
    const { evidence, warnings } = await scan(world, ["--index", file]);
    expect(evidence?.reason).toBe("the index is not used: others can write to it");
    expect(warnings).toEqual([`--index ${file}: others can write to it; all is read`]);
  });

  it("is the user's alone, and written by a complete run alone", async () => {
    const { world, file } = await scanned();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const other = join(temporaryFolder(), "other");
    const { warnings } = await scan(world, ["--index", other, "--dry-run"]);
    expect(warnings).toEqual([`--dry-run: --index ${other} is not written`]);
    await scan(world, ["--index", other], failing(world.fs, "EIO", /_layers$/));
    expect(existsSync(other)).toBe(false);
    const inside = scan(world, ["--index", other, "--repo", "team/*"]);
    await expect(inside).rejects.toThrow(new UsageError("--index is about whole roots; it does not go with --repo"));
    symlinkSync(file, other);
    await expect(scan(world, ["--index", file, "--report", other])).rejects.toThrow(/--index name one file/);
  });

  it("is read by other commands, which leave it as it is", async () => {
    const { world, image, file } = await scanned();
    const before = readFileSync(file);
    const lines = [
      ["forecast", "-m", world.root],
      ["plan", world.root],
      ["usage", world.root],
      ["why", world.root, image.config.digest],
    ];
    for (const [command, ...rest] of lines) {
      const { fs, paths } = recorded(world.fs, "openSync");
      const withIndex = await runProgram(fs, [command!, "--format", "json", "--index", file, ...rest], Date.now());
      const without = await runProgram(world.fs, [command!, "--format", "json", ...rest], Date.now());
      expect(paths.filter((path) => /link$/.test(path))).toEqual([]);
      const [one, other] = [withIndex, without].map(({ printed }) => JSON.parse(printed));
      expect(one.roots[0].evidence).toMatchObject({ indexOf: "2030-01-02T01:30:00.000Z", reason: null });
      delete one.roots[0].evidence;
      for (const report of [one, other]) for (const field of ["runId", "startedAt", "durationMs"]) delete report[field];
      // Why looks at what leads to the blob alone.
      if (command === "why") other.blobs[0].garbageCollection.seesAborts = false;
      expect(one).toEqual(other);
      expect(readFileSync(file)).toEqual(before);
    }
  });
});

describe("what a report says of its evidence", () => {
  const AT_SECOND =
    "19 of 19 links, manifests and configs taken from the index of 2030-01-02 01:30 UTC, as they have not changed since; all was last read at 2030-01-02 01:30 UTC.";

  it("stands in text, page and metrics", async () => {
    const { world, file } = await scanned();
    const [page, metrics] = ["report.html", "regfsck.prom"].map((name) => join(temporaryFolder(), name));
    const options = ["--index", file, "--report", page!, "--metrics", metrics!];
    const { printed } = await runProgram(world.fs, ["scan", ...options, world.root], Date.now());
    expect(printed.replace(/\s+/g, " ")).toContain(AT_SECOND);
    expect(readFileSync(page!, "utf8")).toContain(AT_SECOND);
    const samples = readFileSync(metrics!, "utf8");
    expect(samples).toContain(`regfsck_read_all_timestamp_seconds{root="registry"} ${(BEGIN + DAY) / 1000}\n`);
    expect(samples).toContain('regfsck_read_files{root="registry"} 0\n');
    expect(samples).toContain('regfsck_unread_files{root="registry"} 19\n');
  });

  it("says why all was read", async () => {
    const { world } = await scanned();
    const file = join(temporaryFolder(), "index");
    const { printed } = await runProgram(world.fs, ["scan", "--index", file, world.root], Date.now());
    expect(printed).toContain("All was read: there is no index yet.\n");
  });
});

describe("a gate", () => {
  it("uses an index only where it is told to, and says so", async () => {
    const { world, file } = await scanned();
    const gate = (...options: string[]) => {
      return runProgram(world.fs, ["gate", "--format", "json", ...options, world.root], Date.now());
    };
    await expect(gate("--index", file)).rejects.toThrow(UsageError);
    await expect(gate("--trust-index")).rejects.toThrow(UsageError);
    const report = join(temporaryFolder(), "gate.json");
    const { printed, exitCode } = await gate("--index", file, "--trust-index", "--report", report);
    expect(exitCode).toBe(0);
    const text = await runProgram(world.fs, ["gate", "--index", file, "--trust-index", world.root], Date.now());
    expect(text.printed.replace(/\s+/g, " ")).toContain("19 of 19 links, manifests and configs taken from the index");
    expect(JSON.parse(printed).scan.roots[0].evidence).toMatchObject({ taken: { links: 12 }, read: { links: 0 } });
    const untrusting = JSON.parse((await gate("--recheck", report)).printed);
    expect(untrusting.decision).toBe("undecided");
    expect(untrusting.reasons[0]).toContain("--trust-index");
    expect(JSON.parse((await gate("--recheck", report, "--trust-index")).printed).decision).toBe("go");
  });
});
