// A browser that a test looks through: headless Chromium, told over a pipe what to do (the DevTools protocol).
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** What a page was like in a window of some width. */
export interface Look {
  /** Errors and warnings that the browser printed for it. */
  readonly complaints: readonly string[];
  /** Everything that it asked for, itself included. */
  readonly requests: readonly string[];
  /** Pixels that it is wider than its window. */
  readonly overflow: number;
  /** What `expression` gave, where one was asked. */
  readonly value: unknown;
}

export interface Window {
  readonly width: number;
  readonly dark?: boolean;
  readonly media?: "screen" | "print";
  /** JavaScript that the page itself could not run: the browser runs it in it. */
  readonly expression?: string;
}

type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: Record<string, unknown> };

export class Browser {
  readonly #folder = mkdtempSync(join(tmpdir(), "browser-"));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (result: Record<string, unknown>) => void>();
  #events: Message[] = [];
  #next = 1;
  #session: string | undefined;

  constructor() {
    const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", ...quiet];
    this.#process = spawn("chromium", [...args, `--user-data-dir=${this.#folder}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      detached: true,
    });
    let rest = "";
    const output = this.#process.stdio[4] as Readable;
    output.setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop() ?? "";
      for (const text of messages) this.#take(JSON.parse(text) as Message);
    });
  }

  /** Opens a file in a new window, waits until it is loaded, and closes it again. */
  async look(file: string, { width, dark = false, media = "screen", expression = "0" }: Window): Promise<Look> {
    const { targetId } = await this.#ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#ask("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId as string;
    this.#events = [];
    for (const domain of ["Page", "Network", "Log", "Runtime"]) await this.#ask(`${domain}.enable`);
    const size = { width, height: 800, deviceScaleFactor: 1, mobile: false };
    await this.#ask("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.#ask("Emulation.setEmulatedMedia", { media, features });
    const loaded = this.#event("Page.loadEventFired");
    await this.#ask("Page.navigate", { url: `file://${file}` });
    await loaded;
    const overflow = await this.#evaluate("document.documentElement.scrollWidth - innerWidth");
    const value = await this.#evaluate(expression);
    const events = this.#events;
    this.#session = undefined;
    await this.#ask("Target.closeTarget", { targetId });
    const of = (method: string) => events.filter((event) => event.method === method).map(({ params }) => params ?? {});
    const entries = of("Log.entryAdded").map(({ entry }) => JSON.stringify(entry));
    const thrown = [...of("Runtime.exceptionThrown"), ...of("Runtime.consoleAPICalled")];
    return {
      complaints: [...entries, ...thrown.map((params) => JSON.stringify(params))],
      requests: of("Network.requestWillBeSent").map(({ request }) => (request as { url: string }).url),
      overflow: Number(overflow),
      value,
    };
  }

  /** Ends the browser with all its processes: those that outlive the first of them go on writing to its folder for a while. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.pid !== undefined) process.kill(-this.#process.pid, "SIGKILL");
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#ask("Runtime.evaluate", { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  #ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const text = JSON.stringify({
      id,
      method,
      params,
      ...(this.#session !== undefined && { sessionId: this.#session }),
    });
    (this.#process.stdio[3] as Writable).write(`${text}\0`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #event(method: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!this.#events.some((event) => event.method === method)) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
  }

  #take(message: Message): void {
    if (message.id === undefined) this.#events.push(message);
    else {
      this.#waiting.get(message.id)?.(message.result ?? {});
      this.#waiting.delete(message.id);
    }
  }
}
