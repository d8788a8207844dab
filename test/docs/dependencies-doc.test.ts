// docs/dependencies.md says of every package why it is there, and of none that is not.
import { expect, it } from "vitest";
import { textOf } from "./pages.ts";

const page = textOf("docs/dependencies.md");

it("docs/dependencies.md names the packages that are installed, and no others", () => {
  const { dependencies = {}, devDependencies } = JSON.parse(textOf("package.json"));
  const rows = [...page.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => cell!.match(/(?<=`)[^`, ]+(?=`)/g)!);
  expect(rows.sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort());
});
