// The exit codes of the contract, after fsck(8). Only 0 permits a clean-up.

export const EXIT = { clean: 0, findings: 4, incomplete: 8, usage: 16, interrupted: 32 } as const;

/** The code of a run that ended: what it found and whether it saw everything. */
export function exitCode(run: { readonly findings: boolean; readonly incomplete: boolean }): number {
  return (run.findings ? EXIT.findings : 0) | (run.incomplete ? EXIT.incomplete : 0);
}
