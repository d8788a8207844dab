// Has V8 compile a script, every function of it, and writes what came of that beside it: script.js -> script.cache.
// The very Node.js that is to run the script runs this: V8 takes no other's.
// Usage: node --random-seed=1 compile.ts <script.js> <name in stacks>
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [file, filename] = process.argv.slice(2) as [string, string];
const source = readFileSync(file, "latin1");
// The flags are part of what V8 compares, as they are when the cache is made; so they are as before by then.
setFlagsFromString("--no-lazy");
const script = new Script(source, { filename });
setFlagsFromString("--lazy");
writeFileSync(file.replace(/js$/, "cache"), script.createCachedData());
