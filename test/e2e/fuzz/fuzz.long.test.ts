// A few thousand inputs for each reader; scripts/fuzz.ts draws for as long as it is told.
import fc from "fast-check";
import { describe, it } from "vitest";
import { FUZZED_READERS } from "./readers.ts";

describe("the reader of", () => {
  it.each(FUZZED_READERS)("$name takes or refuses any input", async ({ name, property }) => {
    await fc.assert(property(), { numRuns: name === "gate reports" ? 200 : 1_000, seed: 1 });
  });
});
