// The notes of a release: what the changelog says of that version.

/**
 * The part of the changelog below the heading of this version, or of what is not released yet, with links that lead from a
 * release page to the files of that version.
 * @throws where there is neither heading.
 */
export function releaseNotes(changelog: string, version: string): string {
  const parts = changelog.split(/^## (?=\[)/m).slice(1);
  const part =
    parts.find((text) => text.startsWith(`[${version}]`)) ?? parts.find((text) => text.startsWith("[Unreleased]"));
  if (part === undefined) throw new Error(`CHANGELOG.md has no part for ${version}, and none for what is unreleased`);
  const body = part.slice(part.indexOf("\n")).replace(/^\[[^\]]+\]: .*$/gm, "");
  const linked = body.replace(/\]\((?![a-z]+:)([^)]+)\)/g, `](../../blob/v${version}/$1)`);
  return `# regfsck ${version}\n\n${linked.trim()}\n\n${FILES}`;
}

const FILES = `## Files

| file | for |
| --- | --- |
| \`regfsck-*-linux-x64.xz\`, \`-linux-arm64.xz\` | any Linux with glibc 2.28 or newer; no Node.js needed |
| \`regfsck_*_amd64.deb\`, \`_arm64.deb\` | Debian 12 and newer, and what is made from it |
| \`regfsck-*-image-x64.tar\`, \`-image-arm64.tar\` | \`docker load --input\`, \`podman load --input\` |
| \`regfsck-*.mjs\` | any machine with Node.js 20 or newer |
| \`regfsck-*.cdx.json\` | what is inside, as CycloneDX has it |
| \`SHA256SUMS\` | \`sha256sum --check --ignore-missing SHA256SUMS\` |

How to install each: \`docs/install.md\`.
`;
