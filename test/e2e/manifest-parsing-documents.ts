// Documents for manifest-parsing.test.ts: every way known to us in which the registry's reading of a manifest differs,
// or might differ, from what one would expect. Names say what is special; what becomes of them only the registry says.

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const TYPES = [DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX, ""];

/** As in Latin-1: each character is one byte, so that ill-formed UTF-8 can be written down. */
type Latin1 = string;

const typed = (mediaType: string, fields: Latin1): Latin1 =>
  `{"schemaVersion":2,${mediaType === "" ? "" : `"mediaType":"${mediaType}",`}${fields}}`;
const image = (fields: Latin1): Latin1 => typed("", fields);
const layers = (...digests: Latin1[]): Latin1 => `[${digests.map((digest) => `{"digest":"${digest}"}`).join(",")}]`;
const nested = (depth: number): Latin1 => "[".repeat(depth) + "]".repeat(depth);

const CONFIG = '"config":{"digest":"c","size":1,"mediaType":"m"}';
const LAYERS = '"layers":[{"digest":"l1","size":2},{"digest":"l2","urls":["http://example.com"]}]';
const MANIFESTS = '"manifests":[{"digest":"m1","platform":{"os":"linux","architecture":"amd64"}},{"digest":"m2"}]';
const FS_LAYERS = '"fsLayers":[{"blobSum":"f1"},{"blobSum":"f2"}]';
const SIGNED =
  '"name":"n","tag":"t","architecture":"a","history":[{"v1Compatibility":"{}"}],"signatures":[{"header":{"alg":"ES256"}}]';

/** Any JSON value, and a few that are none. */
const VALUES = [
  ...["null", "true", "false", '"text"', '""', "[]", "[null]", "[{}]", "[[]]", '["text"]', "[1]", "{}"],
  ...['{"a":"b"}', '{"a":null}', '{"a":1}', '{"digest":"d"}', '[{"digest":"d"}]', '[{"digest":"d"},1]'],
  ...["0", "-0", "1", "2", "2.0", "2e0", "20e-1", "-1", "1e999", "9223372036854775807", "9223372036854775808"],
  ...["-9223372036854775808", "-9223372036854775809", "02", "+2", ".2", "2.", "1e", "nul", "True", "NaN", "'a'"],
];

const entries: [name: string, text: Latin1][] = [];
const add = (name: string, text: Latin1) => entries.push([printable(name), text]);
const printable = (name: string) =>
  name.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);

for (const value of VALUES) {
  add(`the document is ${value}`, value);
  add(`schemaVersion ${value}`, `{"schemaVersion":${value},${CONFIG}}`);
  add(`size ${value}`, image(`"config":{"digest":"c","size":${value}}`));
  add(`digest ${value}`, image(`"layers":[{"digest":${value}}]`));
  add(`manifests ${value}, no type`, image(`"manifests":${value}`));
  add(`an unknown field ${value}`, image(`${CONFIG},"x":${value}`));
  add(`schema 1 with ${value}`, `{"schemaVersion":1,"x":${value},${FS_LAYERS}}`);
}

for (const type of TYPES) {
  add(`everything, type "${type}"`, typed(type, `${CONFIG},${LAYERS},${MANIFESTS},${FS_LAYERS}`));
  add(`neither layers nor manifests, type "${type}"`, typed(type, CONFIG));
  for (const field of ["config", "layers", "manifests", "annotations", "name"]) {
    for (const value of ["{}", "[]", '"x"', '{"a":1}', "null"]) {
      add(`"${field}":${value}, type "${type}"`, typed(type, `"${field}":${value},${LAYERS},${MANIFESTS}`));
    }
  }
}
for (const type of ["x", DOCKER_MANIFEST.toUpperCase(), `${OCI_INDEX} `, "application/json"]) {
  add(`unknown type "${type}"`, typed(type, `${CONFIG},${LAYERS}`));
}
add("an escaped type", image(`"mediaType":"${OCI_INDEX.replace("/", "\\u002f")}",${MANIFESTS}`));
add("two types", image(`"mediaType":"${DOCKER_LIST}","mediaType":"${OCI_MANIFEST}",${CONFIG},${MANIFESTS}`));
add("a type, then none", image(`"mediaType":"${DOCKER_LIST}","MediaType":"",${CONFIG},${MANIFESTS}`));
add("a type, then null", image(`"mediaType":"${DOCKER_LIST}","mediaType":null,${CONFIG},${MANIFESTS}`));
add("two versions", `{"schemaVersion":1,"schemaVersion":2,${FS_LAYERS},${LAYERS}}`);
add("a wrong version, then a right one", `{"schemaVersion":"1","schemaVersion":2,${LAYERS}}`);

