#!/usr/bin/env node
// Where the program begins. Nothing is imported but on demand: a Node.js that is too old would fail to read what the
// program is made of, with a stack, before it could be told so.
const OLDEST = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  process.stderr.write(`regfsck: needs Node.js ${OLDEST} or newer; this is ${process.version}\n`);
  process.exitCode = 16;
} else if (process.argv.length === 3 && process.argv[2] === "--version") {
  // Scripts ask often which version it is, and that needs nothing else of the program.
  void import("./version.ts").then(({ VERSION }) => process.stdout.write(`${VERSION}\n`));
} else void import("./main.ts");
