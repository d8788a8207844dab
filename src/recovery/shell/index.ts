// The part of the script that is the same for every plan, in the order in which it stands there. It keeps to POSIX shell
// and to tools that both GNU and busybox have.
import { SCRIPT_LOOK } from "./look.ts";
import { SCRIPT_MOVE } from "./move.ts";
import { SCRIPT_SAY } from "./say.ts";
import { SCRIPT_BEGIN } from "./start.ts";
import { SCRIPT_STEPS } from "./steps.ts";

export { SCRIPT_OPTIONS, SCRIPT_START } from "./start.ts";

export const SCRIPT_FUNCTIONS = SCRIPT_SAY + SCRIPT_LOOK + SCRIPT_BEGIN + SCRIPT_MOVE + SCRIPT_STEPS;
