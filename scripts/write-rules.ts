// Writes the linter's rules of what each room of src/ may import, as .config/rooms.ts has them.
import { writeFileSync } from "node:fs";
import { roomRules } from "../.config/rooms.ts";

writeFileSync(new URL("../.config/rooms.json", import.meta.url), `${JSON.stringify(roomRules())}\n`);
