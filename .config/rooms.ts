// The rooms of src/, and what each may import besides itself. `npm run rules` makes the linter's rules of it
// (.config/rooms.json), and test/project/rooms.test.ts tries them.

interface Room {
  readonly rooms: readonly string[];
  /** Packages, and modules of Node.js. */
  readonly packages: readonly string[];
}

/** Sorted so that each room uses only such as stand above it. */
export const ROOMS: Readonly<Record<string, Room>> = {
  layout: { rooms: [], packages: [] },
  text: { rooms: ["layout"], packages: ["chalk"] },
  contract: { rooms: ["text"], packages: ["yaml", "zod"] },
  facts: { rooms: ["layout"], packages: [] },
  graph: { rooms: ["facts", "layout"], packages: [] },
  registry: { rooms: ["contract", "graph", "facts", "layout"], packages: [] },
  checks: { rooms: ["contract", "registry", "graph", "facts", "layout"], packages: ["node:crypto"] },
  scan: {
    rooms: ["contract", "facts", "layout"],
    packages: ["fast-glob", "node:crypto", "node:fs", "node:os", "node:path", "node:worker_threads"],
  },
};

/** Biome's configuration: one override for the files of a room, one for those in its folders. */
export function roomRules(): object {
  const overrides = Object.entries(ROOMS).flatMap(([name, { rooms, packages }]) => {
    const [below, deeper] = ["..", "../.."].map((up) => rooms.map((room) => `!${up}/${room}/**`));
    const allowed = [...rooms.map((room) => `${room}/`), ...packages];
    const message = `${name}/ may import ${allowed.length === 0 ? "nothing but itself" : `itself, ${allowed.join(", ")}`} (.config/rooms.ts).`;
    const named = packages.map((one) => `!${one}`);
    return [
      override(`src/${name}/*.ts`, ["**", "!./**", ...below!, ...named], message),
      override(`src/${name}/*/**`, ["**", "!./**", "!../**", "../../**", ...deeper!, ...named], message),
    ];
  });
  return { $schema: "../node_modules/@biomejs/biome/configuration_schema.json", overrides };
}

/** The last pattern that matches decides; one that begins with `!` allows. */
function override(files: string, group: readonly string[], message: string): object {
  const options = { patterns: [{ group, message }] };
  return { includes: [files], linter: { rules: { style: { noRestrictedImports: { level: "error", options } } } } };
}
