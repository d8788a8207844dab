// Where the program of a worker thread is: a file of its own, since the one-file program is its own worker, and its build
// replaces this module.

export const WORKER_FILE = new URL("./worker.js", import.meta.url);