for (const key of [
  "LAYERS",
  "Layers",
  "layer\xc5\xbf",
  "layer\\u017f",
  "LAYER\\u017F",
  "l\\u0061yers",
  "layers\\u0000",
]) {
  add(`key ${key}`, image(`"${key}":${layers("a")}`));
}
for (const key of [
  "layers ",
  " layers",
  "layer",
  "lay\xc3\xa9rs",
  "lay\xffers",
  "Layer\xc5",
  "layer\xe2\x84\xaa",
  "",
]) {
  add(`key ${key}`, image(`"${key}":${layers("a")}`));
}
for (const key of ["DIGEST", "dige\xc5\xbft", "digest\\u0000", "digest."]) {
  add(`key ${key} of a descriptor`, image(`"layers":[{"${key}":"a"}]`));
}
for (const key of ["OS.VERSION", "os-version", "o\xc5\xbf.version", "os.features", "features", "FEATURES"]) {
  add(`key ${key} of a child's platform`, image(`"manifests":[{"digest":"a","platform":{"${key}":1}}]`));
  add(`key ${key} of a layer's platform`, image(`"layers":[{"digest":"a","platform":{"${key}":1}}]`));
}

add("layers twice", image(`"layers":${layers("a", "b")},"layers":${layers("c")}`));
add("layers twice, the second without digests", image(`"layers":${layers("a", "b")},"layers":[{"size":1},{"size":2}]`));
add("layers shrink and grow", image(`"layers":${layers("a", "b")},"layers":[{}],"layers":[{},{},{}]`));
add(
  "layers shrink and grow far",
  image(`"layers":${layers("a", "b", "c")},"layers":[{}],"layers":[${"{},".repeat(9)}{}]`),
);
add("layers, none, layers", image(`"layers":${layers("a", "b")},"layers":[],"layers":[{},{}]`));
add("layers, null, layers", image(`"layers":${layers("a", "b")},"layers":null,"layers":[{},{}]`));
add("layers, then null items", image(`"layers":${layers("a", "b")},"layers":[null,null,null]`));
add("layers, then a wrong type", image(`"layers":${layers("a")},"layers":{}`));
add("config twice", image('"config":{"digest":"a"},"config":{"size":5},"CONFIG":{}'));
add("config, then null", image('"config":{"digest":"a"},"config":null'));
add("digest, then null", image('"config":{"digest":"a","digest":null}'));
add("digest twice", image('"config":{"digest":"a","DIGEST":"b"}'));
add("manifests, then null", image(`${MANIFESTS},"manifests":null,${LAYERS}`));
add("null, then manifests", image(`"manifests":null,${MANIFESTS},${LAYERS}`));
add(
  "manifests shrink and grow",
  image('"manifests":[{"digest":"a"},{"digest":"b"}],"manifests":[{}],"manifests":[{},{}]'),
);
add("fsLayers twice", `{"schemaVersion":1,${FS_LAYERS},"FSLAYERS":[{}]}`);

