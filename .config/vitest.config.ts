// The tests, in three projects. A file's place and suffix say which it is of:
// - `*.real.test.ts` needs programs besides Node.js (a registry, strace, shells ...; scripts/needed-programs.ts),
// - `*.long.test.ts` needs Node.js alone and takes long: both are run by `npm run test:all`, not by `npm test`;
// - `*.built.test.ts`, and any other in test/{e2e,docs,scripts,project}/, needs the built program;
// - and all that is left are unit tests: `npm run test:unit` needs no build.
import { defineConfig } from "vitest/config";

const LATER = ["test/**/*.{real,long}.test.ts"];
const BUILT = ["test/{e2e,docs,scripts,project}/**/*.test.ts", "test/**/*.built.test.ts"];
const project = (name: string, include: string[], exclude: string[], isolate = true) => ({
  extends: true as const,
  test: { name, include, exclude, isolate },
});

export default defineConfig({
  test: {
    projects: [
      // Unit tests share the loaded modules, which takes a third of the time: none may replace one (`vi.mock`).
      project("unit", ["test/**/*.test.ts"], [...BUILT, ...LATER], false),
      project("built", BUILT, LATER),
      project("later", LATER, []),
    ],
    // Once, unless --watch asks for more.
    watch: false,
    root: new URL("..", import.meta.url).pathname,
    // Many tests wait for a registry, so two at a time are faster even on two processors.
    maxWorkers: 3,
    // Only a hang is this slow: how busy the machine is decides no test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
