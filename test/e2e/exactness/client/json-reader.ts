// Reads JSON into a tree that keeps what JSON.parse throws away: the order of keys, duplicates, and numbers as written.
// The differential test needs a reading of manifests that shares nothing with the program under test.

export type JsonNode =
  | { type: "object"; entries: [key: string, value: JsonNode][] }
  | { type: "array"; items: JsonNode[] }
  | { type: "string"; value: string }
  | { type: "number"; text: string }
  | { type: "literal"; value: boolean | null };

const token = /[\t\n\r ]*(?:([[\]{}:,])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?[0-9][-+.eE0-9]*)|(true|false|null))/suy;

/**
 * Reads one document; invalid UTF-8 becomes U+FFFD, as Go does. Kept lenient, since what it is given was accepted by the
 * registry's reader before: only a document that cannot be followed at all throws. Nesting costs no stack.
 * @throws SyntaxError
 */
export function readJson(bytes: Uint8Array): JsonNode {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const open: { node: JsonNode; key: string | undefined }[] = [];
  let root: JsonNode | undefined;
  token.lastIndex = 0;
  for (;;) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (match === null) {
      if (root !== undefined && open.length === 0 && /^[\t\n\r ]*$/.test(text.slice(start))) return root;
      throw new SyntaxError(`unreadable JSON at character ${start}`);
    }
    const [, mark, string, number, literal] = match;
    const parent = open.at(-1);
    if (mark === "}" || mark === "]") {
      open.pop();
      continue;
    }
    if (mark === ":" || mark === ",") continue;
    if (string !== undefined && parent?.node.type === "object" && parent.key === undefined) {
      parent.key = unquote(string);
      continue;
    }
    const node: JsonNode =
      mark === "{"
        ? { type: "object", entries: [] }
        : mark === "["
          ? { type: "array", items: [] }
          : string !== undefined
            ? { type: "string", value: unquote(string) }
            : number !== undefined
              ? { type: "number", text: number }
              : { type: "literal", value: literal === "null" ? null : literal === "true" };
    if (parent === undefined) root = node;
    else if (parent.node.type === "array") parent.node.items.push(node);
    else if (parent.node.type === "object") {
      parent.node.entries.push([parent.key ?? "", node]);
      parent.key = undefined;
    }
    if (mark === "{" || mark === "[") open.push({ node, key: undefined });
  }
}

function unquote(quoted: string): string {
  const value: unknown = JSON.parse(quoted);
  return typeof value === "string" ? value : "";
}

/** Go matches keys without regard to case; of all Unicode only U+017F and U+212A fold into ASCII letters. */
export function sameKey(written: string, wanted: string): boolean {
  return written.replaceAll("\u017F", "s").replaceAll("\u212A", "k").toLowerCase() === wanted.toLowerCase();
}
