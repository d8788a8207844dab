#!/usr/bin/env node
// Where the program begins. Scripts ask often which version it is, and that needs nothing else of it.
import { VERSION } from "./version.ts";

const isVersionAsked = process.argv.length === 3 && process.argv[2] === "--version";
if (isVersionAsked) process.stdout.write(`${VERSION}\n`);
else await import("./main.ts");
