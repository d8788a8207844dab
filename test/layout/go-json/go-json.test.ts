import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJson, lenient, optional, record } from "../../../src/layout/go-json/go-json.ts";
import { anyText, integer, list, type Shape, type Slice, text, textMap } from "../../../src/layout/go-json/values.ts";

interface Pair {
  name: string;
  size: number;
}
const pair = record<Pair>(() => ({ name: "", size: -1 }), { name: text, size: integer }, { note: anyText });

interface Whole {
  pair: Pair;
  maybe: Pair | undefined;
  pairs: Slice<Pair> | undefined;
  words: Slice<string> | undefined;
  labels: Map<string, string> | undefined;
  loose: string | undefined;
}
const whole = record<Whole>(
  () => ({
    pair: pair.zero(),
    maybe: undefined,
    pairs: undefined,
    words: undefined,
    labels: undefined,
    loose: undefined,
  }),
  {
    pair,
    maybe: optional(pair),
    pairs: list(pair),
    words: list(text),
    labels: textMap,
    loose: lenient(text),
  },
  { checked: textMap },
);

function decode<T>(json: string, shape: Shape<T>) {
  const decoded = decodeJson(new TextEncoder().encode(json), shape);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded;
}
const value = (json: string) => decode(json, whole).value;
const errors = (json: string) => [...decode(json, whole).typeErrors.values()];
const items = <T>(slice: Slice<T> | undefined) => slice?.slots.slice(0, slice.length);

describe("an ordinary document", () => {
  it("is read as JSON.parse reads it", () => {
    const word = fc.string({ unit: "binary" });
    const anyPair = fc.record({ name: word, size: fc.maxSafeInteger(), note: word });
    const anyWhole = fc.record(
      {
        pair: anyPair,
        maybe: anyPair,
        pairs: fc.array(anyPair),
        words: fc.array(word),
        labels: fc.dictionary(word, word, { noNullPrototype: true }),
        loose: word,
        checked: fc.dictionary(word, word),
        unknown: fc.jsonValue(),
      },
      { requiredKeys: ["pair", "pairs", "words", "labels"] },
    );
    const kept = ({ name, size }: Pair) => ({ name, size });
    fc.assert(
      fc.property(anyWhole, fc.constantFrom(undefined, 3, "\t"), (document, indent) => {
        const decoded = decode(JSON.stringify(document, null, indent), whole);
        expect(decoded.typeErrors.size).toBe(0);
        expect(decoded.value.pair).toEqual(kept(document.pair));
        expect(decoded.value.maybe).toEqual(document.maybe && kept(document.maybe));
        expect(items(decoded.value.pairs)).toEqual(document.pairs.map(kept));
        expect(items(decoded.value.words)).toEqual(document.words);
        expect([...(decoded.value.labels ?? [])].sort()).toEqual(Object.entries(document.labels).sort());
        expect(decoded.value.loose).toBe(document.loose);
      }),
    );
  });
});

describe("a key", () => {
  it.each(["pair", "PAIR", "Pair", "p\\u0061ir"])("matches its field as %s", (key) => {
    expect(value(`{"${key}":{"name":"x"}}`).pair.name).toBe("x");
  });

  it.each(["pair ", "pai", "päir", "pair\\u0000", "P\\u0000IR", "[air"])("is unknown as %s", (key) => {
    expect(value(`{"${key}":{"name":"x"}}`).pair.name).toBe("");
  });

  it("matches with a long s for s", () => {
    expect(items(value('{"pair\u017f":[{"name":"x"}]}').pairs)).toHaveLength(1);
    expect(items(value('{"word\\u017f":["x"]}').words)).toEqual(["x"]);
  });
});

describe("a key that comes twice", () => {
  it("overwrites scalars and merges into structs and maps", () => {
    const { pair, labels } = value(
      '{"pair":{"name":"a","size":1},"labels":{"a":"1","b":"2"},"PAIR":{"size":2},"labels":{"b":"3"}}',
    );
    expect(pair).toEqual({ name: "a", size: 2 });
    expect([...(labels ?? [])]).toEqual([
      ["a", "1"],
      ["b", "3"],
    ]);
  });

  it("decodes a list over the items that are there", () => {
    const { pairs } = value('{"pairs":[{"name":"a","size":1},{"name":"b"}],"pairs":[{"size":2}]}');
    expect(items(pairs)).toEqual([{ name: "a", size: 2 }]);
  });

  it("brings back what a shorter list in between gave up", () => {
    const { pairs } = value('{"pairs":[{"name":"a"},{"name":"b"}],"pairs":[{}],"pairs":[{},{"size":7},{}]}');
    expect(items(pairs)).toEqual([
      { name: "a", size: -1 },
      { name: "b", size: 7 },
      { name: "", size: -1 },
    ]);
  });

  it.each(["[]", "null"])("starts afresh behind %s", (between) => {
    const { pairs } = value(`{"pairs":[{"name":"a"}],"pairs":${between},"pairs":[{}]}`);
    expect(items(pairs)).toEqual([{ name: "", size: -1 }]);
  });
});

