// The entry of the one-file program: the same file is the program and, started again in a thread, its reader.
import { isMainThread } from "node:worker_threads";

await (isMainThread ? import("../../src/cli.ts") : import("../../src/scan/pool/worker.ts"));
