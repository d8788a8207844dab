// Stamps: equal for what is the same in every respect, and for nothing else.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileStat, Stamper, StampKind, StampList, StampTable, tableOf } from "../../src/facts/stamps.ts";

const STAT: FileStat = {
  dev: 66_305,
  ino: 12_345_678,
  size: 71,
  mtimeMs: 1_795_955_038_290.25,
  ctimeMs: 1_795_955_038_342.5,
};
const DIGEST = Uint8Array.from({ length: 64 }, (_, at) => (at * 37) % 256);

function stampOf(kind: StampKind = StampKind.link, stat: FileStat = STAT, bytes = DIGEST, size = 32, seed = 7): string {
  const stamper = new Stamper(seed);
  stamper.make(kind, stat, bytes, 0, size);
  return `${stamper.high} ${stamper.low}`;
}

describe("a stamp", () => {
  it("is the same for the same file", () => {
    expect(stampOf()).toBe(stampOf());
  });

  it("is another for each thing that is another", () => {
    const quarter = 2 ** -12;
    const others = [
      stampOf(StampKind.content),
      stampOf(StampKind.link, { ...STAT, dev: STAT.dev + 1 }),
      stampOf(StampKind.link, { ...STAT, ino: STAT.ino + 1 }),
      stampOf(StampKind.link, { ...STAT, ino: 2 ** 52 + 1 }),
      stampOf(StampKind.link, { ...STAT, size: 72 }),
      stampOf(StampKind.link, { ...STAT, mtimeMs: STAT.mtimeMs + quarter }),
      stampOf(StampKind.link, { ...STAT, ctimeMs: STAT.ctimeMs + quarter }),
      stampOf(StampKind.link, { ...STAT, ctimeMs: STAT.mtimeMs, mtimeMs: STAT.ctimeMs }),
      stampOf(StampKind.link, STAT, DIGEST, 64),
      stampOf(StampKind.link, STAT, DIGEST, 0),
      ...Array.from({ length: 32 }, (_, at) =>
        stampOf(
          StampKind.link,
          STAT,
          DIGEST.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
      ),
      stampOf(StampKind.link, STAT, DIGEST, 32, 8),
    ];
    expect(new Set([stampOf(), ...others]).size).toBe(others.length + 1);
  });

  it("is spread over all 64 bits", () => {
    const counts = new Array(64).fill(0);
    for (let ino = 0; ino < 2_000; ino++) {
      const [high, low] = stampOf(StampKind.link, { ...STAT, ino })
        .split(" ")
        .map(Number);
      for (let bit = 0; bit < 32; bit++) {
        counts[bit] += (low! >>> bit) & 1;
        counts[bit + 32] += (high! >>> bit) & 1;
      }
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe("a table of stamps", () => {
  const word = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  // Few enough different ones that many fall into one place.
  const stamps = fc.array(fc.tuple(word, fc.oneof(word, fc.integer({ min: 0, max: 3 }))), { maxLength: 60 });

  it("has what was put in, with what was said of it, and nothing else", () => {
    fc.assert(
      fc.property(stamps, stamps, (there, asked) => {
        const list = new StampList();
        for (const [low, high] of there.slice(0, 5)) list.push(low, high);
        list.pushAll(Uint32Array.from(there.slice(5).flat()));
        expect(list.length).toBe(there.length);
        const { words, values } = tableOf(list.finish(), Uint32Array.from(there.keys()));
        const table = new StampTable(words);
        const known = new Map(there.map(([low, high], number) => [`${low} ${high}`, number]));
        for (const [low, high] of [...there, ...asked]) {
          const slot = table.find(low, high);
          expect(slot < 0 ? undefined : values[slot]).toBe(known.get(`${low} ${high}`));
        }
      }),
      { numRuns: 60 },
    );
  });
});
