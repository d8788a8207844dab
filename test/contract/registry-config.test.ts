import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/contract/errors.ts";
import { parseRegistryConfig } from "../../src/contract/registry-config.ts";

const parse = (...lines: string[]) => parseRegistryConfig(lines.join("\n"), "config.yml");

describe("parseRegistryConfig", () => {
  it("reads the configuration that the image ships", () => {
    const config = parse(
      "version: 0.1",
      "log: {fields: {service: registry}}",
      "storage:",
      "  cache: {blobdescriptor: inmemory}",
      "  filesystem: {rootdirectory: /var/lib/registry}",
      "http: {addr: ':5000'}",
    );
    expect(config).toEqual({
      rootDirectory: "/var/lib/registry",
      isCache: false,
      cachesDescriptors: true,
      isReadOnly: false,
      allowsDelete: false,
      indexPlatforms: undefined,
    });
  });

  it("tells the platforms without which registry 3 takes no index, where it lists them", () => {
    const platformsOf = (indexes: string) =>
      parse("version: 0.1", "storage: filesystem", `validation: {manifests: {indexes: ${indexes}}}`).indexPlatforms;
    const list = "platformlist: [{architecture: amd64, os: linux}, {architecture: arm64, os: linux}]";
    expect(platformsOf(`{platforms: List, ${list}}`)).toEqual(["linux/amd64", "linux/arm64"]);
    expect(platformsOf(`{platforms: all, ${list}}`)).toBeUndefined();
    expect(platformsOf("{platforms: none}")).toBeUndefined();
    expect(() => platformsOf("{platforms: list, platformlist: [linux]}")).toThrow("(platformlist.0)");
  });

  it("tells a pull-through cache, read-only mode and deletes", () => {
    const config = parse(
      "version: 0.1",
      "storage:",
      "  filesystem: {rootdirectory: /srv/hub}",
      "  maintenance: {readonly: {enabled: true}}",
      "  delete: {enabled: true}",
      "proxy: {remoteurl: 'https://registry.example'}",
    );
    expect(config).toMatchObject({ rootDirectory: "/srv/hub", isCache: true, isReadOnly: true, allowsDelete: true });
    expect(config.cachesDescriptors).toBe(false);
  });

  it.each(["storage: filesystem", "storage: {filesystem: }"])("takes the program's own folder for %j", (storage) => {
    expect(parse("version: 0.1", storage).rootDirectory).toBe("/var/lib/registry");
  });

  it.each([
    ["a: 1", "version"],
    ["version: 0.1\nstorage: {s3: {bucket: x}}", "storage"],
    ["version: 0.1\nstorage: {filesystem: {}, delete: {enabled: 'yes'}}", "delete.enabled"],
    ["", "the file"],
  ])("refuses %j, and names the field", (source, field) => {
    expect(() => parseRegistryConfig(source, "config.yml")).toThrow(UsageError);
    expect(() => parseRegistryConfig(source, "config.yml")).toThrow(`(${field})`);
  });

  it("refuses what is not YAML", () => {
    expect(() => parse(": : [")).toThrow(UsageError);
  });
});
