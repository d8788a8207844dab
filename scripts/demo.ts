// `npm start`: scans the bundled root that holds the incident which regfsck was made for, and says how it exited.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const { status } = spawnSync(process.execPath, [path("../dist/cli.js"), "scan", path("../test-fixtures/incident")], {
  stdio: "inherit",
});
console.log(`\nregfsck scan test-fixtures/incident exited with ${status} (4 means: images are broken)`);
