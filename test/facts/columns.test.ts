import { describe, expect, it } from "vitest";
import { Bytes, Floats, Integers } from "../../src/facts/columns.ts";

describe.each([Bytes, Integers, Floats])("%o", (Column) => {
  it("keeps what is pushed, past any growth", () => {
    const column = new Column();
    for (let i = 0; i < 1000; i++) expect(column.push(i % 200)).toBe(i);
    expect(column.length).toBe(1000);
    expect(Array.from({ length: 1000 }, (_, i) => column.at(i))).toEqual(
      Array.from({ length: 1000 }, (_, i) => i % 200),
    );
  });

  it("is 0 where nothing was set", () => {
    const column = new Column();
    column.set(40, 7);
    expect([column.length, column.at(39), column.at(40), column.at(41), column.at(1e9)]).toEqual([41, 0, 7, 0, 0]);
  });

  it("is handed over in an array of its own size", () => {
    const column = new Column();
    column.push(1);
    column.push(2);
    const values = column.finish();
    expect([...values]).toEqual([1, 2]);
    expect(values.buffer.byteLength).toBe(2 * values.BYTES_PER_ELEMENT);
  });
});

it("keeps sizes beyond 32 bits, and -1 for none", () => {
  const sizes = new Floats();
  sizes.push(2 ** 53);
  sizes.push(-1);
  const numbers = new Integers();
  numbers.push(-1);
  expect([sizes.at(0), sizes.at(1), numbers.at(0)]).toEqual([2 ** 53, -1, -1]);
});
