import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { releaseNotes } from "../../../scripts/release/notes.ts";

const changelog = `# Changelog

About it.

## [Unreleased]

### Added

- Something.

## [1.2.0] - 2026-11-29

### Added

- \`scan\` ([page](docs/gate.md), [elsewhere](https://example.org)).

## [1.1.0] - 2026-11-01

- Older.

[1.2.0]: https://example.org/1.2.0
`;

it("takes the part of the version, with links that lead to its files", () => {
  const notes = releaseNotes(changelog, "1.2.0");
  expect(notes).toMatch(
    /^# regfsck 1\.2\.0\n\n### Added\n\n- `scan` \(\[page\]\(\.\.\/\.\.\/blob\/v1\.2\.0\/docs\/gate\.md\)/,
  );
  expect(notes).toContain("[elsewhere](https://example.org)");
  expect(notes).not.toMatch(/Something|Older|About it/);
});

it("takes what is not released where the version has no part yet", () => {
  expect(releaseNotes(changelog, "1.3.0")).toMatch(/^# regfsck 1\.3\.0\n\n### Added\n\n- Something\.\n\n## Files/);
});

it("says which heading there is none of", () => {
  expect(() => releaseNotes("# Changelog\n", "1.3.0")).toThrow("CHANGELOG.md has no part for 1.3.0");
});

it("finds the part in the project's changelog", () => {
  const text = readFileSync(new URL("../../../CHANGELOG.md", import.meta.url), "utf8");
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  expect(releaseNotes(text, version)).toContain("\n- `scan`: ");
});
