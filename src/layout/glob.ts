// Globs over names, not over files: `*` and `?` stay within one part of a name, `**` does not, `{a,b}` is either.

const known = new Map<string, RegExp>();

/** Whether the glob matches all of the name. One without any of `*?{` matches itself alone. */
export function matchesGlob(glob: string, name: string): boolean {
  if (!/[*?{]/.test(glob)) return glob === name;
  let pattern = known.get(glob);
  if (!pattern) {
    pattern = new RegExp(`^${globSource(glob)}$`);
    known.set(glob, pattern);
  }
  return pattern.test(name);
}

function globSource(glob: string): string {
  return glob.replace(/\*\*\/?|[*?]|\{([^{}]*)\}|[.+^$()|[\]{}\\]/g, (part, choices: string | undefined) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (choices !== undefined) return `(?:${choices.split(",").map(globSource).join("|")})`;
    return `\\${part}`;
  });
}
