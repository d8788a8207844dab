// Loaded before the built program, in its process and in each of its threads: lets calls to the disk fail, or the
// thread that makes them die. What to do is in the environment, as JSON (see test/worlds/faulty-program.ts).
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const { isMainThread } = require("node:worker_threads");

const { fault, hold } = JSON.parse(process.env.FAULTY_PROGRAM ?? "{}");
const holds = hold && new RegExp(hold);
const pattern = fault && new RegExp(fault.path);
const open = new Map();
let held = false;

function before(call, path) {
  // So long that the program starts threads for what comes next.
  if (isMainThread && !held && holds?.test(path)) {
    held = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  }
  if (!pattern?.test(path) || isMainThread === (fault.where === "threads")) return;
  if (fault.call !== undefined && fault.call !== call) return;
  fs.writeSync(2, `${isMainThread ? "main" : "thread"}: ${fault.does} ${call} ${path}\n`);
  if (fault.does === "exit") process.exit(fault.code ?? 0);
  if (fault.does === "throw") throw new Error("thrown on purpose");
  if (fault.does === "eat memory") for (const eaten = []; ; ) eaten.push(new Array(100_000).fill(eaten.length));
  throw Object.assign(new Error(`${fault.does}: ${call} '${path}'`), { code: fault.does, syscall: call, path });
}

for (const call of ["readdirSync", "statSync", "lstatSync", "openSync"]) {
  const real = fs[call];
  fs[call] = (path, ...rest) => {
    before(call, String(path));
    const result = real.call(fs, path, ...rest);
    if (call === "openSync") open.set(result, String(path));
    return result;
  };
}
const realRead = fs.readSync;
fs.readSync = (file, ...rest) => {
  before("readSync", open.get(file) ?? "");
  return realRead.call(fs, file, ...rest);
};
syncBuiltinESMExports();
