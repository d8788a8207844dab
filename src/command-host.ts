// A command in a thread of its own, seen from the main thread: where a limit on calls makes the command sleep between them, this
// one hears signals all the while, as no other thread can.
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { COMMAND_FILE } from "./command-file.ts";
import type { CommandSettings, FromCommand, Question, ToCommand } from "./command-thread.ts";
import type { Terminal } from "./output/terminal.ts";

/** How long the program waits by a signal for what is to be saved, in milliseconds: the thread may be asleep. */
const MOST_TO_SAVE = 700;

/** The terminal of the process, and where a line goes that is said whatever the options are. */
export interface CommandHost {
  readonly terminal: Terminal;
  fail(line: string): void;
}

/**
 * Runs the command of these arguments. Gives its exit code; undefined where the thread did not come up (from the sources, or where the
 * system has no room for it), so that nothing was done. Rejects with what ended the thread.
 */
export function runInThread(
  args: readonly string[],
  settings: CommandSettings,
  host: CommandHost,
): Promise<number | undefined> {
  const { promise, resolve, reject } = withResolvers<number | undefined>();
  let isUp = false;
  let thread: Worker;
  try {
    thread = new Worker(COMMAND_FILE, {
      argv: [...args],
      workerData: { command: settings },
      trackUnmanagedFds: false,
    });
  } catch {
    return Promise.resolve(undefined);
  }
  const { terminal, fail } = host;
  const tell = (message: ToCommand) => thread.postMessage(message);
  let takeBack: (() => void) | undefined;
  let saved = () => {};
  const save = () => {
    const done = new Promise<void>((whenSaved) => (saved = whenSaved));
    tell({ kind: "save" });
    return Promise.race([done, sleep(MOST_TO_SAVE)]);
  };
  thread.on("message", (message: FromCommand) => {
    isUp = true;
    switch (message.kind) {
      case "write":
      case "readInput":
        void answer(message, terminal).then(tell);
        break;
      case "warn":
        terminal.warn(message.line);
        break;
      case "fail":
        fail(message.line);
        break;
      case "progress":
        terminal.progress(...message.told);
        break;
      case "clearProgress":
        terminal.clearProgress();
        break;
      case "unsaved":
        if (message.count === 0) takeBack?.();
        takeBack = message.count === 0 ? undefined : (takeBack ?? terminal.beforeInterruption(save));
        break;
      case "saved":
        saved();
        break;
      case "ended":
        resolve(message.code);
    }
  });
  thread.on("error", (error) => (isUp ? reject(error) : resolve(undefined)));
  thread.on("exit", (code) => reject(new Error(`the command's thread ended with ${code}`)));
  return promise;
}

async function answer(
  { number, ...question }: Question & { readonly number: number },
  terminal: Terminal,
): Promise<ToCommand> {
  try {
    if (question.kind === "readInput") {
      return { kind: "answer", number, text: await terminal.readInput(question.mostBytes) };
    }
    await terminal.write(question.text);
    return { kind: "answer", number, text: "" };
  } catch (error) {
    const { message, ...properties } = error as Error;
    return { kind: "refusal", number, message: (error as Error).message, properties };
  }
}

/** Node.js 20 has no Promise.withResolvers. */
function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((whenDone, whenFailed) => ([resolve, reject] = [whenDone, whenFailed]));
  return { promise, resolve, reject };
}
