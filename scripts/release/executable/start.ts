// What the executable runs first, in the program and in each of its threads: a script that is beside this one in the
// executable, with what V8 made of it when it was built, so that none of it is compiled again. It has no import, since it is a
// script in the program and a module in a thread; everything that it needs is Node.js's own.

/** Set by the build. */
declare const PART: "program" | "worker";

const { getAsset, getRawAsset } = process.getBuiltinModule("node:sea");
const { Script } = process.getBuiltinModule("node:vm");

if (PART === "program" && process.argv.length === 3 && process.argv[2] === "--notices") {
  process.stdout.write(getAsset("NOTICES", "utf8"));
} else {
  const bytes = (name: string) => Buffer.from(getRawAsset(name) as ArrayBuffer);
  // The build sees to it that the script is ASCII. A cache that does not fit this processor is passed over by V8.
  const script = new Script(bytes(`${PART}.js`).toString("latin1"), {
    filename: `regfsck/${PART}.js`,
    cachedData: bytes(`${PART}.cache`),
  });
  script.runInThisContext()(process.getBuiltinModule);
}
