// Loads the commands before the first test. The program loads them when they are asked for, so that what their modules
// evaluate once would be charged to whichever test comes first.
import "../src/commands/forecast.ts";
import "../src/commands/gate.ts";
import "../src/commands/recheck-gate.ts";
import "../src/commands/scan.ts";
