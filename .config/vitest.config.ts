import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    root: new URL("..", import.meta.url).pathname,
    // Many tests wait for a registry, so two at a time are faster even on two processors.
    maxWorkers: 2,
    // Only a hang is this slow: how busy the machine is decides no test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
