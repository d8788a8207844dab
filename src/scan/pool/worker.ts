// A worker thread: does tasks on one root, one after another, and hands over the columns without copying them.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { nodeFs } from "../fs/storage-fs.ts";
import { type ControlledContentTask, performTask, type ReadOptions, type Task, verifyContent } from "./tasks.ts";

export interface WorkerData {
  readonly root: string;
  /** Undefined where content alone is to be verified. */
  readonly options: ReadOptions | undefined;
}

const port = parentPort as MessagePort;
const { root, options } = workerData as WorkerData;

port.on("message", (task: Task | ControlledContentTask) => {
  const result =
    task.kind === "content" ? verifyContent(nodeFs, task) : performTask(nodeFs, root, task, options as ReadOptions);
  const buffers = new Set<ArrayBuffer>();
  collectBuffers(result, buffers);
  port.postMessage(result, [...buffers]);
});

/** The buffers of all typed arrays in plain data. */
function collectBuffers(data: unknown, buffers: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(data)) buffers.add(data.buffer as ArrayBuffer);
  else if (Array.isArray(data) && typeof data[0] === "string") return;
  else if (typeof data === "object" && data !== null)
    for (const value of Object.values(data)) collectBuffers(value, buffers);
}
