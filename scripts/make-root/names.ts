// Repository and tag names as teams choose them: nested, uneven, in several styles.

const services = ["api", "web", "worker", "auth", "billing", "search", "mail", "gateway", "reports", "proxy"];
const parts = ["server", "client", "migrations"];

/** That many different names; every fourth lies inside another repository (`team-a/api`, `team-a/api/server`). */
export function nameRepositories(count: number): string[] {
  const names: string[] = [];
  for (let group = 0; names.length < count; group += 1) {
    const service = services[group % services.length]!;
    const team = `team-${letters(Math.floor(group / services.length))}`;
    const part = parts[group % parts.length]!;
    names.push(`${team}/${service}`, `${team}/${service}/${part}`, `${team}/tools/${service}`, `${service}-${team}`);
  }
  return names.slice(0, count);
}

/** a, b, ... z, ba, bb, ...: digits of base 26. */
function letters(number: number): string {
  const rest = Math.floor(number / 26);
  return (rest === 0 ? "" : letters(rest)) + String.fromCharCode(97 + (number % 26));
}

/** The version tag of a repository's image: `position` is its place in the repository, `repository` picks the style. */
export function nameTag(repository: number, position: number): string {
  switch (repository % 3) {
    case 0:
      return `v1.${Math.floor(position / 10)}.${position % 10}`;
    case 1:
      return `build-${position + 1}`;
    default:
      return `2024.${1 + (position % 12)}-${position}-release`;
  }
}
