// Makes all of test-fixtures/ again with a real registry: `npx tsx scripts/make-fixtures.ts`. Needs the Debian package
// docker-registry. Everything is made in a temporary folder first, so a failure leaves the old fixtures alone.
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fixtures } from "./fixtures/catalogue.ts";
import type { Fixture } from "./fixtures/fixture.ts";
import { fixtureReadme, folderReadme } from "./fixtures/readme.ts";
import { filesBelow, removeEmptyFolders } from "./fixtures/storage.ts";

const target = fileURLToPath(new URL("../test-fixtures", import.meta.url));

const made = await mkdtemp(join(tmpdir(), "fixtures-"));
try {
  const all = [];
  for (const fixture of fixtures) all.push(await makeFixture(fixture));
  await writeFile(join(made, "README.md"), folderReadme(all));
  // git must not change line ends: the hash of every file here is its name.
  await writeFile(join(made, ".gitattributes"), "* -text\n");
  await rm(target, { recursive: true, force: true });
  await cp(made, target, { recursive: true });
} finally {
  await rm(made, { recursive: true, force: true });
}

async function makeFixture(fixture: Fixture) {
  const root = join(made, fixture.name);
  await mkdir(root);
  const result = await fixture.make(root, (name) => join(made, name));
  await removeEmptyFolders(root);
  const paths = await filesBelow(root);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(root, path))).size));
  await writeFile(join(root, "README.md"), fixtureReadme(fixture, result));
  await writeFile(join(root, "expected.json"), `${JSON.stringify(result.expectation, null, 2)}\n`);
  console.log(`${fixture.name}: ${paths.length} files`);
  return { fixture, made: result, files: paths.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
