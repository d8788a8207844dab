import { describe, expect, it } from "vitest";
import { shareFiles } from "../../scripts/package/share.ts";
import { SHELLS } from "../../src/options.ts";
import { runProgram } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const FILES = {
  bash: "bash-completion/completions/regfsck",
  zsh: "zsh/site-functions/_regfsck",
  fish: "fish/vendor_completions.d/regfsck.fish",
} as const;

describe("completion", () => {
  it.each(SHELLS)("prints what is installed for %s", async (shell) => {
    const { printed, exitCode } = await runProgram(new World().fs, ["completion", shell]);
    expect([printed, exitCode]).toEqual([shareFiles("0.0.0", "2026-01-31")[FILES[shell]], 0]);
    expect(printed).toContain("remove-tags-from");
  });

  it("refuses a shell that it does not know, and names those that it does", async () => {
    const refused = runProgram(new World().fs, ["completion", "tcsh"]);
    await expect(refused).rejects.toThrow(/Allowed choices are bash, zsh, fish/);
  });
});
