// The paths, spelled out: they are the registry's, so a change here is a mistake.
import { describe, expect, it } from "vitest";
import {
  blobData,
  linkFile,
  linksFolder,
  repositoryFolder,
  tagCurrent,
  tagFolder,
  tagsFolder,
  uploadsFolder,
} from "../../src/layout/paths.ts";

const hex = "0123456789abcdef".repeat(4);
const app = "docker/registry/v2/repositories/team/app";

describe("paths", () => {
  it("are those of the registry", () => {
    expect(blobData(`sha256:${hex}`)).toBe(`docker/registry/v2/blobs/sha256/01/${hex}/data`);
    expect(repositoryFolder("team/app")).toBe(app);
    expect(linksFolder("team/app", "layer")).toBe(`${app}/_layers`);
    expect(linksFolder("team/app", "revision")).toBe(`${app}/_manifests/revisions`);
    expect(linkFile("team/app", "layer", `sha256:${hex}`)).toBe(`${app}/_layers/sha256/${hex}/link`);
    expect(linkFile("team/app", "revision", `sha512:${hex}${hex}`)).toBe(
      `${app}/_manifests/revisions/sha512/${hex}${hex}/link`,
    );
    expect(tagsFolder("team/app")).toBe(`${app}/_manifests/tags`);
    expect(tagFolder("team/app", "1.0")).toBe(`${app}/_manifests/tags/1.0`);
    expect(tagCurrent("team/app", "1.0")).toBe(`${app}/_manifests/tags/1.0/current/link`);
    expect(uploadsFolder("team/app")).toBe(`${app}/_uploads`);
  });

  it.each(["../../etc", "sha256:../../etc", "", "md5:00"])("are not made of %j, which is no digest", (text) => {
    expect(() => blobData(text)).toThrow(RangeError);
    expect(() => linkFile("team/app", "layer", text)).toThrow(RangeError);
  });
});
