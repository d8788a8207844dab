// The runs that a page of documentation shows, to be run again: what is printed must be what is shown.
export interface ConsoleExample {
  /** As typed after `$ regfsck `. */
  readonly command: string;
  /** Matches what is printed, but for times; a line of three dots stands for any lines. */
  readonly shown: RegExp;
}

export function consoleExamples(page: string): ConsoleExample[] {
  return [...page.matchAll(/^```console\n\$ regfsck (.*)\n([\s\S]*?)^```$/gm)].map(([, command, shown]) => ({
    command: command!,
    shown: pattern(shown!),
  }));
}

function pattern(shown: string): RegExp {
  const exactly = (part: string) =>
    part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/Took \d+\\\.\d s/g, "Took \\d+\\.\\d s");
  return new RegExp(
    `^${shown
      .split(/^\.\.\.\n/m)
      .map(exactly)
      .join("(?:.*\n)*?")}$`,
  );
}
