// A command in a thread of its own, seen from within: what it wants of the terminal goes to the main thread as messages.
import type { MessagePort } from "node:worker_threads";
import type { Terminal } from "./output/terminal.ts";

/** What the thread is started with, in `workerData`, where it has no other way to know it. */
export interface CommandSettings {
  /** As chalk numbers them. */
  readonly colours: 0 | 1 | 2 | 3;
  readonly width: number;
}

/** What can be asked for, each by a number, under which the answer comes. */
export type Question =
  | { readonly kind: "write"; readonly text: string }
  | { readonly kind: "readInput"; readonly mostBytes: number };

export type FromCommand =
  | (Question & { readonly number: number })
  | { readonly kind: "warn" | "fail"; readonly line: string }
  | { readonly kind: "progress"; readonly told: Parameters<Terminal["progress"]> }
  | { readonly kind: "clearProgress" }
  /** How many things are to be saved before the program ends by a signal. */
  | { readonly kind: "unsaved"; readonly count: number }
  | { readonly kind: "saved" }
  | { readonly kind: "ended"; readonly code: number };

export type ToCommand =
  | { readonly kind: "save" }
  | { readonly kind: "answer"; readonly number: number; readonly text: string }
  /** An error with its code and system call, which a message would lose. */
  | { readonly kind: "refusal"; readonly number: number; readonly message: string; readonly properties: object };

/** Progress is told no more often than this, in milliseconds, but for a new phase. */
const INTERVAL = 50;

type Asking = "write" | "warn" | "progress" | "clearProgress" | "beforeInterruption" | "readInput";

/** The part of a terminal that is in the main thread. Nothing of it keeps the thread alive but a question without an answer. */
export function terminalThrough(port: MessagePort): Pick<Terminal, Asking> {
  const tell = (message: FromCommand) => port.postMessage(message);
  const waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  const unsaved = new Set<() => Promise<unknown>>();
  let asked = 0;
  const ask = (question: Question) =>
    new Promise<string>((resolve, reject) => {
      asked++;
      port.ref();
      waiting.set(asked, { resolve, reject });
      tell({ ...question, number: asked });
    });
  const countUnsaved = () => tell({ kind: "unsaved", count: unsaved.size });
  port.on("message", (message: ToCommand) => {
    if (message.kind === "save") {
      void Promise.allSettled([...unsaved].map((save) => save())).then(() => tell({ kind: "saved" }));
      return;
    }
    const { resolve, reject } = waiting.get(message.number)!;
    waiting.delete(message.number);
    if (waiting.size === 0) port.unref();
    if (message.kind === "answer") resolve(message.text);
    else reject(Object.assign(new Error(message.message), message.properties));
  });
  port.unref();
  // The main thread is told in this way, too, that this one has begun.
  countUnsaved();
  let [lastPhase, toldAt] = ["", 0];
  return {
    write: async (text) => void (await ask({ kind: "write", text })),
    readInput: (mostBytes) => ask({ kind: "readInput", mostBytes }),
    warn: (line) => tell({ kind: "warn", line }),
    progress: (...told) => {
      const [phase] = told;
      const now = performance.now();
      if (phase === lastPhase && now - toldAt < INTERVAL) return;
      [lastPhase, toldAt] = [phase, now];
      tell({ kind: "progress", told });
    },
    clearProgress: () => tell({ kind: "clearProgress" }),
    beforeInterruption: (save) => {
      unsaved.add(save);
      countUnsaved();
      return () => {
        unsaved.delete(save);
        countUnsaved();
      };
    },
  };
}