describe("null", () => {
  it("empties lists and maps", () => {
    const { words, labels } = value('{"words":["a"],"labels":{"a":"b"},"words":null,"labels":null}');
    expect([words, labels]).toEqual([undefined, undefined]);
  });

  it("leaves anything else as it was", () => {
    const { pair, maybe } = value(
      '{"pair":{"name":"a","size":1,"name":null,"size":null},"pair":null,"maybe":{},"maybe":null}',
    );
    expect(pair).toEqual({ name: "a", size: 1 });
    expect(maybe).toEqual({ name: "", size: -1 });
  });

  it("is an empty string in a map and an empty item in a list", () => {
    const { labels, words } = value('{"labels":{"a":null},"words":[null]}');
    expect([labels?.get("a"), items(words)]).toEqual(["", [""]]);
  });

  it("is a document without anything", () => {
    expect(value("null")).toEqual(whole.zero());
  });
});

it("tells an empty list from none", () => {
  expect([value("{}").words, value('{"words":[]}').words]).toEqual([undefined, { slots: [], length: 0 }]);
});

describe("an integer", () => {
  const size = (number: string) => {
    const decoded = decode(`{"size":${number}}`, pair);
    return decoded.typeErrors.size > 0 ? "wrong" : decoded.value.size;
  };

  it.each([
    ["0", 0],
    ["-0", 0],
    ["-12", -12],
    ["9007199254740991", 9007199254740991],
    ["9223372036854775807", 2 ** 63],
    ["-9223372036854775808", -(2 ** 63)],
  ])("may be %s", (number, expected) => {
    expect(size(number)).toBe(expected);
  });

  it.each([
    "2.0",
    "2e0",
    "1E2",
    "9223372036854775808",
    "-9223372036854775809",
    "1".repeat(5000),
    '"2"',
    "true",
    "[]",
    "{}",
  ])("may not be %s", (number) => {
    expect(size(number)).toBe("wrong");
  });
});

describe("a wrong type", () => {
  it.each([
    ["[]", "the document is not an object"],
    ["5", "the document is not an object"],
    ['{"pair":[]}', '"pair" is not an object'],
    ['{"pair":{"size":"1"}}', '"size" in "pair" is not an integer'],
    ['{"pairs":{}}', '"pairs" is not an array'],
    ['{"pairs":[{"name":"a"},3]}', 'item 1 of "pairs" is not an object'],
    ['{"pairs":[{"NAME":1}]}', '"name" in "pairs" is not a string'],
    ['{"words":["a",true]}', 'item 1 of "words" is not a string'],
    ['{"labels":"a"}', '"labels" is not an object'],
    ['{"labels":{"a":1}}', 'a value of "labels" is not a string'],
    ['{"maybe":1}', '"maybe" is not an object'],
    ['{"checked":{"a":[]}}', 'a value of "checked" is not a string'],
    ['{"pair":{"note":1}}', '"note" in "pair" is not a string'],
  ])("in %s is named", (json, message) => {
    expect(errors(json)).toEqual([message]);
  });

  it("does not keep the rest from being read", () => {
    const decoded = decode('{"words":1,"pair":{"size":"x","name":"a"},"words":["b"]}', whole);
    expect(decoded.value.pair.name).toBe("a");
    expect(items(decoded.value.words)).toEqual(["b"]);
    expect([...decoded.typeErrors.keys()]).toEqual(["words", "pair"]);
  });

  it("is no matter in a lenient field", () => {
    const decoded = decode('{"loose":{"a":[1]},"pair":{"name":"a"}}', whole);
    expect([decoded.value.loose, decoded.typeErrors.size]).toEqual([undefined, 0]);
  });
});

it("lets the grammar decide before any type does", () => {
  const decoded = decodeJson(new TextEncoder().encode('{"pair":[],"words":1'), whole);
  expect(decoded).toEqual({ ok: false, reason: "unexpected end" });
});

it("takes nothing behind the document but white space", () => {
  expect(decode('\n {"pair":{}} \r\n\t', whole).typeErrors.size).toBe(0);
  expect(() => decode("{} {}", whole)).toThrow("unexpected { at byte 3");
});
