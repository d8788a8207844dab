// The lock file pins what is installed, on every platform and from whatever registry.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Locked {
  readonly integrity?: string;
  readonly resolved?: string;
}

const { packages }: { packages: Record<string, Locked> } = JSON.parse(
  readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"),
);
const locked = Object.entries(packages).filter(([path]) => path !== "");

it("has the hash of every package, those of other platforms too", () => {
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
});

it("names no registry to fetch them from", () => {
  expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});
