// Records put together member by member are the JSON that JSON.stringify gives.
import { expect, it } from "vitest";
import { RecordJson, toJson } from "../../src/report/record-json.ts";
import { HOSTILE } from "./sample-reports.ts";

const texts = [
  "",
  "plain ~!#[]",
  'a "quote"',
  "a back\\slash",
  "\u007f",
  "é",
  "\ud800",
  "a\nb",
  HOSTILE,
  "__proto__",
  "7",
];

it("is what JSON.stringify gives, whatever the records before were", () => {
  const others = [undefined, null, [], [""], ["a", HOSTILE], { b: 1 }, 0, -0.5, true, new Date(0), Number.NaN];
  const records = new RecordJson();
  for (const one of [...texts, ...others]) {
    for (const two of [...texts, ...others]) {
      const record = { one, 'a "member"': "same", two, 7: one };
      expect(records.of(record)).toBe(toJson(record));
    }
  }
});

it("leaves to JSON.stringify what is no plain record, and gives an empty one", () => {
  const records = new RecordJson();
  for (const one of [{}, { gone: undefined }, [], ["a"], new Date(0), HOSTILE, 7, null])
    expect(records.of(one)).toBe(toJson(one));
});