for (const [what, value] of [
  ["platform", '"linux"'],
  ["platform", "[]"],
  ["platform", "null"],
  ["platform", '{"os":null,"variant":null,"os.features":null}'],
  ["platform", '{"architecture":1}'],
  ["platform", '{"os.features":["a",null]}'],
  ["platform", '{"os.features":[1]}'],
  ["annotations", "[]"],
  ["annotations", '{"a":{}}'],
  ["annotations", '{"a":null,"\xff":"\xff"}'],
  ["urls", '"http://example.com"'],
  ["urls", "[null]"],
  ["urls", "[1]"],
  ["mediaType", "1"],
  ["unknown", '{"a":[1,{"b":[true]}]}'],
]) {
  add(`${what} ${value} in a layer`, typed(DOCKER_MANIFEST, `"layers":[{"digest":"a","${what}":${value}}]`));
  add(`${what} ${value} in a child`, typed(DOCKER_LIST, `"manifests":[{"digest":"a","${what}":${value}}]`));
}

for (const digest of [
  ...["\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\ud83d\\ud83d\\ude00", "\\ud83d\\u0041", '\\/\\\\\\"'],
  ...["\xc3\xa9", "\xf0\x9f\x98\x80", "\xff", "\xe2\x82", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "a\xe2\x82b"],
  ...["\\x", "\\u12", "\\u12g4", "\\U0041", "\t", "\x00", "\x7f", "\x1f", "sha512:ab", "../../x"],
]) {
  add(`digest ${digest}`, image(`"layers":${layers(digest)}`));
}

for (const [before, after] of ["\n ", " \n", "\xef\xbb\xbf ", " \x00", " \xc2\xa0", " {", " }", " ,", " /**/"].map(
  (pair) => (pair.startsWith(" ") ? ["", pair.slice(1)] : [pair.slice(0, -1), ""]),
)) {
  add(`${before} before, ${after} behind an image`, `${before}${image(CONFIG)}${after}`);
  add(`${before} before, ${after} behind schema 1`, `${before}{"schemaVersion":1,${FS_LAYERS}}${after}`);
}
for (const text of [
  "",
  " ",
  "\x00\x00\x00\x00",
  "{",
  '{"schemaVersion":2',
  '{"schemaVersion":2,}',
  "{,}",
  "{{}}",
  "garbage",
]) {
  add(`only ${text}`, text);
}
for (const depth of [9_999, 10_000, 100_000]) {
  add(`${depth + 1} levels`, image(`"x":${nested(depth)}`));
  add(`${depth + 1} levels in schema 1`, `{"schemaVersion":1,"x":${nested(depth)}}`);
}
add("exactly 4 MiB", image(CONFIG).padEnd(4 << 20));
add("4 MiB and a byte", image(CONFIG).padEnd((4 << 20) + 1));

add("schema 1", `{"schemaVersion":1,${SIGNED},${FS_LAYERS}}`);
add("schema 1, indented", `{\n   "schemaVersion": 1,\n   ${SIGNED},\n   ${FS_LAYERS}\n}`);
add("schema 1, oddly indented", `{\n\n\t "schemaVersion":1,${FS_LAYERS}\n\n}\n`);
add("schema 1 with a type", `{"schemaVersion":1,"mediaType":"${OCI_INDEX}",${FS_LAYERS},${MANIFESTS}}`);
add("schema 1, ill-formed text", `{"schemaVersion":1,"name":"\xff\xe2","fsLayers":[{"blobSum":"\xff"}]}`);
for (const value of ["null", "5", '"x"', "{}", "[]", '[{"protected":"!"}]']) {
  add(`schema 1 with signatures ${value}`, `{"schemaVersion":1,"signatures":${value},${FS_LAYERS}}`);
}
for (const field of ["name", "tag", "architecture", "history", "fsLayers"]) {
  for (const value of ["null", "5", "{}", "[{}]", "[1]"]) {
    add(`schema 1 with ${field} ${value}`, `{"schemaVersion":1,"${field}":${value}}`);
  }
}

/** No two of them hold the same bytes. */
export const documents: { name: string; bytes: Uint8Array }[] = [
  ...new Map(entries.map(([name, text]) => [text, { name, bytes: Buffer.from(text, "latin1") }])).values(),
];
