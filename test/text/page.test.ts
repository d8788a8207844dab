import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { columns, paragraph, pathLine, row } from "../../src/text/page.ts";

const page = { colour: new Chalk({ level: 0 }), width: 40 };
const HEX = "0123456789abcdef".repeat(4);

describe("paragraph", () => {
  it("breaks at spaces and indents what follows", () => {
    expect([...paragraph(page, "the child manifest is in the store, but not linked", { first: 2, rest: 4 })]).toEqual([
      "  the child manifest is in the store,\n",
      "    but not linked\n",
    ]);
  });

  it("shortens a digest that fits on no line", () => {
    expect([...paragraph(page, `names sha256:${HEX}`, { first: 0 })]).toEqual(["names sha256:0123456789ab…\n"]);
  });
});

describe("a path that something is to be done about", () => {
  const path = `docker/registry/v2/blobs/sha256/01/${HEX}/data`;

  it("is neither wrapped nor shortened, in a line of its own or among words", () => {
    expect([...pathLine(page, 2, path)]).toEqual([`  ${path}\n`]);
    expect([...paragraph(page, `move ${path} away`, { first: 0, keep: true })]).toEqual([
      "move\n",
      `${path}\n`,
      "away\n",
    ]);
  });

  it("cannot pass for a line of the report where a terminal wraps it", () => {
    expect([...pathLine(page, 2, "a b")]).toEqual(["  a b\n"]);
    expect([...pathLine(page, 2, `${"a".repeat(40)} clean: no\n`)]).toEqual([
      `  ${"a".repeat(40)}\\x20clean:\\x20no\\n\n`,
    ]);
  });
});

describe("row", () => {
  it("fills columns up to their width", () => {
    const cells = [{ text: "child", pad: 6 }, { text: "", pad: 3 }, { text: "end" }];
    expect([...row(page, 2, cells)]).toEqual(["  child        end\n"]);
  });

  it("takes more lines where the cells do not fit on one", () => {
    const cells = [{ text: "a".repeat(30), pad: 60 }, { text: "b".repeat(20) }, { text: "c" }];
    expect([...row(page, 2, cells)]).toEqual([`  ${"a".repeat(30)}\n`, `    ${"b".repeat(20)}  c\n`]);
  });

  it("shortens a path by its hex, then by what all paths share, then in the middle", () => {
    const shown = (text: string, width: number) => [...row({ ...page, width }, 0, [{ text }])].join("").trimEnd();
    const path = `docker/registry/v2/blobs/sha256/01/${HEX}/data`;
    expect(shown(path, 120)).toBe(path);
    expect(shown(path, 60)).toBe("docker/registry/v2/blobs/sha256/01/0123456789ab…/data");
    expect(shown(path, 40)).toBe("…/blobs/sha256/01/0123456789ab…/data");
    expect(shown("x".repeat(99), 40)).toBe(`${"x".repeat(20)}…${"x".repeat(19)}`);
  });

  it("counts the columns of wide and of combining characters", () => {
    expect(columns("名前e\u0301🐳")).toBe(7);
  });
});
