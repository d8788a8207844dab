// The kinds of options: how the value of each is read, and what is said of one that cannot be.
import { InvalidArgumentError } from "commander";
import { parseBytes, parseDuration } from "./text/duration.ts";

export interface OptionEntry<Value> {
  /** As commander takes them. */
  readonly flags: string;
  readonly help: string;
  /** The value where the option is not given. */
  readonly otherwise: Value;
  /** That value as help shows it, where it does. */
  readonly shown?: string;
  readonly choices?: readonly string[];
  /** `before` is what an earlier one of the same line gave. */
  parse?(text: string, before: Value | undefined): Value;
}

export function flag(flags: string, help: string): OptionEntry<boolean> {
  return { flags, help, otherwise: false };
}

export function text(flags: string, help: string): OptionEntry<string | undefined> {
  return { flags, help, otherwise: undefined };
}

export function list(flags: string, help: string): OptionEntry<readonly string[]> {
  return { flags, help, otherwise: [], parse: collect };
}

export function choice<const Choice extends string>(
  flags: string,
  help: string,
  choices: readonly Choice[],
  otherwise: NoInfer<Choice>,
): OptionEntry<Choice> {
  return { flags, help, otherwise, shown: otherwise, choices };
}

/** A whole number of at least 1. */
export function count(flags: string, help: string): OptionEntry<number | undefined> {
  const parse = (text: string) => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of at least 1.");
    return Number(text);
  };
  return { flags, help, otherwise: undefined, parse };
}

export function countOr(flags: string, help: string, otherwise: number): OptionEntry<number> {
  const { parse } = count(flags, help);
  return { flags, help, otherwise, shown: String(otherwise), parse: (text, before) => parse!(text, before)! };
}

/** In milliseconds. */
export function duration(flags: string, help: string, otherwise: number, shown: string): OptionEntry<number> {
  return { flags, help, otherwise, shown, parse: milliseconds };
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new InvalidArgumentError("A duration is a number with s, m, h, d or w: 7d.");
  return parsed;
}

/** From 0 to 1; written as `50%`. */
export function share(flags: string, help: string, otherwise: number, shown: string): OptionEntry<number> {
  const parse = (text: string) => {
    const [, percent] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text) ?? [];
    if (percent === undefined || Number(percent) > 100)
      throw new InvalidArgumentError("A share is from 0% to 100%: 50%.");
    return Number(percent) / 100;
  };
  return { flags, help, otherwise, shown, parse };
}

/** Bytes; `10G` are so many GiB. */
export function size(flags: string, help: string): OptionEntry<number | undefined> {
  const parse = (text: string) => {
    const bytes = parseBytes(text);
    if (!bytes) throw new InvalidArgumentError("A size is a number of bytes, or one with K, M, G or T: 500G.");
    return bytes;
  };
  return { flags, help, otherwise: undefined, parse };
}

/** The same, undefined where it is not given. */
export function optional<Value>({ shown: _, ...entry }: OptionEntry<Value>): OptionEntry<Value | undefined> {
  const { parse } = entry;
  return { ...entry, otherwise: undefined, ...(parse && { parse: (text: string) => parse(text, undefined) }) };
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
