// In which order images are checked, and which a run must not leave out.
import fc from "fast-check";
import { expect, it } from "vitest";
import { chooseOrder, type KnownTag } from "../../src/probe/choose.ts";

const target = (tag: string) => ({ repository: "a", tag, digest: undefined });
const known = (digest: string, checkedAt: string, broken = false): KnownTag => ({ digest, checkedAt, broken });

it("goes for what was broken, what changed or is new, then what was not looked at for longest", () => {
  const targets = ["fresh", "stale", "moved", "new", "broken", "silent", "ahead"].map(target);
  const memory: Record<string, KnownTag> = {
    fresh: known("1", "2026-11-29T11:00:00Z"),
    stale: known("1", "2026-11-01T00:00:00Z"),
    moved: known("1", "2026-11-29T11:00:00Z"),
    broken: known("1", "2026-11-29T11:00:00Z", true),
    silent: known("1", "2026-11-28T00:00:00Z"),
    ahead: known("1", "2031-11-28T00:00:00Z"),
  };
  const now: Record<string, string> = { fresh: "1", stale: "1", moved: "2", new: "3", broken: "1" };
  const { inOrder, due } = chooseOrder(
    targets,
    ({ tag }) => memory[tag!],
    ({ tag }) => now[tag!],
    Date.UTC(2026, 10, 30),
  );
  expect(inOrder.map(({ tag }) => tag)).toEqual(["broken", "new", "moved", "ahead", "stale", "silent", "fresh"]);
  expect([...due].map(({ tag }) => tag)).toEqual(["moved", "new", "broken"]);
});

it("gets round to every tag, however little each run checks", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 7 }), (count, share) => {
      const targets = Array.from({ length: count }, (_, number) => target(`v${number}`));
      const memory = new Map<string, KnownTag>();
      for (let run = 0; run < Math.ceil(count / share); run++) {
        const { inOrder } = chooseOrder(
          targets,
          ({ tag }) => memory.get(tag!),
          () => "1",
          run * 60_000,
        );
        const checkedAt = new Date(run * 60_000).toISOString();
        for (const { tag } of inOrder.slice(0, share)) memory.set(tag!, known("1", checkedAt));
      }
      expect(memory.size).toBe(count);
    }),
  );
});
