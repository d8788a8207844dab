// The tests that a mutation check can afford: those of the rooms that decide, in memory and in one process.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{registry,checks}/*.test.ts", "test/commands/{decide,exit-code,fail-on,gate,recheck-gate}.test.ts"],
    // The one compares sources with documents, the other proves that time stays bounded.
    exclude: ["test/checks/catalogue.test.ts", "test/registry/pull-bounds.test.ts"],
    // Modules are loaded once for each mutant, not for each of its test files.
    isolate: false,
    setupFiles: [".config/vitest.mutants.setup.ts"],
    root: new URL("..", import.meta.url).pathname,
    testTimeout: 60_000,
  },
});
