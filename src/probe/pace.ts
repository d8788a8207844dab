// How fast a registry is asked: so many requests at once, so many a second, and none before a time that it named.
import { setTimeout as sleep } from "node:timers/promises";

export class Pace {
  readonly #atOnce: number;
  /** Milliseconds between two requests. */
  readonly #gap: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #next = 0;

  /** `perSecond`: undefined for as many as come. */
  constructor(atOnce: number, perSecond: number | undefined) {
    this.#atOnce = atOnce;
    this.#gap = perSecond === undefined ? 0 : 1000 / perSecond;
  }

  /** Runs it when its turn comes. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    // Whoever ends hands its place on, so that nobody who comes later is faster.
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      await this.#turn();
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Nobody asks for so many milliseconds. */
  pause(milliseconds: number): void {
    this.#next = Math.max(this.#next, performance.now() + milliseconds);
  }

  async #turn(): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now, this.#next);
    if (this.#gap > 0) this.#next = turn + this.#gap;
    if (turn > now) await sleep(turn - now);
  }
}
