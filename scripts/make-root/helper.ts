// A process that helps to write a large root; answers with the number of inodes that it made.
import { type Task, writeShare } from "./run.ts";
import { RootWriter } from "./write.ts";

process.once("message", (task: Task) => {
  const writer = new RootWriter(task.root, task.plan);
  writeShare(writer, task);
  process.send?.(writer.inodes, () => process.disconnect());
});
