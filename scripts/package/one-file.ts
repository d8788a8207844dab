// The entry of the one-file program: the same file is the program and, started again in a thread, a command's thread or a reader.
import { isMainThread, workerData } from "node:worker_threads";

void (isMainThread || workerData.command ? import("../../src/cli.ts") : import("../../src/scan/pool/worker.ts"));
