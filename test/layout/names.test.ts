import { describe, expect, it } from "vitest";
import { isRepositoryName, isStoragePath, isTagName } from "../../src/layout/names.ts";

describe("isRepositoryName", () => {
  const names = [
    "app",
    "team/api",
    "team/api/server",
    "a.b",
    "a_b",
    "a__b",
    "a---b",
    "0",
    "Host.Example/app",
    "HOST/app",
  ];
  it.each(names)("takes %s", (name) => expect(isRepositoryName(name)).toBe(true));

  const others = [
    "",
    "App",
    "team/App",
    "-app",
    "app-",
    "a..b",
    "a___b",
    "a//b",
    "/app",
    "app/",
    "a b",
    "@eaDir",
    "app:1",
  ];
  it.each(others)("refuses %j", (name) => expect(isRepositoryName(name)).toBe(false));

  it("refuses a host with a port, which no path can hold", () => {
    expect(isRepositoryName("host:5000/app")).toBe(false);
  });

  it("takes 255 characters, and not one more", () => {
    expect(isRepositoryName("a".repeat(255))).toBe(true);
    expect(isRepositoryName("a".repeat(256))).toBe(false);
  });

  it("is not slow on names made to be slow", () => {
    expect(isRepositoryName(`${"a-".repeat(127)}!`)).toBe(false);
    expect(isRepositoryName(`${"a".repeat(254)}!`)).toBe(false);
  });
});

describe("isTagName", () => {
  it.each(["latest", "1.0", "_", "V1.0-rc.1", "a".repeat(128)])("takes %s", (name) => {
    expect(isTagName(name)).toBe(true);
  });
  it.each(["", ".hidden", "-1", "a".repeat(129), "a b", "a:b", "a/b", "1.0\n"])("refuses %j", (name) => {
    expect(isTagName(name)).toBe(false);
  });
});

describe("isStoragePath", () => {
  it.each(["docker", "docker/registry/v2", "a/.b/-c/_d", ".."])("takes %s", (path) => {
    expect(isStoragePath(path)).toBe(true);
  });
  it.each(["", "/a", "a/", "a//b", "a b", "@eaDir", "a\n", "ä"])("refuses %j", (path) => {
    expect(isStoragePath(path)).toBe(false);
  });
});
