// The rooms of src/, and what each may import besides itself. `npm run rules` makes the linter's rules of it
// (.config/rooms.json), and test/project/rooms.test.ts tries them.

interface Room {
  /** Rooms, and files beside them. */
  readonly rooms: readonly string[];
  /** Packages, and modules of Node.js. */
  readonly packages: readonly string[];
}

/** Sorted so that each room uses only such as stand above it. */
export const ROOMS: Readonly<Record<string, Room>> = {
  layout: { rooms: [], packages: [] },
  text: { rooms: ["layout"], packages: ["chalk"] },
  contract: { rooms: ["text"], packages: ["yaml", "zod"] },
  facts: { rooms: ["layout"], packages: ["node:crypto"] },
  shells: { rooms: ["options.ts"], packages: ["commander"] },
  graph: { rooms: ["facts", "layout"], packages: [] },
  registry: { rooms: ["contract", "graph", "facts", "layout"], packages: [] },
  checks: { rooms: ["contract", "registry", "graph", "facts", "layout"], packages: [] },
  causes: { rooms: ["checks", "contract", "registry", "graph", "facts", "layout"], packages: ["node:crypto"] },
  scan: {
    rooms: ["contract", "facts", "layout"],
    packages: ["fast-glob", "node:crypto", "node:fs", "node:os", "node:path", "node:worker_threads"],
  },
  recovery: {
    rooms: ["checks", "registry", "graph", "facts", "layout", "contract", "text"],
    packages: ["node:crypto"],
  },
  report: {
    rooms: ["recovery", "checks", "registry", "layout", "contract", "text"],
    packages: ["d3-hierarchy", "node:crypto"],
  },
  output: {
    // Facts for what is remembered of them in typed arrays, written as it is.
    rooms: ["report", "scan", "facts", "layout", "contract", "text"],
    packages: ["chalk", "node:crypto", "node:fs", "node:path", "node:timers/promises", "node:v8", "node:vm"],
  },
  // The only room that opens a connection; it does not touch the disk. Docker's credential helpers are programs.
  probe: {
    rooms: ["registry", "layout", "contract"],
    packages: ["undici", "node:child_process", "node:crypto", "node:timers/promises"],
  },
  inspect: {
    rooms: ["output", "scan", "causes", "checks", "registry", "graph", "facts", "layout", "contract"],
    // Each index has stamps of its own.
    packages: ["node:crypto", "node:path", "node:timers/promises"],
  },
  commands: {
    rooms: [
      ...[
        "options.ts",
        "inspect",
        "probe",
        "output",
        "report",
        "recovery",
        "scan",
        "causes",
        "checks",
        "registry",
        "graph",
      ],
      ...["facts", "layout", "contract", "text"],
    ],
    packages: ["zod", "node:crypto", "node:path", "node:timers/promises"],
  },
};

/** Files that may import more than their room, and what. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // Tells addresses and networks apart, by arithmetic.
  "probe/proxy.ts": ["node:net"],
  // Reads the shell files beside it, which the build puts inside the program.
  "recovery/script-parts.ts": ["node:fs"],
  // Reads the stylesheet beside it, likewise.
  "report/html/style.ts": ["node:fs"],
};

/** What opens connections, or starts programs: no file beside the rooms may, as no room but those that list it. */
const OUTSIDE = ["net", "tls", "http", "https", "http2", "dgram", "child_process"].map((name) => `node:${name}`);

/** Biome's configuration: one override for the files of a room, one for those in its folders, one for each exception. */
export function roomRules(): object {
  const overrides = Object.entries(ROOMS).flatMap(([name, { rooms, packages }]) => {
    const paths = rooms.map((room) => (room.endsWith(".ts") ? room : `${room}/`));
    const patterns = (up: string) => [
      ...paths.map((path) => `!${up}/${path}${path.endsWith("/") ? "**" : ""}`),
      ...packages.map((one) => `!${one}`),
    ];
    const allowed = [...paths, ...packages];
    const what = allowed.length === 0 ? "nothing but itself" : `itself, ${allowed.join(", ")}`;
    const message = `${name}/ may import ${what} (.config/rooms.ts).`;
    const group = ["**", "!./**", ...patterns("..")];
    const exceptions = Object.entries(EXCEPTIONS).filter(([file]) => file.startsWith(`${name}/`));
    return [
      override(`src/${name}/*.ts`, group, message),
      override(`src/${name}/*/**`, ["**", "!./**", "!../**", "../../**", ...patterns("../..")], message),
      ...exceptions.map(([file, more]) =>
        override(`src/${file}`, [...group, ...more.map((one) => `!${one}`)], message),
      ),
    ];
  });
  overrides.push(
    override(
      "src/*.ts",
      ["undici", ...OUTSIDE],
      "Only probe/ opens a connection, or starts a program (.config/rooms.ts).",
    ),
  );
  return { $schema: "../node_modules/@biomejs/biome/configuration_schema.json", overrides };
}

/** The last pattern that matches decides; one that begins with `!` allows. */
function override(files: string, group: readonly string[], message: string): object {
  const options = { patterns: [{ group, message }] };
  return { includes: [files], linter: { rules: { style: { noRestrictedImports: { level: "error", options } } } } };
}
