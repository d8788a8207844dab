// parseManifest must read every document as the real registry does: what it answers to a pull, and what a collection
// marks. The registry is the judge; nothing here says what is right.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";
import { type ManifestContent, parseManifest } from "../../src/layout/manifest.ts";
import { documents } from "./manifest-parsing-documents.ts";

const ACCEPT = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];
const SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";

const root = mkdtempSync(join(tmpdir(), "manifest-parsing-"));
const storage = join(root, "docker/registry/v2");
const repository = (index: number) => `document-${index}`;
const hashes = documents.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));

const answers: string[] = [];
const marked = new Map<string, string[]>();
let collection: Awaited<ReturnType<typeof collectGarbage>>;

beforeAll(async () => {
  for (const index of documents.keys()) writeRepository(index);
  await withRegistry({ root }, async (url) => {
    for (const index of documents.keys()) answers.push(await pull(url, index));
  });
  // One manifest that cannot be read aborts the whole collection.
  for (const [index, answer] of answers.entries()) if (!answer.startsWith("200")) removeRepository(index);
  collection = await collectGarbage(root, { dryRun: true });
  for (const line of collection.stdout.split("\n")) {
    const [, name, digest] = /^(document-\d+): marking blob (.*)$/s.exec(line) ?? [];
    if (name !== undefined && digest !== undefined) marked.set(name, [...(marked.get(name) ?? []), digest]);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

function writeRepository(index: number): void {
  const hash = hashes[index] as string;
  const folder = join(storage, "repositories", repository(index));
  mkdirSync(join(folder, "_layers"), { recursive: true });
  write(join(folder, "_manifests/revisions/sha256", hash, "link"), `sha256:${hash}`);
  write(
    join(storage, "blobs/sha256", hash.slice(0, 2), hash, "data"),
    (documents[index] as { bytes: Uint8Array }).bytes,
  );
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function removeRepository(index: number): void {
  rmSync(join(storage, "repositories", repository(index)), { recursive: true });
}

/** The status, and the type of what is served; "dropped" when the connection ends without an answer. */
async function pull(url: string, index: number): Promise<string> {
  const path = `${url}/v2/${repository(index)}/manifests/sha256:${hashes[index]}`;
  const answer = await fetch(path, { headers: { accept: ACCEPT.join(",") } }).catch(() => undefined);
  if (answer === undefined) return "dropped";
  await answer.arrayBuffer();
  return answer.status === 200 ? `200 ${answer.headers.get("content-type")}` : `${answer.status}`;
}

function expectedAnswer(content: ManifestContent): string {
  if (!content.ok) return content.panics ? "dropped" : "500";
  if (content.kind === "schema1") return `200 ${SCHEMA_1}`;
  const untyped = content.kind === "index" ? ACCEPT[3] : ACCEPT[2];
  return `200 ${content.mediaType || untyped}`;
}

it("covers every kind of answer", () => {
  expect(new Set(answers)).toEqual(new Set(["500", "dropped", ...[...ACCEPT, SCHEMA_1].map((type) => `200 ${type}`)]));
  expect(collection.exitCode).toBe(0);
});

it.each(documents.map(({ name, bytes }, index) => ({ name, bytes, index })))("$name", ({ bytes, index }) => {
  const content = parseManifest(bytes);
  expect(expectedAnswer(content)).toBe(answers[index]);
  if (content.ok) expect(content.references.map(({ digest }) => digest)).toEqual(marked.get(repository(index)) ?? []);
});
