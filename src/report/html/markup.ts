// HTML as a value. Whatever is put into a template is escaped: whoever can push chooses names, and a browser must never obey them.
import { escapeText, showUnprintable } from "../../text/escape.ts";

/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | false | undefined | readonly Part[];

/**
 * A template. Strings are escaped, shown as a terminal shows them, and cut in the middle where they are longer than 300 characters;
 * lists are put side by side; `false` and undefined are nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + textOf(parts[index])).join(""));
}

/** A sentence of any length. */
export function prose(text: string): Markup {
  return new Markup(escapeMarkup(showUnprintable(text)));
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escapeMarkup(escapeText(String(part)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
