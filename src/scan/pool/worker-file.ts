// The program of a worker thread. In the one-file program it is that very file: there the build sets this.

export const WORKER_FILE = new URL("./worker.js", import.meta.url);
