// Makes text from disk safe to print. Whoever can push chooses names, and whoever can write to the disk chooses paths:
// a terminal must never obey them, nor show them in another order than they are in.

/** Control and format characters, lone surrogates, line separators, what is drawn as nothing, and unusual spaces. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The longest text from disk that is shown in full, in characters. */
const LIMIT = 300;
/** Of a text that is cut, how much of its beginning and of its end is shown. */
const HEAD = 199;
const TAIL = 100;

/** Shows what does not print (`\x1b`, `\u202e`), and cuts what is longer than 300 characters in the middle. */
export function escapeText(text: string): string {
  if (text.length <= LIMIT) {
    const shown = showUnprintable(text);
    if (shown.length <= LIMIT) return shown;
  }
  // Of a huge text only the ends are looked at: they hold more characters than are shown.
  const characters =
    text.length > 4 * LIMIT ? [...text.slice(0, 2 * LIMIT), ...text.slice(-2 * LIMIT)] : Array.from(text);
  const shown = characters.map(showUnprintable);
  return `${take(shown, HEAD).join("")}…${take(shown.reverse(), TAIL).reverse().join("")}`;
}

/** As escapeText, of any length. */
export function showUnprintable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, escapeCharacter);
}

/** Escapes in JSON what `JSON.stringify` leaves as it is, so that showing the file in a terminal is safe. */
export function escapeJson(json: string): string {
  return PLAIN.test(json) ? json : json.replace(UNPRINTABLE, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let unit = 0; unit < character.length; unit++) {
    escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

/** The first texts whose lengths sum to at most `limit`. */
function take(texts: readonly string[], limit: number): string[] {
  let length = 0;
  const end = texts.findIndex((text) => {
    length += text.length;
    return length > limit;
  });
  return texts.slice(0, end < 0 ? texts.length : end);
}
