// The one-line progress bar on standard error, redrawn in place.
import { renderProgress } from "./progress.ts";

/** Redraws no more often than this, in milliseconds. */
const INTERVAL = 100;

export class ProgressLine {
  readonly #stream: { readonly columns?: number; write(text: string): unknown } | undefined;
  #phase = "";
  #startedAt = 0;
  #drawnAt = 0;
  #drawn = false;

  /** Draws nothing without a stream. */
  constructor(stream: { readonly columns?: number; write(text: string): unknown } | undefined) {
    this.#stream = stream;
  }

  show(phase: string, done: number, total: number | undefined, unit?: "bytes"): void {
    if (!this.#stream) return;
    const now = performance.now();
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#startedAt = now;
    } else if (now - this.#drawnAt < INTERVAL) return;
    this.#drawnAt = now;
    this.#drawn = true;
    const perSecond = (done * 1000) / Math.max(now - this.#startedAt, 1);
    const width = (this.#stream.columns ?? 80) - 1;
    this.#stream.write(`\r\x1b[2K${renderProgress({ phase, done, total, perSecond, unit }, width)}`);
  }

  clear(): void {
    if (this.#drawn) this.#stream?.write("\r\x1b[2K");
    this.#drawn = false;
  }
}
